// Which refusals of a chat server a second try cures, told by what the server says and by nothing else.
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <map>

namespace cortex::test {
namespace {

using dialects::openai_chat::Options;

/// As OpenAI's own service is spoken to.
Options openai() {
    return {.max_tokens_member = "max_completion_tokens", .system_role = "developer", .max_effort = "xhigh", .cache_key = true};
}

/// A streamed call that says everything that a server may not know: a system prompt, tools, an effort.
ModelCall full_call() {
    ModelCall call = with_tools(call_of({user("a")}, "Be brief."));
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->thinking = {};
    model->thinking.by_word = true;
    model->thinking.when_absent = ThinkingRules::WhenAbsent::on;
    model->effort_levels = {"none", "low", "medium", "high", "xhigh", "max"};
    model->default_effort = "medium";
    call.params = legalize({.level = ThinkingLevel::high}, *model, {}).value();
    call.model = model;
    call.stream = true;
    return call;
}

Remedy remedy(const ModelCall& call, int status, std::string_view body, Options options = openai()) {
    return dialects::openai_chat::Dialect(std::move(options)).remedy(call, head(status), body);
}

struct Row {
    int status;
    const char* body;
    Remedy expected;
};

TEST(ChatRemedyTable, reads_what_servers_say) {
    const Row rows[] = {
        // The answer's length: OpenAI and Azure, each way round.
        {400, R"({"error":{"message":"Unrecognized request argument supplied: max_completion_tokens","type":"invalid_request_error","param":null,"code":null}})", Remedy::other_max_tokens},
        {400, R"({"error":{"message":"Unknown parameter: 'max_completion_tokens'.","type":"invalid_request_error","param":"max_completion_tokens","code":"unknown_parameter"}})", Remedy::other_max_tokens},
        {422, R"({"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":9}]})", Remedy::other_max_tokens},
        {400, R"({"error":{"message":"max_completion_tokens is too large: 900000. This model supports at most 128000 completion tokens.","param":"max_completion_tokens","code":"invalid_value"}})", Remedy::none},
        {400, R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}})", Remedy::none},
        // The effort.
        {400, R"({"error":{"message":"Function tools with reasoning_effort are not supported for gpt-5.5 in /v1/chat/completions. Please use /v1/responses instead.","type":"invalid_request_error","param":"reasoning_effort","code":null}})", Remedy::drop_effort},
        {400, R"({"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'high' with this model.","param":"reasoning_effort","code":"unsupported_value"}})", Remedy::drop_effort},
        {400, R"({"error":{"message":"Unrecognized request argument supplied: reasoning_effort","param":null,"code":null}})", Remedy::drop_effort},
        {400, R"({"error":{"message":"\"llama3.2\" does not support thinking","type":"api_error","param":null,"code":null}})", Remedy::drop_effort},
        {422, R"({"detail":[{"type":"extra_forbidden","loc":["body","reasoning_effort"],"msg":"Extra inputs are not permitted"}]})", Remedy::drop_effort},
        // The role.
        {400, R"({"error":{"code":"unsupported_value","message":"Unsupported value: 'messages[0].role' does not support 'developer' with this model.","param":"messages[0].role","type":"invalid_request_error"}})", Remedy::system_role},
        {400, R"({"error":{"message":"'developer' is not one of ['system', 'assistant', 'user', 'function'] - 'messages.0.role'","type":"invalid_request_error"}})", Remedy::system_role},
        {400, R"({"error":{"message":"Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user`"}})", Remedy::system_role},
        {400, R"({"object":"error","message":"Unexpected message role.","type":"BadRequestError","param":null,"code":400})", Remedy::system_role},
        {400, R"({"error":{"message":"Your developer account may not do this."}})", Remedy::none},
        {400, R"({"error":{"code":"unsupported_value","message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","param":"messages[0].role"}})", Remedy::none},
        // Usage in streams.
        {400, R"({"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}})", Remedy::drop_stream_usage},
        {422, R"({"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]})", Remedy::drop_stream_usage},
        // Tools.
        {400, R"({"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools","type":"api_error","param":null,"code":null}})", Remedy::drop_tools},
        {400, R"({"error":{"message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}})", Remedy::drop_tools},
        {500, R"({"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}})", Remedy::drop_tools},
        // Anything else, and statuses that no other request would change.
        {400, R"({"error":{"message":"Invalid schema for function 'look': None is not of type 'object'.","param":"tools[0].function.parameters","code":"invalid_function_parameters"}})", Remedy::none},
        {400, R"({"error":{"message":"Unsupported parameter: 'temperature' is not supported with this model.","param":"temperature","code":"unsupported_parameter"}})", Remedy::none},
        {401, R"({"error":{"message":"Unrecognized request argument supplied: reasoning_effort"}})", Remedy::none},
        {429, R"({"error":{"message":"stream_options"}})", Remedy::none},
        {400, "", Remedy::none},
        {502, "<html><title>502 Bad Gateway</title></html>", Remedy::none},
    };
    for (const Row& row : rows) EXPECT_EQ(remedy(full_call(), row.status, row.body), row.expected) << row.status << ' ' << row.body;
}

TEST(ChatRemedyTable, asks_for_the_older_name_to_be_exchanged_where_that_was_sent) {
    const char* refusal = R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}})";
    EXPECT_EQ(remedy(full_call(), 400, refusal, {}), Remedy::other_max_tokens);
    const char* nameless = R"({"error":"'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."})";
    EXPECT_EQ(remedy(full_call(), 400, nameless, {}), Remedy::other_max_tokens);
    EXPECT_EQ(remedy(full_call(), 400, nameless, openai()), Remedy::none);
}

TEST(ChatRemedyTable, offers_nothing_that_the_request_did_not_hold_or_was_tried_already) {
    const std::pair<const char*, bool ModelCall::*> rows[] = {
        {R"({"error":{"message":"Unknown parameter: 'max_completion_tokens'.","param":"max_completion_tokens"}})", &ModelCall::other_max_tokens},
        {R"({"error":{"message":"Unknown parameter: 'reasoning_effort'.","param":"reasoning_effort"}})", &ModelCall::without_effort},
        {R"({"error":{"message":"Unexpected message role."}})", &ModelCall::system_role},
        {R"({"error":{"message":"Unknown parameter: 'stream_options'.","param":"stream_options"}})", &ModelCall::without_stream_usage},
        {R"({"error":{"message":"m does not support tools"}})", &ModelCall::without_tools},
    };
    for (const auto& [body, flag] : rows) {
        ModelCall call = full_call();
        EXPECT_NE(remedy(call, 400, body), Remedy::none) << body;
        call.*flag = true;
        EXPECT_EQ(remedy(call, 400, body), Remedy::none) << body;
    }
    const ModelCall plain = call_of({user("a")});
    for (std::size_t i = 1; i < std::size(rows); ++i) EXPECT_EQ(remedy(plain, 400, rows[i].first), Remedy::none) << rows[i].first;
}

TEST(ChatRemedyTable, of_recorded_refusals_is_what_they_ask_for) {
    const std::filesystem::path root = std::filesystem::path(CORTEX_TESTDATA) / "recorded";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    const std::map<std::string, Remedy> expected{{"pai__test_openai-test_openai_o1_mini_system_role-developer.json", Remedy::system_role},
                                                 {"rig__error_matrix-tools_without_jinja.json", Remedy::drop_tools}};
    std::size_t refusals = 0;
    std::size_t cured = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".json" || entry.path().string().find("vercel-fixtures") != std::string::npos) continue;
        const boost::json::value document = boost::json::parse(read_file(entry.path()));
        const boost::json::value* list = document.is_object() ? document.get_object().if_contains("interactions") : nullptr;
        if (list == nullptr) continue;
        for (const boost::json::value& item : list->get_array()) {
            const boost::json::object& response = item.at("response").get_object();
            const int status = static_cast<int>(response.at("status").to_number<std::int64_t>());
            if (status < 400 || item.at("request").at("url").get_string().find("/chat/completions") == std::string::npos) continue;
            const boost::json::value* text = response.if_contains("body");
            const std::string body = text != nullptr ? std::string(text->get_string()) : boost::json::serialize(response.at("json"));
            const std::string name = entry.path().filename().string();
            const auto row = expected.find(name);
            EXPECT_EQ(remedy(full_call(), status, body), row == expected.end() ? Remedy::none : row->second) << name << ' ' << body;
            if (name == "envoy__chat-bad-request.json") {
                EXPECT_EQ(remedy(full_call(), status, body, {}), Remedy::other_max_tokens);
            }
            ++refusals;
            cured += row == expected.end() ? 0U : 1U;
        }
    }
    EXPECT_GT(refusals, 25U);
    EXPECT_GE(cured, expected.size());
}

TEST(ChatRemedyTable, is_written_into_the_next_request) {
    const auto sent = [](const ModelCall& call) { return boost::json::parse(*dialects::openai_chat::Dialect(openai()).encode(call)).get_object(); };
    ModelCall call = full_call();
    const boost::json::object first = sent(call);
    EXPECT_EQ(first.at("reasoning_effort"), "high");
    EXPECT_EQ(first.at("messages").at(0).at("role"), "developer");
    EXPECT_TRUE(first.contains("max_completion_tokens") && first.contains("stream_options") && first.contains("tools"));
    call.without_effort = call.system_role = call.other_max_tokens = call.without_stream_usage = call.without_tools = true;
    const boost::json::object second = sent(call);
    EXPECT_FALSE(second.contains("reasoning_effort") || second.contains("stream_options") || second.contains("tools"));
    EXPECT_EQ(second.at("messages").at(0).at("role"), "system");
    EXPECT_FALSE(second.contains("max_completion_tokens"));
    EXPECT_EQ(second.at("max_tokens"), first.at("max_completion_tokens"));
}

}  // namespace
}  // namespace cortex::test
