#include "dialects/anthropic/encode.hpp"

#include "core/json_slice.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/turns.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace cortex::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string anthropic(const ModelCall& call) { return *dialects::anthropic::Dialect().encode(call); }
std::string chat(const ModelCall& call, dialects::openai_chat::Options options = {}) {
    return *dialects::openai_chat::Dialect(std::move(options)).encode(call);
}

std::string golden(const std::string& dialect, const std::string& name) {
    std::string text = read_file(fs::path(CORTEX_WIRE_DIR) / dialect / name / "request.json");
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string member(const std::string& body, std::string_view name) {
    return std::string(slice_member(body, name).value_or(""));
}

/// Every kind of block, a tool loop, and things to leave out.
std::vector<Message> rich_history() {
    const ImageBlock image{"image/png", {.base64 = "iVBOR", .url = {}, .file_id = {}, .text = {}}};
    std::vector<Message> messages;
    messages.push_back(
        {.role = Role::user,
         .content = {block(TextBlock{"Look:\n\"this\""}), block(image), block(TextBlock{"  \n"}),
                     block(ImageBlock{"image/png",
                                      {.base64 = {}, .url = "https://x.test/i.png", .file_id = {}, .text = {}}}),
                     block(DocumentBlock{
                         "application/pdf", {.base64 = "JVBER", .url = {}, .file_id = {}, .text = {}}, "Report"}),
                     block(DocumentBlock{"text/plain", {.base64 = {}, .url = {}, .file_id = {}, .text = "plain"}, ""})},
         .origin = {}});
    messages.push_back(assistant(
        {block(ThinkingBlock{"Hm", "Sig=="}, R"({"signature":"Sig==","thinking":"Hm", "type":"thinking"})"),
         block(RedactedThinkingBlock{"opaque"}), block(TextBlock{"I look"}), block(TextBlock{""}),
         block(ToolUseBlock{"toolu_1", "look", R"({"a": 1.0})"},
               R"({"type":"tool_use","id":"toolu_1","name":"look","input":{"a": 1.0},"caller":{"type":"direct"}})"),
         block(ToolUseBlock{"toolu_2", "look", ""})}));
    ToolResultBlock pictured{
        .tool_use_id = "toolu_1", .content = {block(TextBlock{"seen"}), block(image)}, .is_error = false};
    messages.push_back(
        results({block(TextBlock{"and now?"}), block(std::move(pictured)), result("toolu_2", "broke", true)}));
    return messages;
}

TEST(AnthropicEncode, writes_a_plain_request_as_the_golden_file_has_it) {
    EXPECT_EQ(anthropic(call_of({user("Hello")}, "You are brief.")), golden("anthropic", "request_plain"));
}

TEST(AnthropicEncode, writes_every_block_as_the_golden_file_has_it) {
    Need need;
    need.thinking = Thinking(2048);
    ModelCall call = call_of(rich_history(), "You are brief.", need);
    call.stream = true;
    EXPECT_EQ(anthropic(call), golden("anthropic", "request_every_block"));
}

TEST(AnthropicEncode, leaves_thinking_and_raw_blocks_of_another_model_out_and_rebuilds_its_tool_calls) {
    std::vector<Message> messages = rich_history();
    messages[1].content.push_back(block(UnknownBlock{"server_tool_use"}, R"({"type":"server_tool_use"})"));
    for (const Origin& origin :
         {Origin{"anthropic", "claude-haiku-4-5", ""}, Origin{"openai", "claude-sonnet-4-5", ""}, Origin{}}) {
        messages[1].origin = origin;
        const std::string body = anthropic(call_of(messages));
        EXPECT_THAT(body, Not(HasSubstr("thinking")));
        EXPECT_THAT(body, Not(HasSubstr("server_tool_use")));
        EXPECT_THAT(body, Not(HasSubstr("caller")));
        EXPECT_THAT(body, HasSubstr(R"({"type":"tool_use","id":"toolu_1","name":"look","input":{"a": 1.0}})"));
    }
}

TEST(AnthropicEncode, holds_an_answer_to_a_schema_where_the_service_takes_it_and_keeps_the_effort_beside_it) {
    const std::string closed = R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false})";
    ModelCall call = call_of({user("a")});
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.schema = closed});
    EXPECT_EQ(member(anthropic(call), "output_config"), R"({"format":{"type":"json_schema","schema":)" + closed + "}}");
    const std::vector<std::string> beyond{R"({"type":"object"})",
                                          R"({"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"],"additionalProperties":false})",
                                          R"({"type":"object","properties":{"n":{"type":"string","pattern":"a"}},"required":["n"],"additionalProperties":false})",
                                          R"({"type":"object","properties":{"n":{"$ref":"#"}},"required":["n"],"additionalProperties":false})"};
    for (const std::string& schema : beyond) {
        call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.schema = schema});
        EXPECT_THAT(anthropic(call), Not(HasSubstr("output_config"))) << schema;
    }
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.schema = closed});
    EXPECT_THAT(*dialects::anthropic::Dialect(dialects::anthropic::BodyForm{.holds_to_schema = false}).encode(call), Not(HasSubstr("output_config")));
}

