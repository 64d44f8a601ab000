// How requests speak of tools: the list, the choice, calls and results of the history, with the thinking between them.
#include "core/json_slice.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/turns.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::string anthropic(const ModelCall& call) { return *dialects::anthropic::Dialect().encode(call); }
std::string chat(const ModelCall& call) { return *dialects::openai_chat::Dialect().encode(call); }

std::string golden(const std::string& dialect, const std::string& name) {
    std::string text = read_file(fs::path(CORTEX_WIRE_DIR) / dialect / name / "request.json");
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string member(const std::string& body, std::string_view name) {
    return std::string(slice_member(body, name).value_or(""));
}

Need thinking(int budget) {
    Need need;
    need.thinking = Thinking(budget);
    return need;
}

ContentBlock signed_thinking(std::string text, std::string signature) {
    std::string raw = R"({"type":"thinking","thinking":")" + text + R"(","signature":")" + signature + R"("})";
    return block(ThinkingBlock{std::move(text), std::move(signature)}, std::move(raw));
}

/// One call with signed thinking, then its result.
std::vector<Message> round_of_one() {
    return {user("What is it?"),
            assistant({signed_thinking("I look it up.", "EqQB+/=="), block(TextBlock{"One moment."}),
                       block(ToolUseBlock{"toolu_1", "look", R"({"q": "it"})"},
                             R"({"type":"tool_use","id":"toolu_1","name":"look","input":{"q": "it"}})")}),
            results({result("toolu_1", "It is 5.")})};
}

/// Two parallel calls after empty and redacted thinking; a picture in one result, an error in the other, and words of the
/// user's after them.
std::vector<Message> round_of_two() {
    ToolResultBlock pictured{
        .tool_use_id = "toolu_1",
        .content = {block(TextBlock{"a chart:"}),
                    block(ImageBlock{"image/png", {.base64 = "iVBOR", .url = {}, .file_id = {}, .text = {}}})},
        .is_error = false};
    return {
        user("Both, please."),
        assistant({signed_thinking("", "EsQBhidden=="), block(RedactedThinkingBlock{"opaque=="}),
                   block(ToolUseBlock{"toolu_1", "look", R"({"q":"a"})"}), block(ToolUseBlock{"toolu_2", "add", ""})}),
        results({block(TextBlock{"Be quick."}), block(std::move(pictured)), result("toolu_2", "a is missing", true)})};
}

TEST(AnthropicTools, a_round_of_one_call_is_sent_as_the_golden_file_has_it) {
    ModelCall call = with_tools(call_of(round_of_one(), "Be brief.", thinking(2048)));
    call.stream = true;
    EXPECT_EQ(anthropic(call), golden("anthropic", "request_tool_round"));
}

TEST(AnthropicTools, a_round_of_two_parallel_calls_is_sent_as_the_golden_file_has_it) {
    ModelCall call = with_tools(call_of(round_of_two(), "Be brief."));
    call.tool_choice = ToolChoice::none;
    EXPECT_EQ(anthropic(call), golden("anthropic", "request_parallel_tools"));
}

TEST(ChatTools, a_round_of_one_call_is_sent_as_the_golden_file_has_it) {
    ModelCall call = with_tools(call_of(round_of_one(), "Be brief."));
    call.stream = true;
    EXPECT_EQ(chat(call), golden("openai_chat", "request_tool_round"));
}

TEST(ChatTools, a_round_of_two_parallel_calls_is_sent_as_the_golden_file_has_it) {
    ModelCall call = with_tools(call_of(round_of_two(), "Be brief."));
    call.tool_choice = ToolChoice::none;
    EXPECT_EQ(chat(call), golden("openai_chat", "request_parallel_tools"));
}

TEST(ChatTools, a_server_without_tools_is_told_of_them_as_the_golden_file_has_it) {
    ModelCall call = with_tools(call_of(round_of_two(), "Be brief."));
    call.without_tools = true;
    call.without_stream_usage = true;
    call.stream = true;
    EXPECT_EQ(chat(call), golden("openai_chat", "request_told_tools"));
}

TEST(AnthropicTools, the_choice_is_said_only_where_it_is_none_and_there_are_tools) {
    ModelCall call = call_of({user("a")});
    call.tool_choice = ToolChoice::none;
    EXPECT_THAT(anthropic(call), Not(HasSubstr("tool")));
    call = with_tools(call);
    EXPECT_EQ(member(anthropic(call), "tool_choice"), R"({"type":"none"})");
    call.tool_choice = ToolChoice::automatic;
    EXPECT_EQ(member(anthropic(call), "tool_choice"), "");
    EXPECT_EQ(boost::json::parse(anthropic(call)).at("tools").as_array().size(), 2U);
}

TEST(AnthropicTools, thinking_blocks_stay_out_where_the_call_goes_without) {
    ModelCall call = with_tools(call_of(round_of_two()));
    call.without_thinking_blocks = true;
    const std::string body = anthropic(call);
    EXPECT_THAT(body, Not(HasSubstr("thinking")));
    EXPECT_THAT(body, HasSubstr(R"("id":"toolu_2")"));
}

TEST(AnthropicTools, the_thinkings_text_is_asked_for_only_where_it_is_wanted) {
    ModelInfo model;
    model.id = "claude-x";
    model.thinking.takes_adaptive = true;
    model.thinking.display_omitted = true;
    model.effort_levels = {"low", "medium", "high"};
    Need need = thinking(2048);
    ModelCall call = call_of({user("a")});
    call.params = legalize(need, model, {}).value();
    EXPECT_EQ(member(anthropic(call), "thinking"), R"({"type":"adaptive"})");
    need.show_thinking = true;
    call.params = legalize(need, model, {}).value();
    EXPECT_EQ(member(anthropic(call), "thinking"), R"({"type":"adaptive","display":"summarized"})");
}

TEST(AnthropicTools, a_temperature_is_sent_where_the_model_takes_one) {
    ModelInfo model;
    model.id = "claude-x";
    Need need;
    need.temperature = 0.25;
    ModelCall call = call_of({user("a")});
    call.params = legalize(need, model, {}).value();
    EXPECT_THAT(anthropic(call), Not(HasSubstr("temperature")));
    model.sampling.temperature = true;
    call.params = legalize(need, model, {}).value();
    EXPECT_EQ(member(anthropic(call), "temperature"), "0.25");
    EXPECT_EQ(member(chat(call), "temperature"), "0.25");
}

TEST(ToolNames, are_spelled_as_every_vendor_takes_them) {
    EXPECT_EQ(dialects::legal_tool_name("get_weather-2"), "get_weather-2");
    EXPECT_EQ(dialects::legal_tool_name("weather.get now!"), "weather_get_now_");
    EXPECT_EQ(dialects::legal_tool_name(""), "unnamed");
    EXPECT_EQ(dialects::legal_tool_name(std::string(100, 'x')).size(), 64U);
}

TEST(ToolNames, that_another_model_made_up_go_into_a_history_legally) {
    const std::vector<Message> messages{
        user("a"), assistant({block(ToolUseBlock{"t1", "weather.get", "{}"})}, {"ollama", "llama", ""}),
        results({result("t1", "no such tool", true)})};
    EXPECT_THAT(anthropic(with_tools(call_of(messages))), HasSubstr(R"("name":"weather_get")"));
    EXPECT_THAT(chat(with_tools(call_of(messages))), HasSubstr(R"("name":"weather_get")"));
}

/// Servers that number the calls of each answer anew, and one that gives two calls of an answer one id.
TEST(ToolIds, that_occur_again_are_told_apart_and_results_follow_their_calls) {
    const auto calls = [](std::vector<std::string> ids) {
        std::vector<ContentBlock> blocks;
        for (std::string& id : ids) blocks.push_back(block(ToolUseBlock{std::move(id), "look", "{}"}));
        return assistant(std::move(blocks), {"ollama", "llama", ""});
    };
    const std::vector<Message> messages{user("a"), calls({"0", "0"}), results({result("0", "one"), result("0", "two")}),
                                        calls({"0", "1"}), results({result("1", "four"), result("0", "three")})};
    const auto body = boost::json::parse(anthropic(with_tools(call_of(messages))));
    std::string story;
    for (const auto& message : body.at("messages").as_array())
        for (const auto& content : message.at("content").as_array()) {
            const auto& object = content.as_object();
            if (object.contains("id")) story += std::string(object.at("id").as_string()) + " ";
            if (object.contains("tool_use_id"))
                story += std::string(object.at("tool_use_id").as_string()) + "=" +
                         std::string(content.at("content").at(0).at("text").as_string()) + " ";
        }
    EXPECT_EQ(story, "0 0_2 0=one 0_2=two 0_3 1 1=four 0_3=three ");
    EXPECT_THAT(chat(with_tools(call_of(messages))), HasSubstr(R"("tool_call_id":"0_3","content":"three")"));
}

TEST(ToolIds, of_the_model_that_is_asked_go_back_as_it_wrote_them) {
    const std::vector<Message> messages{
        user("a"),
        assistant({block(ToolUseBlock{"call.1", "look", "{}"},
                         R"({"type":"tool_use","id":"call.1","name":"look","input":{}})")}),
        results({result("call.1", "x")})};
    EXPECT_THAT(anthropic(with_tools(call_of(messages))), HasSubstr(R"("tool_use_id":"call.1")"));
}

TEST(ChatTools, an_empty_result_still_says_something) {
    ToolResultBlock pictured{
        .tool_use_id = "t2",
        .content = {block(ImageBlock{"image/png", {.base64 = "iVBOR", .url = {}, .file_id = {}, .text = {}}})},
        .is_error = false};
    const std::string body = chat(with_tools(call_of(
        {user("a"), assistant({block(ToolUseBlock{"t1", "look", "{}"}), block(ToolUseBlock{"t2", "look", "{}"})}),
         results({result("t1", " "), block(std::move(pictured))})})));
    EXPECT_THAT(body, HasSubstr(R"("tool_call_id":"t1","content":"The result is empty.")"));
    EXPECT_THAT(
        body,
        HasSubstr(
            R"("tool_call_id":"t2","content":"The result follows in the next message."},{"role":"user","content":[{"type":"image_url")"));
}

/// Roles one after another, told histories included, as chat templates want them.
TEST(ChatTools, told_histories_alternate_between_user_and_assistant) {
    std::vector<Message> messages = round_of_two();
    messages.push_back(assistant({block(ToolUseBlock{"t3", "look", "{}"})}));
    messages.push_back(user("never mind"));
    ModelCall call = with_tools(call_of(messages, "Sys"));
    call.without_tools = true;
    std::string roles;
    const auto body = boost::json::parse(chat(call));
    for (const auto& message : body.at("messages").as_array()) {
        roles += message.at("role").as_string()[0];
        EXPECT_FALSE(message.at("content").is_null());
    }
    EXPECT_EQ(roles, "suauau");
}

}  // namespace
}  // namespace cortex::test
