// What the chat dialect says beyond a plain conversation.
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

namespace json = boost::json;
using dialects::openai_chat::Options;

json::object sent(const ModelCall& call, Options options = {}) {
    return json::parse(*dialects::openai_chat::Dialect(std::move(options)).encode(call)).get_object();
}

ModelCall thinking_by_word(ThinkingLevel level, std::vector<std::string> words = {"low", "medium", "high", "max"}) {
    ModelCall call = call_of({user("a")});
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->thinking = {};
    model->thinking.by_word = true;
    model->thinking.when_absent = ThinkingRules::WhenAbsent::on;
    model->effort_levels = std::move(words);
    model->default_effort = "medium";
    call.params = legalize({.level = level}, *model, {}).value();
    call.model = model;
    return call;
}

TEST(ChatEffort, is_a_word_where_the_model_takes_words) {
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::low)).at("reasoning_effort"), "low");
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::medium)).at("reasoning_effort"), "medium");
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::off, {"none", "low", "medium"})).at("reasoning_effort"), "none");
}

TEST(ChatEffort, of_the_highest_level_is_called_as_the_server_calls_it) {
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::max)).at("reasoning_effort"), "max");
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::max), {.max_effort = "xhigh"}).at("reasoning_effort"), "xhigh");
    EXPECT_EQ(sent(thinking_by_word(ThinkingLevel::high), {.max_effort = "xhigh"}).at("reasoning_effort"), "high");
}

TEST(ChatEffort, is_never_sent_to_models_that_take_a_budget) {
    ModelCall call = call_of({user("a")}, {}, {.thinking = Thinking(2048)});
    EXPECT_FALSE(sent(call).contains("reasoning_effort"));
    EXPECT_FALSE(sent(call).contains("thinking"));
}

TEST(ChatCacheKey, goes_where_it_is_known) {
    ModelCall call = call_of({user("a")});
    EXPECT_FALSE(sent(call, {.cache_key = true}).contains("prompt_cache_key"));
    call.cache_key = "sess_1";
    EXPECT_EQ(sent(call, {.cache_key = true}).at("prompt_cache_key"), "sess_1");
    EXPECT_FALSE(sent(call).contains("prompt_cache_key"));
}

TEST(ChatAnswerSchema, is_strict_where_it_lies_within_what_is_enforced) {
    ModelCall call = call_of({user("a")});
    EXPECT_FALSE(sent(call).contains("response_format"));
    const std::string closed = R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})";
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "sum", .schema = closed});
    EXPECT_EQ(sent(call).at("response_format"),
              json::parse(R"({"type":"json_schema","json_schema":{"name":"sum","strict":true,"schema":)" + closed + "}}"));
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "sum", .schema = R"({"type":"object","patternProperties":{}})"});
    EXPECT_EQ(sent(call).at("response_format").at("json_schema").at("strict"), false);
}

TEST(ChatAnswerSchema, stands_beside_tools_but_gives_way_where_a_schema_offers_the_tools) {
    ModelCall call = with_tools(call_of({user("a")}));
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "sum", .schema = R"({"type":"object"})"});
    EXPECT_EQ(sent(call).at("response_format").at("json_schema").at("name"), "sum");
    EXPECT_TRUE(sent(call).contains("tools"));
    auto small = std::make_shared<ModelInfo>(*call.model);
    small->tool_use = false;
    small->tools_by_schema = true;
    call.model = small;
    EXPECT_EQ(sent(call).at("response_format").at("json_schema").at("name"), "step");
    call.tool_choice = ToolChoice::none;
    EXPECT_EQ(sent(call).at("response_format").at("json_schema").at("name"), "sum");
}

TEST(ChatTools, are_strict_only_where_that_is_wanted_and_possible) {
    ModelCall call = call_of({user("a")});
    auto prefix = std::make_shared<FrozenPrefix>();
    prefix->tools = {{"closed", "", R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})"},
                     {"open", "", R"({"type":"object","properties":{"n":{"type":"integer"}}})"}};
    call.prefix = prefix;
    const auto function = [](const json::object& request, std::size_t i) { return request.at("tools").at(i).at("function").get_object(); };
    EXPECT_FALSE(function(sent(call), 0).contains("strict"));
    const json::object strict = sent(call, {.strict_tools = true});
    EXPECT_EQ(function(strict, 0).at("strict"), true);
    EXPECT_FALSE(function(strict, 1).contains("strict"));
}

TEST(ChatReasoning, goes_back_with_tool_calls_to_the_model_that_wrote_it_where_that_is_demanded) {
    const Origin own{.provider = "anthropic", .model = "claude-sonnet-4-5", .account = {}};
    const auto history = [](Origin origin) {
        return call_of({user("a"), assistant({block(ThinkingBlock{"Hm", ""}), block(ToolUseBlock{"t1", "f", "{}"})}, std::move(origin)), results({result("t1", "5")}),
                        assistant({block(ThinkingBlock{"So", ""}), block(TextBlock{"5"})}, {"anthropic", "claude-sonnet-4-5", {}}), user("b")});
    };
    const Options demanded{.reasoning_with_tool_calls = true};
    const json::object request = sent(history(own), demanded);
    EXPECT_EQ(request.at("messages").at(1).at("reasoning_content"), "Hm");
    EXPECT_FALSE(request.at("messages").at(3).get_object().contains("reasoning_content")) << "a turn without calls";
    EXPECT_EQ(sent(history({"openai", "gpt-x", {}}), demanded).at("messages").at(1).at("reasoning_content"), "") << "another's stays out, the member is there";
    EXPECT_FALSE(sent(history(own)).at("messages").at(1).get_object().contains("reasoning_content"));
}

TEST(ChatEncode, begins_each_request_with_the_bytes_of_the_one_before) {
    const dialects::openai_chat::Dialect dialect({.max_tokens_member = "max_completion_tokens", .system_role = "developer", .cache_key = true});
    std::vector<Message> messages{user("a")};
    std::string before = *dialect.encode(with_tools(call_of(messages, "Be brief.")));
    for (int round = 0; round < 3; ++round) {
        messages.push_back(assistant({block(TextBlock{"I look"}), block(ToolUseBlock{"t" + std::to_string(round), "look", R"({"q":"x"})"})}));
        messages.push_back(results({result("t" + std::to_string(round), "seen")}));
        const std::string now = *dialect.encode(with_tools(call_of(messages, "Be brief.")));
        const std::size_t history = before.find("],\"tools\"");
        ASSERT_NE(history, std::string::npos);
        EXPECT_EQ(now.substr(0, history), before.substr(0, history));
        before = now;
    }
}

}  // namespace
}  // namespace cortex::test