TEST(AnthropicEncode, sends_unknown_blocks_of_the_same_model_back_verbatim) {
    const std::string raw = R"({"type":"server_tool_use", "id":"srvtoolu_1" ,"x":1.50})";
    const std::string body = anthropic(call_of(
        {user("a"), assistant({block(UnknownBlock{"server_tool_use"}, raw), block(TextBlock{"b"})}), user("c")}));
    EXPECT_THAT(body, HasSubstr(raw));
}

TEST(AnthropicEncode, never_sends_thinking_without_a_signature) {
    const std::string body = anthropic(
        call_of({user("a"), assistant({block(ThinkingBlock{"unsigned", ""}), block(TextBlock{"b"})}), user("c")}));
    EXPECT_THAT(body, Not(HasSubstr("unsigned")));
}

TEST(AnthropicEncode, drops_a_message_of_which_nothing_is_left) {
    const std::string body =
        anthropic(call_of({user("a"), assistant({block(ThinkingBlock{"x", "y"})}, {"gemini", "g", ""}), user("b")}));
    EXPECT_EQ(
        member(body, "messages"),
        R"([{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"user","content":[{"type":"text","text":"b"}]}])");
}

TEST(AnthropicEncode, answers_calls_that_nobody_answered_and_drops_results_that_nobody_asked_for) {
    const std::string body = anthropic(
        call_of({user("a"), assistant({block(ToolUseBlock{"t1", "f", "{}"}), block(ToolUseBlock{"t2", "f", "{}"})}),
                 results({block(TextBlock{"go on"}), result("t2", "ok"), result("t9", "stray")})}));
    EXPECT_THAT(
        body,
        HasSubstr(
            R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"This call was not executed."}],"is_error":true},)"
            R"({"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"ok"}]},{"type":"text","text":"go on"}]})"));
    EXPECT_THAT(body, Not(HasSubstr("stray")));
}

TEST(AnthropicEncode, wraps_an_input_that_is_no_json_object) {
    for (const std::string input : {"{\"a\": tru", "[1]", "nonsense"}) {
        const std::string body = anthropic(call_of(
            {user("a"), assistant({block(ToolUseBlock{"t1", "f", input})}), results({result("t1", "bad", true)})}));
        const auto parsed = boost::json::parse(body);
        EXPECT_EQ(parsed.at("messages").at(1).at("content").at(0).at("input").at("INVALID_JSON").as_string(), input);
    }
}

TEST(AnthropicEncode, heals_half_a_surrogate_pair_in_an_input_and_changes_nothing_else) {
    EXPECT_EQ(dialects::legal_tool_input(R"({"a": "\ud83d", "b":1.0})"), R"({"a": "\ufffd", "b":1.0})");
    EXPECT_EQ(dialects::legal_tool_input(R"({"a": "\ud83d\ude00"})"), R"({"a": "\ud83d\ude00"})");
}

