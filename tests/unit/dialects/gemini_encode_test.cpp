#include "dialects/gemini/encode.hpp"

#include "core/json_slice.hpp"
#include "dialects/gemini/contents.hpp"
#include "dialects/gemini/dialect.hpp"
#include "dialects/turns.hpp"
#include "unit/dialects/gemini_support.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string encode(const ModelCall& call) { return *dialects::gemini::Dialect().encode(call); }

std::string golden(const std::string& name) {
    std::string text = read_file(std::filesystem::path(CORTEX_WIRE_DIR) / "gemini" / name / "request.json");
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string member(const std::string& body, std::string_view name) { return std::string(slice_member(body, name).value_or("")); }

const ImageBlock picture{"image/png", {.base64 = "iVBOR", .url = {}, .file_id = {}, .text = {}}};

ContentBlock own_call(const std::string& id, const std::string& name, const std::string& raw) { return block(ToolUseBlock{id, name, "{}"}, raw); }

/// Every kind of block, a tool loop, and things to leave out.
std::vector<Message> rich_history(const std::string& model) {
    std::vector<Message> messages;
    messages.push_back({.role = Role::user,
                        .content = {block(TextBlock{"Look:\n\"this\""}), block(picture), block(TextBlock{"  \n"}),
                                    block(ImageBlock{"image/png", {.base64 = {}, .url = "https://x.test/i.png", .file_id = {}, .text = {}}}),
                                    block(DocumentBlock{"application/pdf", {.base64 = "JVBER", .url = {}, .file_id = {}, .text = {}}, "Report"}),
                                    block(DocumentBlock{"text/plain", {.base64 = {}, .url = {}, .file_id = {}, .text = "plain"}, ""})},
                        .origin = {}});
    messages.push_back(gemini_said({block(ThinkingBlock{"Hm", ""}), block(TextBlock{"I look"}),
                                    own_call("call_1", "look", R"({"functionCall": {"name": "look","args": {"q": 1.0}},"thoughtSignature": "UzE="})"),
                                    own_call("c2", "add", R"({"functionCall":{"id":"c2","name":"add"}})")},
                                   model));
    ToolResultBlock pictured{.tool_use_id = "call_1", .content = {block(TextBlock{"seen"}), block(picture)}, .is_error = false};
    messages.push_back(results({block(TextBlock{"and now?"}), result("c2", "broke", true), block(std::move(pictured))}));
    return messages;
}

TEST(GeminiEncode, writes_a_plain_request_as_the_golden_file_has_it) {
    EXPECT_EQ(encode(with_system(gemini_call({user("Hello")}), "You are brief.")), golden("request_plain"));
}

TEST(GeminiEncode, a_tool_whose_name_the_service_would_refuse_is_called_otherwise_there_and_by_its_own_name_here) {
    ModelCall call = gemini_call({user("Hello")});
    auto prefix = std::make_shared<FrozenPrefix>();
    for (const char* name : {"2fa", "-x", "plain"}) prefix->tools.push_back({.name = name, .description = "", .input_schema = R"({"type":"object"})"});
    call.prefix = prefix;
    const dialects::gemini::Dialect dialect;
    const std::string body = *dialect.encode(call);
    EXPECT_THAT(body, HasSubstr(R"({"name":"_2fa"})"));
    EXPECT_THAT(body, HasSubstr(R"({"name":"_-x"})"));
    EXPECT_THAT(body, HasSubstr(R"({"name":"plain"})"));

    std::vector<StreamEvent> events;
    const auto decoder = dialect.decoder(call);
    decoder->on_document(R"({"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"_2fa","args":{}}},{"functionCall":{"name":"plain","args":{}}}]},"finishReason":"STOP"}]})", events);
    decoder->on_end(events);
    auto& message = std::get<MessageDone>(events.back()).message;
    ASSERT_EQ(message.content.size(), 2U);
    EXPECT_EQ(message.content[0].as<ToolUseBlock>()->name, "2fa");
    EXPECT_EQ(message.content[1].as<ToolUseBlock>()->name, "plain");

    // What goes back spells call and answer alike.
    message.origin = {.provider = call.provider, .model = call.wire_model, .account = {}};
    const std::string id = message.content[0].as<ToolUseBlock>()->id;
    call.messages.push_back(std::make_shared<Message>(message));
    call.messages.push_back(std::make_shared<Message>(results({result(id, "ok")})));
    const std::string next = *dialect.encode(call);
    EXPECT_THAT(next, HasSubstr(R"("functionResponse":{"name":"_2fa")"));
    EXPECT_THAT(next, Not(HasSubstr(R"("name":"2fa")")));
}

TEST(GeminiEncode, writes_every_block_as_the_golden_file_has_it) {
    Need need;
    need.level = ThinkingLevel::high;
    need.show_thinking = true;
    EXPECT_EQ(encode(with_system(with_tools(gemini_call(rich_history(std::string(gemini_model)), need)), "You are brief.")), golden("request_every_block"));
}

