#include "channels/anthropic_api.hpp"
#include "channels/base_url.hpp"
#include "channels/custom_headers.hpp"
#include "channels/openai_server.hpp"
#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cortex::channels {
namespace {

using testing::HasSubstr;
using testing::Not;

Credential key(Credential::Kind kind, std::string text, std::string endpoint = {}) {
    return {.kind = kind, .secret = Secret(std::move(text)), .endpoint = std::move(endpoint), .source = {}};
}

TEST(BaseUrl, takes_what_requests_can_be_built_on_and_drops_trailing_slashes) {
    for (const std::string_view url :
         {"https://api.anthropic.com", "https://api.anthropic.com/", " https://api.anthropic.com// "})
        EXPECT_EQ(*checked_base_url(url, "base_url"), "https://api.anthropic.com");
    EXPECT_EQ(*checked_base_url("http://[::1]:8080/v1/", "base_url"), "http://[::1]:8080/v1");
    EXPECT_EQ(*checked_base_url("HTTPS://host/a%20b", "base_url"), "HTTPS://host/a%20b");
}

TEST(BaseUrl, refuses_everything_else_and_names_the_field_but_no_password) {
    for (const std::string_view url : {"", "api.anthropic.com", "ftp://host", "file:///etc/passwd", "https://",
                                       "https://user:hunter2@host", "https://host/?key=hunter2", "https://host/#x",
                                       "https://ho st", "https://host\nx", "https://hôst", "http://host:notaport"}) {
        const auto checked = checked_base_url(url, "providers.x.base_url");
        ASSERT_FALSE(checked) << url;
        EXPECT_EQ(checked.error().code, ErrorCode::config);
        EXPECT_THAT(checked.error().message, HasSubstr("providers.x.base_url"));
        EXPECT_THAT(checked.error().message, Not(HasSubstr("hunter2")));
    }
}

TEST(AnthropicApi, addresses_messages_with_the_version_header) {
    const auto channel = *AnthropicApi::create({});
    const HttpRequest plain = channel->address(call_of(false), body());
    EXPECT_EQ(plain.url, "https://api.anthropic.com/v1/messages");
    EXPECT_EQ(plain.method, HttpMethod::post);
    EXPECT_EQ(value(plain, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(value(plain, "content-type"), "application/json");
    EXPECT_EQ(value(plain, "accept"), "application/json");
    EXPECT_FALSE(plain.streaming);
    EXPECT_EQ(channel->framing(call_of(false)), Framing::json);
    const HttpRequest streamed = channel->address(call_of(true), body());
    EXPECT_EQ(value(streamed, "accept"), "text/event-stream");
    EXPECT_TRUE(streamed.streaming);
    EXPECT_EQ(channel->framing(call_of(true)), Framing::sse);
    EXPECT_EQ(channel->address_count(body()).url, "https://api.anthropic.com/v1/messages/count_tokens");
}

TEST(AnthropicApi, probes_with_a_models_list) {
    const auto channel = *AnthropicApi::create(
        {.base_url = "http://127.0.0.1:9/x/", .base_url_field = "ANTHROPIC_BASE_URL", .api_version = "2026-10-21"});
    const HttpRequest probe = channel->probe();
    EXPECT_EQ(probe.method, HttpMethod::get);
    EXPECT_EQ(probe.url, "http://127.0.0.1:9/x/v1/models?limit=1");
    EXPECT_EQ(probe.body, nullptr);
    EXPECT_EQ(value(probe, "anthropic-version"), "2026-10-21");
    EXPECT_EQ(value(probe, "content-type"), "");
}

TEST(AnthropicApi, sends_a_key_or_a_bearer_token_and_never_both) {
    const auto channel = *AnthropicApi::create({});
    HttpRequest request = channel->address(call_of(false), body());
    channel->authorize(request, key(Credential::Kind::api_key, "sk-1"), {});
    EXPECT_EQ(value(request, "x-api-key"), "sk-1");
    EXPECT_EQ(value(request, "authorization"), "");
    request = channel->address(call_of(false), body());
    channel->authorize(request, key(Credential::Kind::bearer, "tok"), {});
    EXPECT_EQ(value(request, "authorization"), "Bearer tok");
    EXPECT_EQ(value(request, "x-api-key"), "");
    request = channel->address(call_of(false), body());
    channel->authorize(request, {}, {});
    EXPECT_EQ(value(request, "authorization") + value(request, "x-api-key"), "");
}

TEST(AnthropicApi, lets_custom_headers_replace_its_own) {
    const auto headers = parse_custom_headers("X-Trace: abc: d\n\n anthropic-version : 2026-10-21 \nx-api-key: mine\n",
                                              "ANTHROPIC_CUSTOM_HEADERS");
    ASSERT_TRUE(headers);
    AnthropicApi::Options options;
    options.custom_headers = *headers;
    const auto channel = *AnthropicApi::create(std::move(options));
    HttpRequest request = channel->address(call_of(false), body());
    channel->authorize(request, key(Credential::Kind::api_key, "sk-1"), {});
    EXPECT_EQ(value(request, "X-Trace"), "abc: d");
    EXPECT_EQ(value(request, "anthropic-version"), "2026-10-21");
    EXPECT_EQ(value(request, "x-api-key"), "mine");
}

TEST(AnthropicApi, asks_for_thinking_between_tools_where_a_header_is_needed_and_nowhere_else) {
    const auto channel = *AnthropicApi::create({});
    const auto beta = [&](const ModelCall& call) { return value(channel->address(call, body()), "anthropic-beta"); };
    EXPECT_EQ(beta(thinking_with_tools()), "interleaved-thinking-2025-05-14");
    EXPECT_EQ(beta(thinking_with_tools(false)), "");
    EXPECT_EQ(beta(thinking_with_tools(true, false)), "");
    EXPECT_EQ(beta(thinking_with_tools(true, true, false)), "");
    EXPECT_EQ(beta(call_of(true)), "");
}

TEST(AnthropicApi, appends_its_beta_to_the_users_list_once) {
    for (const auto& [mine, sent] : std::map<std::string, std::string>{
             {"context-1m-2025-08-07", "context-1m-2025-08-07,interleaved-thinking-2025-05-14"},
             {"interleaved-thinking-2025-05-14, x", "interleaved-thinking-2025-05-14, x"},
             {"", "interleaved-thinking-2025-05-14"}}) {
        AnthropicApi::Options options;
        options.custom_headers = {{"Anthropic-Beta", mine}};
        const auto channel = *AnthropicApi::create(std::move(options));
        EXPECT_EQ(value(channel->address(thinking_with_tools(), body()), "Anthropic-Beta"), sent);
        EXPECT_EQ(value(channel->address(call_of(false), body()), "Anthropic-Beta"), mine);
    }
}

TEST(AnthropicApi, refuses_a_version_that_no_header_can_carry) {
    const auto channel =
        AnthropicApi::create({.base_url = {}, .base_url_field = "base_url", .api_version = "2023\r\nx: y"});
    ASSERT_FALSE(channel);
    EXPECT_THAT(channel.error().message, HasSubstr("api_version"));
}

TEST(CustomHeaders, refuse_lines_that_would_break_a_request_and_never_show_values) {
    for (const std::string_view text : {"no colon hunter2", "bad name: hunter2", ": hunter2", "Host: hunter2",
                                        "content-length: 5", "x: hunter2\x01", "ok: 1\nTransfer-Encoding: hunter2"}) {
        const auto headers = parse_custom_headers(text, "ANTHROPIC_CUSTOM_HEADERS");
        ASSERT_FALSE(headers) << text;
        EXPECT_EQ(headers.error().code, ErrorCode::config);
        EXPECT_THAT(headers.error().message, HasSubstr("ANTHROPIC_CUSTOM_HEADERS, line "));
        EXPECT_THAT(headers.error().message, Not(HasSubstr("hunter2")));
    }
    EXPECT_TRUE(parse_custom_headers("", "x")->empty());
    EXPECT_EQ(parse_custom_headers("a: 1\r\nA: 2\r\n", "x")->size(), 1U);
}

TEST(OpenAiServer, addresses_chat_completions_and_models_below_its_base) {
    OpenAiServer::Options options;
    options.base_url = "http://localhost:8080/v1/";
    const auto channel = *OpenAiServer::create(std::move(options));
    HttpRequest request = channel->address(call_of(true), body());
    EXPECT_EQ(request.url, "http://localhost:8080/v1/chat/completions");
    channel->authorize(request, key(Credential::Kind::bearer, "k"), {});
    EXPECT_EQ(value(request, "authorization"), "Bearer k");
    EXPECT_EQ(channel->probe().url, "http://localhost:8080/v1/models");
    EXPECT_EQ(channel->base_url(), "http://localhost:8080/v1");
    EXPECT_FALSE(OpenAiServer::create({}));
}

TEST(OpenAiServer, moves_a_request_to_the_server_that_came_with_the_credential) {
    OpenAiServer::Options options;
    options.base_url = OpenAiServer::embedded_base_url;
    const auto channel = *OpenAiServer::create(std::move(options));
    for (HttpRequest request : {channel->address(call_of(false), body()), channel->probe()}) {
        const std::string path = request.url.substr(OpenAiServer::embedded_base_url.size());
        channel->authorize(request, key(Credential::Kind::bearer, "k", "http://127.0.0.1:4711/v1/"), {});
        EXPECT_EQ(request.url, "http://127.0.0.1:4711/v1" + path);
    }
}

TEST(OpenAiServer, sends_reasoning_back_where_the_service_demands_it) {
    const auto sends_it = [](std::string base_url) {
        OpenAiServer::Options options;
        options.base_url = std::move(base_url);
        const auto channel = *OpenAiServer::create(std::move(options));
        ModelCall call = call_of(false, {.id = "m", .tool_use = true});
        const auto message = [](Role role, ContentBlock block) {
            return std::make_shared<const Message>(Message{.role = role, .content = {std::move(block)}, .origin = {}});
        };
        call.messages = {message(Role::user, {.value = TextBlock{"a"}}), message(Role::assistant, {.value = ToolUseBlock{"t1", "f", "{}"}}),
                         message(Role::user, {.value = ToolResultBlock{.tool_use_id = "t1", .content = {}}})};
        return channel->dialect_for(*call.model).encode(call)->find("reasoning_content") != std::string::npos;
    };
    EXPECT_TRUE(sends_it("https://api.deepseek.com"));
    EXPECT_TRUE(sends_it("https://API.DeepSeek.com/beta"));
    EXPECT_FALSE(sends_it("https://notdeepseek.com/v1"));
    EXPECT_FALSE(sends_it("http://localhost:8000/v1"));
}

TEST(UsualServers, are_where_they_usually_listen) {
    World world;
    world.env = [](std::string_view) { return std::nullopt; };
    EXPECT_EQ(usual_server_url("ollama", world)->url, "http://localhost:11434/v1");
    EXPECT_EQ(usual_server_url("vllm", world)->url, "http://localhost:8000/v1");
    EXPECT_EQ(usual_server_url("llamacpp", world)->url, "http://localhost:8080/v1");
    EXPECT_EQ(usual_server_url("lmstudio", world)->url, "http://localhost:1234/v1");
    EXPECT_FALSE(usual_server_url("elsewhere", world));
}

TEST(UsualServers, read_every_form_of_ollama_host) {
    const std::map<std::string, std::string> forms{{"myhost", "http://myhost:11434/v1"},
                                                   {"myhost:99", "http://myhost:99/v1"},
                                                   {":99", "http://127.0.0.1:99/v1"},
                                                   {"0.0.0.0", "http://127.0.0.1:11434/v1"},
                                                   {"0.0.0.0:99", "http://127.0.0.1:99/v1"},
                                                   {"[::]:99", "http://127.0.0.1:99/v1"},
                                                   {"[::1]", "http://[::1]:11434/v1"},
                                                   {"http://myhost", "http://myhost:80/v1"},
                                                   {"https://myhost/ollama/", "https://myhost:443/ollama/v1"},
                                                   {"http://myhost:99/v1", "http://myhost:99/v1"}};
    for (const auto& [form, url] : forms) {
        World world;
        world.env = [&form = form](std::string_view name) {
            return name == "OLLAMA_HOST" ? std::optional(form) : std::nullopt;
        };
        EXPECT_EQ(usual_server_url("ollama", world)->url, url) << form;
        EXPECT_TRUE(checked_base_url(usual_server_url("ollama", world)->url, "OLLAMA_HOST"));
    }
}

}  // namespace
}  // namespace cortex::channels