TEST(AnthropicEncode, spells_foreign_ids_legally_the_same_way_on_both_sides_and_apart_from_each_other) {
    const std::string one = dialects::legal_tool_id("call|a b");
    const std::string two = dialects::legal_tool_id("call a|b");
    EXPECT_NE(one, two);
    EXPECT_EQ(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
              std::string::npos);
    EXPECT_EQ(dialects::legal_tool_id("toolu_01-x"), "toolu_01-x");
    EXPECT_FALSE(dialects::legal_tool_id("").empty());
    const std::string body = anthropic(call_of(
        {user("a"), assistant({block(ToolUseBlock{"call|a b", "f", "{}"})}), results({result("call|a b", "ok")})}));
    EXPECT_THAT(body, HasSubstr("\"id\":\"" + one + "\""));
    EXPECT_THAT(body, HasSubstr("\"tool_use_id\":\"" + one + "\""));
}

TEST(AnthropicEncode, counts_what_a_call_would_send_and_nothing_that_only_answers_need) {
    Need need;
    need.thinking = Thinking(2048);
    ModelCall call = call_of({user("Hello")}, "Sys", need);
    call.stream = true;
    EXPECT_EQ(
        dialects::anthropic::encode_count_request(call),
        R"({"model":"claude-sonnet-4-5","system":[{"type":"text","text":"Sys"}],"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}],"thinking":{"type":"enabled","budget_tokens":2048}})");
    EXPECT_EQ(*dialects::anthropic::decode_count(call, R"({"input_tokens": 14})"), 14);
    EXPECT_FALSE(dialects::anthropic::decode_count(call, R"({"input_tokens": "x"})"));
    EXPECT_FALSE(dialects::anthropic::decode_count(call, "<html>"));
}

TEST(AnthropicEncode, says_thinking_as_the_legal_parameters_have_it) {
    ModelInfo model;
    model.id = "claude-x";
    model.thinking.takes_adaptive = true;
    model.thinking.takes_disabled = true;
    model.thinking.when_absent = ThinkingRules::WhenAbsent::on;
    model.effort_levels = {"low", "medium", "high"};
    ModelCall call = call_of({user("a")});
    const auto with = [&](Thinking thinking) {
        Need need;
        need.thinking = thinking;
        call.params = legalize(need, model, {}).value();
        return anthropic(call);
    };
    EXPECT_THAT(with(Thinking("off")), HasSubstr(R"("thinking":{"type":"disabled"})"));
    EXPECT_THAT(with(Thinking(2048)), HasSubstr(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"low"})"));
    model.thinking.when_absent = ThinkingRules::WhenAbsent::off;
    EXPECT_THAT(with(Thinking("off")), Not(HasSubstr("thinking")));
}

TEST(ChatEncode, writes_a_plain_request_as_the_golden_file_has_it) {
    ModelCall call = call_of({user("Hello"), assistant({block(TextBlock{"Hi"})}), user("Again"), user("and again")},
                             "You are brief.");
    call.stream = true;
    EXPECT_EQ(chat(call), golden("openai_chat", "request_plain"));
}

TEST(ChatEncode, writes_every_block_as_the_golden_file_has_it) {
    EXPECT_EQ(chat(call_of(rich_history(), "Sys")), golden("openai_chat", "request_every_block"));
}

TEST(ChatEncode, follows_its_options) {
    const auto history = [] {
        std::vector<Message> messages = rich_history();
        messages[1].content.front().raw.clear();
        return messages;
    };
    const std::string body = chat(call_of(history()), {.max_tokens_member = "max_completion_tokens",
                                                       .stream_usage = true,
                                                       .reasoning_with_tool_calls = true,
                                                       .extra_members = {{"temperature", "0.7"}}});
    EXPECT_THAT(body, HasSubstr(R"("max_completion_tokens":8192,"temperature":0.7})"));
    EXPECT_THAT(body, HasSubstr(R"("reasoning_content":"Hm")"));
    ModelCall call = call_of({user("a")});
    call.stream = true;
    EXPECT_THAT(chat(call, {.max_tokens_member = "max_tokens",
                            .stream_usage = false,
                            .reasoning_with_tool_calls = false,
                            .extra_members = {}}),
                Not(HasSubstr("stream_options")));
}

TEST(ChatEncode, answers_calls_that_nobody_answered) {
    const std::string body =
        chat(call_of({user("a"), assistant({block(ToolUseBlock{"t1", "f", "{}"})}), user("go on")}));
    EXPECT_THAT(
        body,
        HasSubstr(
            R"({"role":"tool","tool_call_id":"t1","content":"Error: This call was not executed."},{"role":"user","content":"go on"}])"));
}