TEST(GeminiEncode, writes_for_an_older_model_as_the_golden_file_has_it) {
    Need need;
    need.thinking = Thinking(2048);
    EXPECT_EQ(encode(with_tools(gemini_call(rich_history("gemini-2.5-flash"), need, "gemini-2.5-flash"))), golden("request_every_block_older_model"));
}

TEST(GeminiEncode, thinking_is_said_in_the_models_own_way) {
    const auto config = [](Need need, const std::string& model) { return member(member(encode(gemini_call({user("a")}, need, model)), "generationConfig"), "thinkingConfig"); };
    Need off;
    off.thinking = Thinking("off");
    EXPECT_EQ(config(off, "gemini-3.8-flash"), R"({"thinkingLevel":"LOW"})");
    EXPECT_EQ(config(off, "gemini-2.5-flash"), R"({"thinkingBudget":0})");
    Need budget;
    budget.thinking = Thinking(4096);
    EXPECT_EQ(config(budget, "gemini-2.5-flash"), R"({"thinkingBudget":4096})");
    EXPECT_EQ(config(budget, "gemini-3.8-flash"), R"({"thinkingLevel":"MEDIUM"})");
    budget.show_thinking = true;
    EXPECT_EQ(config(budget, "gemini-3.8-flash"), R"({"thinkingLevel":"MEDIUM","includeThoughts":true})");
    ModelCall refused = gemini_call({user("a")}, budget);
    refused.without_effort = true;
    EXPECT_THAT(encode(refused), Not(HasSubstr("thinkingConfig")));
}

TEST(GeminiEncode, temperature_and_the_answers_schema_are_part_of_the_generation) {
    Need need;
    need.thinking = Thinking("off");
    need.temperature = 0.5;
    ModelCall call = gemini_call({user("a")}, need, "gemini-2.5-flash");
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "answer", .schema = R"({"type":"object","properties":{"n":{"type":"integer","default":1}}})"});
    EXPECT_EQ(member(encode(call), "generationConfig"),
              R"({"maxOutputTokens":8192,"temperature":0.5,"responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"n":{"type":"integer"}}},"thinkingConfig":{"thinkingBudget":0}})");
}

TEST(GeminiEncode, older_models_are_not_asked_for_json_beside_tools) {
    for (const auto& [model, asked] : {std::pair{"gemini-2.5-flash", false}, std::pair{"gemini-3.8-flash", true}}) {
        ModelCall call = with_tools(gemini_call({user("a")}, {}, model));
        call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "answer", .schema = R"({"type":"object"})"});
        EXPECT_EQ(encode(call).find("responseJsonSchema") != std::string::npos, asked) << model;
    }
}

TEST(GeminiEncode, tools_stay_listed_where_none_may_be_called) {
    ModelCall call = with_tools(gemini_call({user("a")}));
    const std::string free = encode(call);
    EXPECT_EQ(member(free, "toolConfig"), "");
    call.tool_choice = ToolChoice::none;
    const std::string bound = encode(call);
    EXPECT_EQ(member(bound, "toolConfig"), R"({"functionCallingConfig":{"mode":"NONE"}})");
    EXPECT_EQ(member(bound, "tools"), member(free, "tools"));
}

TEST(GeminiEncode, a_tool_without_arguments_is_declared_without_parameters) {
    ModelCall call = gemini_call({user("a")});
    auto prefix = std::make_shared<FrozenPrefix>();
    prefix->tools = {{"now", "The time.", R"({"type":"object","properties":{},"additionalProperties":false})"}};
    call.prefix = prefix;
    EXPECT_EQ(member(encode(call), "tools"), R"([{"functionDeclarations":[{"name":"now","description":"The time."}]}])");
}

TEST(GeminiEncode, results_follow_their_calls_in_order_whatever_order_they_came_in_and_missing_ones_are_told) {
    const auto calls = gemini_said({own_call("x1", "f", R"({"functionCall":{"id":"x1","name":"f"},"thoughtSignature":"UzE="})"),
                                    own_call("x2", "g", R"({"functionCall":{"id":"x2","name":"g"}})"),
                                    own_call("call_3", "h", R"({"functionCall":{"name":"h"}})")});
    const std::string body = encode(gemini_call({user("a"), calls, results({result("call_3", "three"), block(TextBlock{"and?"}), result("x1", "one")})}));
    EXPECT_THAT(body, HasSubstr(R"({"role":"user","parts":[{"functionResponse":{"id":"x1","name":"f","response":{"output":"one"}}},)"
                                R"({"functionResponse":{"id":"x2","name":"g","response":{"error":"This call was not executed."}}},)"
                                R"({"functionResponse":{"name":"h","response":{"output":"three"}}},{"text":"and?"}]})"));
}

