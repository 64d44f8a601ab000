// Which refusals a second try can cure, and by leaving out what.
#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::test {
namespace {

std::string envelope(const std::string& message) {
    return R"({"type":"error","error":{"type":"invalid_request_error","message":")" + message +
           R"("},"request_id":"req_1"})";
}

const std::string bound =
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation: "
    "the `system` prompt changed.";

ModelCall after_thinking() {
    return call_of({user("a"), assistant({block(ThinkingBlock{"t", "sig"}), block(TextBlock{"b"})}), user("c")});
}

Remedy anthropic(const ModelCall& call, int status, const std::string& body) {
    return dialects::anthropic::Dialect().remedy(call, head(status), body);
}

TEST(AnthropicRemedy, leaves_thinking_out_that_is_bound_to_another_conversation) {
    EXPECT_EQ(anthropic(after_thinking(), 400, envelope(bound)), Remedy::drop_thinking_blocks);
    EXPECT_EQ(
        anthropic(after_thinking(), 400, envelope("messages.1.content.0: Invalid `data` in `redacted_thinking` block")),
        Remedy::drop_thinking_blocks);
    EXPECT_EQ(
        anthropic(after_thinking(), 400,
                  envelope("messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant "
                           "message cannot be modified.")),
        Remedy::drop_thinking_blocks);
}

TEST(AnthropicRemedy, has_none_where_no_thinking_was_sent_or_it_was_left_out_already) {
    EXPECT_EQ(anthropic(call_of({user("a")}), 400, envelope(bound)), Remedy::none);
    ModelCall foreign =
        call_of({user("a"), assistant({block(ThinkingBlock{"t", "sig"})}, {"gemini", "g", ""}), user("c")});
    EXPECT_EQ(anthropic(foreign, 400, envelope(bound)), Remedy::none);
    ModelCall tried = after_thinking();
    tried.without_thinking_blocks = true;
    EXPECT_EQ(anthropic(tried, 400, envelope(bound)), Remedy::none);
}

TEST(AnthropicRemedy, has_none_with_a_budget_as_the_loop_would_be_refused_without_its_thinking) {
    ModelCall call = after_thinking();
    Need need;
    need.thinking = Thinking(2048);
    call.params = legalize(need, *call.model, {}).value();
    EXPECT_EQ(anthropic(call, 400, envelope(bound)), Remedy::none);
}

TEST(AnthropicRemedy, has_none_for_any_other_refusal) {
    for (const char* message : {"prompt is too long: 1 tokens > 0 maximum",
                                "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
                                "messages: at least one message is required"})
        EXPECT_EQ(anthropic(after_thinking(), 400, envelope(message)), Remedy::none) << message;
    EXPECT_EQ(anthropic(after_thinking(), 500, envelope(bound)), Remedy::none);
    EXPECT_EQ(anthropic(after_thinking(), 400, "<html>bound to a different</html>"), Remedy::none);
}

Remedy chat(const ModelCall& call, int status, const std::string& body) {
    return dialects::openai_chat::Dialect().remedy(call, head(status), body);
}

TEST(ChatRemedy, leaves_tools_out_where_a_server_takes_none) {
    const ModelCall call = with_tools(call_of({user("a")}));
    const std::pair<int, const char*> refusals[] = {
        {400,
         R"({"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools","type":"api_error","param":null,"code":null}})"},
        {400, R"({"error":"registry.ollama.ai/library/gemma:2b does not support tools"})"},
        {400,
         R"({"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400})"},
        {500, R"({"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}})"},
        {400,
         R"({"error":{"message":"`tool calling` is not supported with this model","type":"invalid_request_error"}})"},
        {404, R"({"error":{"message":"No endpoints found that support tool use. To learn more...","code":404}})"},
    };
    for (const auto& [status, body] : refusals) {
        EXPECT_EQ(chat(call, status, body), Remedy::drop_tools) << body;
        EXPECT_EQ(chat(call_of({user("a")}), status, body), Remedy::none) << body;
        ModelCall tried = call;
        tried.without_tools = true;
        EXPECT_EQ(chat(tried, status, body), Remedy::none) << body;
    }
}

TEST(ChatRemedy, leaves_tools_out_where_only_the_word_that_forbids_them_is_unknown) {
    ModelCall call = with_tools(call_of({user("a")}));
    const std::string body = R"({"error":{"message":"Unknown parameter: 'tool_choice'."}})";
    EXPECT_EQ(chat(call, 400, body), Remedy::none);
    call.tool_choice = ToolChoice::none;
    EXPECT_EQ(chat(call, 400, body), Remedy::drop_tools);
}

TEST(ChatRemedy, leaves_the_wish_for_counts_out_of_a_stream) {
    ModelCall call = call_of({user("a")});
    const std::string body =
        R"({"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]})";
    EXPECT_EQ(chat(call, 422, body), Remedy::none);
    call.stream = true;
    EXPECT_EQ(chat(call, 422, body), Remedy::drop_stream_usage);
    EXPECT_EQ(chat(call, 429, body), Remedy::none);
    call.without_stream_usage = true;
    EXPECT_EQ(chat(call, 422, body), Remedy::none);
}

TEST(ChatRemedy, has_none_for_any_other_refusal) {
    ModelCall call = with_tools(call_of({user("a")}));
    call.stream = true;
    for (const char* body : {R"({"error":{"message":"Invalid schema for function 'look'"}})", "", "<html>",
                             R"({"error":{"message":"bad key"}})"})
        EXPECT_EQ(chat(call, 400, body), Remedy::none) << body;
}

}  // namespace
}  // namespace cortex::test