/// A conversation as sessions grow it: user messages, answers of one model or another, tool loops, and turns that left
/// nothing.
std::vector<Message> random_history(std::mt19937& random) {
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    std::vector<Message> messages;
    int call = 0;
    const int turns = 1 + pick(6);
    for (int i = 0; i < turns; ++i) {
        messages.push_back(
            user("question " + std::to_string(pick(1000)) + std::string(static_cast<std::size_t>(pick(3)), '\n')));
        for (int rounds = pick(3); rounds > 0; --rounds) {
            std::vector<ContentBlock> blocks;
            if (pick(2) == 0)
                blocks.push_back(
                    block(ThinkingBlock{"t", "s"}, R"({"type":"thinking","thinking":"t","signature":"s"})"));
            if (pick(2) == 0) blocks.push_back(block(TextBlock{pick(4) == 0 ? "" : "answer"}));
            std::vector<ContentBlock> answers;
            for (int tools = pick(3); tools > 0; --tools) {
                const std::string id = "id|" + std::to_string(++call);
                blocks.push_back(block(ToolUseBlock{id, "f", pick(3) == 0 ? "{" : "{}"}));
                if (pick(4) != 0) answers.push_back(result(id, "r"));
            }
            messages.push_back(assistant(std::move(blocks), pick(3) == 0
                                                                ? Origin{"openai", "gpt", ""}
                                                                : Origin{"anthropic", "claude-sonnet-4-5", ""}));
            if (!answers.empty()) messages.push_back(results(std::move(answers)));
        }
        if (pick(4) != 0) messages.push_back(assistant({block(TextBlock{"done"})}));
    }
    return messages;
}

TEST(FrozenPrefix, each_anthropic_request_begins_with_the_conversation_of_the_one_before) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        const std::vector<Message> messages = random_history(random);
        std::string before;
        std::string system;
        for (std::size_t n = 1; n <= messages.size(); ++n) {
            if (messages[n - 1].role != Role::user) continue;  // requests end with a user message
            Need need;
            if (random() % 2 == 0) need.thinking = Thinking(2048);
            ModelCall call =
                call_of({messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(n)}, "System text", need);
            call.stream = random() % 2 == 0;
            call = with_tools(call);
            call.tool_choice = random() % 2 == 0 ? ToolChoice::none : ToolChoice::automatic;
            auto model = std::make_shared<ModelInfo>(*call.model);
            model->min_cacheable_tokens = 1 + static_cast<std::int64_t>(random() % 300);
            call.model = model;
            std::string body = anthropic(call);
            ASSERT_NO_THROW(boost::json::parse(body)) << body;
            body = without_marks(body);
            std::string now = body.substr(0, body.find(",\"max_tokens\":"));
            ASSERT_TRUE(now.ends_with("]"));
            now.pop_back();
            ASSERT_THAT(now, StartsWith(before));
            before = now;
        }
    }
}

TEST(FrozenPrefix, calls_and_results_are_paired_in_every_random_history) {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
        std::vector<Message> messages = random_history(random);
        messages.push_back(user("last"));
        const auto body = boost::json::parse(anthropic(call_of(messages)));
        std::vector<std::string> open;
        for (const auto& message : body.at("messages").as_array()) {
            const bool from_user = message.at("role").as_string() == "user";
            ASSERT_FALSE(message.at("content").as_array().empty());
            bool text_seen = false;
            for (const auto& content : message.at("content").as_array()) {
                const std::string type(content.at("type").as_string());
                if (type == "tool_use") open.emplace_back(content.at("id").as_string());
                if (type == "text") {
                    text_seen = true;
                    ASSERT_FALSE(content.at("text").as_string().empty());
                }
                if (type == "tool_result") {
                    ASSERT_FALSE(text_seen);
                    const auto at =
                        std::find(open.begin(), open.end(), std::string(content.at("tool_use_id").as_string()));
                    ASSERT_NE(at, open.end());
                    open.erase(at);
                }
            }
            if (from_user) {
                ASSERT_TRUE(open.empty());
            }
        }
    }
}

}  // namespace
}  // namespace cortex::test