TEST(GeminiEncode, two_calls_with_one_id_each_get_their_own_result) {
    const std::string raw = R"({"functionCall":{"id":"0","name":"f"},"thoughtSignature":"UzE="})";
    const std::string other = R"({"functionCall":{"id":"0","name":"g"}})";
    const std::string body = encode(gemini_call({user("a"), gemini_said({own_call("0", "f", raw), own_call("0", "g", other)}), results({result("0", "one"), result("0", "two")})}));
    EXPECT_THAT(body, HasSubstr(R"({"functionResponse":{"id":"0","name":"f","response":{"output":"one"}}},{"functionResponse":{"id":"0","name":"g","response":{"output":"two"}}})"));
}

TEST(GeminiEncode, neighbours_of_one_role_are_one_content_and_the_user_has_the_last_word) {
    const std::string merged = encode(gemini_call({user("a"), user("b"), gemini_said({block(TextBlock{"c"})}), gemini_said({block(TextBlock{"d"})}), user("e")}));
    EXPECT_EQ(member(merged, "contents"), R"([{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"},{"text":"d"}]},{"role":"user","parts":[{"text":"e"}]}])");
    EXPECT_THAT(member(encode(gemini_call({user("a"), gemini_said({block(TextBlock{"b"})})})), "contents"), EndsWith(R"({"role":"user","parts":[{"text":"Continue."}]}])"));
    const auto calls = gemini_said({own_call("x1", "f", R"({"functionCall":{"id":"x1","name":"f"},"thoughtSignature":"UzE="})")});
    EXPECT_THAT(member(encode(gemini_call({user("a"), calls})), "contents"),
                EndsWith(R"({"role":"user","parts":[{"functionResponse":{"id":"x1","name":"f","response":{"error":"This call was not executed."}}}]}])"));
}

TEST(GeminiEncode, an_answer_to_be_continued_is_asked_for_again_with_its_token) {
    const std::vector<Message> asked{user("Write a book.")};
    std::vector<Message> paused = asked;
    paused.push_back(gemini_said({block(TextBlock{"Chapter 1"}), dialects::gemini::continuation_block(R"("tok\"1")")}));
    std::vector<Message> twice = paused;
    twice.push_back(gemini_said({block(TextBlock{"Chapter 2"}), dialects::gemini::continuation_block(R"("tok2")")}));
    std::string first = encode(gemini_call(asked));
    first.pop_back();
    EXPECT_EQ(encode(gemini_call(paused)), first + R"(,"continuationToken":"tok\"1"})");
    EXPECT_EQ(encode(gemini_call(twice)), first + R"(,"continuationToken":"tok2"})");
    EXPECT_TRUE(dialects::gemini::continues(gemini_call(paused)));

    twice.push_back(gemini_said({block(TextBlock{"The end."})}));
    twice.push_back(user("Thanks"));
    EXPECT_FALSE(dialects::gemini::continues(gemini_call(twice)));
    const std::string later = encode(gemini_call(twice));
    EXPECT_THAT(later, HasSubstr(R"({"role":"model","parts":[{"text":"Chapter 1"},{"text":"Chapter 2"},{"text":"The end."}]})"));
    EXPECT_THAT(later, Not(HasSubstr("continuationToken")));
    EXPECT_FALSE(dialects::gemini::continues(gemini_call(paused, {}, "gemini-4-carbon"))) << "the token is another model's";
    EXPECT_THAT(encode(gemini_call(paused, {}, "gemini-4-carbon")), Not(HasSubstr("tok")));
}

TEST(GeminiEncode, without_tools_calls_and_results_are_told) {
    ModelCall call = with_tools(gemini_call(rich_history(std::string(gemini_model))));
    call.without_tools = true;
    const std::string body = encode(call);
    EXPECT_THAT(body, Not(HasSubstr("functionDeclarations")));
    EXPECT_THAT(body, Not(HasSubstr("functionCall")));
    EXPECT_THAT(body, HasSubstr(R"({"text":"[Called the tool look with {}]"})"));
    EXPECT_THAT(body, HasSubstr(R"({"text":"[Result of the tool add]\nError: broke"})"));
}

TEST(GeminiEncode, each_request_begins_with_the_bytes_of_the_one_before) {
    std::vector<Message> messages = rich_history(std::string(gemini_model));
    messages.push_back(gemini_said({block(TextBlock{"b"}, R"({"text":"b","thoughtSignature":"UzI="})")}));
    messages.push_back(user("more"));
    messages.push_back(assistant({block(TextBlock{"of another model"}), block(ToolUseBlock{"t1", "look", R"({"q":"x"})"})}));
    messages.push_back(results({result("t1", "seen")}));
    messages.push_back(gemini_said({block(TextBlock{"c"})}));
    messages.push_back(user("last"));
    std::string before;
    for (const std::size_t size : {1U, 3U, 5U, 7U, 9U}) {
        const ModelCall call = with_system(with_tools(gemini_call({messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(size)})), "Be brief.");
        const std::string body = encode(call);
        EXPECT_EQ(encode(call), body);
        const std::string history = body.substr(0, body.find(R"(]}],"generationConfig")"));
        EXPECT_THAT(history, StartsWith(before));
        EXPECT_GT(history.size(), before.size());
        before = history;
    }
}

}  // namespace
}  // namespace cortex::test
