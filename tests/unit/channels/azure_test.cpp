#include "channels/azure.hpp"

#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::channels {
namespace {

using testing::HasSubstr;
using testing::Not;

ModelInfo reasoning_model() {
    ModelInfo model{.id = "gpt-6.2-sol"};
    model.openai_api = cortex::OpenAiApi::responses;
    return model;
}

std::shared_ptr<const Azure> channel_of(std::string base_url, std::string api_version = {}, std::string deployment = {}) {
    Azure::Options options;
    options.base_url = std::move(base_url);
    options.deployment = std::move(deployment);
    options.api_version = std::move(api_version);
    auto channel = Azure::create(std::move(options));
    EXPECT_TRUE(channel) << channel.error().message;
    return channel ? *channel : nullptr;
}

/// The address that a model is asked at.
std::string url(const Azure& channel, const std::string& id, ModelInfo model = {}) {
    const Placement placed = *channel.place(id, model);
    return channel.address(call_of(false, placed.model, placed.wire_model), body()).url;
}

ErrorInfo refusal(std::string base_url, std::string api_version = {}, std::string deployment = {}) {
    Azure::Options options;
    options.base_url = std::move(base_url);
    options.base_url_field = "AZURE_OPENAI_ENDPOINT";
    options.deployment = std::move(deployment);
    options.api_version = std::move(api_version);
    options.api_version_field = "OPENAI_API_VERSION";
    auto channel = Azure::create(std::move(options));
    EXPECT_FALSE(channel);
    return channel ? ErrorInfo{} : channel.error();
}

TEST(AzureAddress, keeps_the_deployments_path_and_appends_the_version) {
    for (const char* base : {"https://res.openai.azure.com/openai/deployments/gpt-4o", "https://res.openai.azure.com/openai/deployments/gpt-4o/",
                             "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions",
                             "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-12-01-preview"}) {
        const auto channel = channel_of(base, "2024-12-01-preview");
        EXPECT_EQ(url(*channel, "gpt-4o"), "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-12-01-preview") << base;
        EXPECT_EQ(channel->base_url(), "https://res.openai.azure.com/openai/deployments/gpt-4o");
        EXPECT_EQ(channel->probe().url, "https://res.openai.azure.com/openai/models?api-version=2024-12-01-preview");
    }
    EXPECT_EQ(url(*channel_of("https://gw.example.com/team/openai/deployments/a%20b"), "x"),
              "https://gw.example.com/team/openai/deployments/a%20b/chat/completions?api-version=2024-10-21");
}

TEST(AzureAddress, with_a_deployments_path_speaks_chat_to_every_model) {
    const auto channel = channel_of("https://res.openai.azure.com/openai/deployments/d", "2025-04-01-preview");
    EXPECT_THAT(url(*channel, "gpt-6.2-sol", reasoning_model()), HasSubstr("/openai/deployments/d/chat/completions?"));
    EXPECT_EQ(channel->place("gpt-6.2-sol", reasoning_model())->model.openai_api, cortex::OpenAiApi::chat);
}

TEST(AzureAddress, of_a_bare_endpoint_without_a_version_is_the_v1_api) {
    for (const char* base : {"https://res.openai.azure.com", "https://res.openai.azure.com/", "https://res.openai.azure.com/openai",
                             "https://res.openai.azure.com/openai/v1/", "https://res.openai.azure.com/openai/v1/responses"}) {
        const auto channel = channel_of(base);
        EXPECT_EQ(url(*channel, "my-gpt"), "https://res.openai.azure.com/openai/v1/chat/completions") << base;
        EXPECT_EQ(url(*channel, "gpt-6.2-sol", reasoning_model()), "https://res.openai.azure.com/openai/v1/responses") << base;
        EXPECT_EQ(channel->probe().url, "https://res.openai.azure.com/openai/v1/models") << base;
    }
}

TEST(AzureAddress, of_the_v1_api_carries_no_date_but_the_words_that_it_knows) {
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com/openai/v1", "2024-10-21"), "m"), "https://res.openai.azure.com/openai/v1/chat/completions");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com/openai/v1", "v1"), "m"), "https://res.openai.azure.com/openai/v1/chat/completions");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com/openai/v1", "preview"), "m"), "https://res.openai.azure.com/openai/v1/chat/completions?api-version=preview");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com", "latest"), "m"), "https://res.openai.azure.com/openai/v1/chat/completions?api-version=latest");
}

TEST(AzureAddress, of_a_bare_endpoint_with_a_date_names_the_deployment_or_else_the_model) {
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com", "2024-10-21", "mine"), "gpt-4o"),
              "https://res.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com/", "2024-10-21"), "gpt 4/o"),
              "https://res.openai.azure.com/openai/deployments/gpt%204%2Fo/chat/completions?api-version=2024-10-21");
}

TEST(AzureAddress, with_a_date_has_responses_from_march_2025_on) {
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com", "2025-03-01-preview", "mine"), "gpt-6.2-sol", reasoning_model()),
              "https://res.openai.azure.com/openai/responses?api-version=2025-03-01-preview");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com", "2025-02-01-preview", "mine"), "gpt-6.2-sol", reasoning_model()),
              "https://res.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2025-02-01-preview");
    EXPECT_EQ(url(*channel_of("https://res.openai.azure.com", "2025-04-01-preview", "mine"), "gpt-4o"),
              "https://res.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2025-04-01-preview");
}

TEST(AzureAddress, keeps_a_foreign_query_and_prefers_the_version_in_it) {
    EXPECT_EQ(url(*channel_of("https://gw.example.com/openai/deployments/d?subscription-key=abc&api-version=2024-06-01&x=1", "2024-10-21"), "m"),
              "https://gw.example.com/openai/deployments/d/chat/completions?api-version=2024-06-01&subscription-key=abc&x=1");
    const auto v1 = channel_of("https://res.openai.azure.com/openai/v1?x=1");
    EXPECT_EQ(url(*v1, "m"), "https://res.openai.azure.com/openai/v1/chat/completions?x=1");
    EXPECT_EQ(v1->base_url(), "https://res.openai.azure.com/openai/v1");
}

TEST(AzureAddress, that_cannot_be_is_refused_with_the_fields_name) {
    EXPECT_THAT(refusal("").message, HasSubstr("AZURE_OPENAI_ENDPOINT"));
    EXPECT_THAT(refusal("res.openai.azure.com").message, HasSubstr("AZURE_OPENAI_ENDPOINT"));
    EXPECT_THAT(refusal("https://key:hunter2@res.openai.azure.com").message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(refusal("https://res.openai.azure.com", "2024 10").message, HasSubstr("OPENAI_API_VERSION"));
    EXPECT_THAT(refusal("https://res.openai.azure.com?api-version=2024%20").message, HasSubstr("AZURE_OPENAI_ENDPOINT"));
    EXPECT_THAT(refusal("https://res.openai.azure.com?x=a b").message, HasSubstr("AZURE_OPENAI_ENDPOINT"));
    EXPECT_THAT(refusal("https://res.openai.azure.com/openai/deployments/d", "preview").message, HasSubstr("OPENAI_API_VERSION is \"preview\""));
    EXPECT_THAT(refusal("https://res.openai.azure.com/openai/deployments/d", {}, "other").message, HasSubstr("azure_deployment \"other\""));
    for (const ErrorInfo& error : {refusal("https://res.openai.azure.com", "20\n24"), refusal("ftp://res.openai.azure.com")}) EXPECT_EQ(error.code, ErrorCode::config);
}

TEST(Azure, is_recognized_by_its_hosts_and_its_deployment_paths) {
    for (const char* base : {"https://res.openai.azure.com", "https://RES.OpenAI.Azure.com/openai/v1", "https://res.cognitiveservices.azure.com/",
                             "https://res.services.ai.azure.com/api/projects/p", "https://res.openai.azure.us", "http://127.0.0.1:9/openai/deployments/d"})
        EXPECT_TRUE(Azure::looks_like(base)) << base;
    for (const char* base : {"", "https://api.openai.com/v1", "https://openai.azure.com.example.org/v1", "http://localhost:8080/v1", "res.openai.azure.com"})
        EXPECT_FALSE(Azure::looks_like(base)) << base;
}

TEST(Azure, sends_keys_in_their_own_header_and_tokens_as_bearer_tokens) {
    const auto channel = channel_of("https://res.openai.azure.com");
    const auto sent = [&](Credential::Kind kind, const char* secret) {
        HttpRequest request = channel->address(call_of(false), body());
        channel->authorize(request, {.kind = kind, .secret = Secret(secret)}, {});
        return value(request, "api-key") + "|" + value(request, "authorization");
    };
    EXPECT_EQ(sent(Credential::Kind::api_key, "0123abcd"), "0123abcd|");
    EXPECT_EQ(sent(Credential::Kind::bearer, "tok"), "|Bearer tok");
    EXPECT_EQ(sent(Credential::Kind::api_key, "eyJ0eXAi.eyJhdWQi.c2ln"), "|Bearer eyJ0eXAi.eyJhdWQi.c2ln");
}

TEST(Azure, takes_any_model_string_and_names_the_deployment_on_the_wire) {
    for (const char* id : {"my own model", "gpt-4o", "Ümlaut"}) {
        EXPECT_EQ(channel_of("https://res.openai.azure.com")->place(id, {})->wire_model, id);
        EXPECT_EQ(channel_of("https://res.openai.azure.com", {}, "mine")->place(id, {})->wire_model, "mine");
        EXPECT_EQ(channel_of("https://res.openai.azure.com/openai/deployments/d")->place(id, {})->wire_model, id);
    }
}

TEST(Azure, does_not_take_openais_dates_of_retirement_for_its_own) {
    ModelInfo model{.id = "gpt-4o", .lifecycle = Lifecycle::deprecated, .retires_at = "2027-01-14"};
    const Placement placed = *channel_of("https://res.openai.azure.com")->place("gpt-4o", model);
    EXPECT_EQ(placed.model.lifecycle, Lifecycle::active);
    EXPECT_EQ(placed.model.retires_at, "");
}

TEST(Azure, speaks_what_every_date_knows) {
    ModelCall call = call_of(true);
    auto prefix = std::make_shared<FrozenPrefix>();
    prefix->system = "Be brief.";
    call.prefix = prefix;
    call.cache_key = "s";
    const auto sent = [&](const Azure& channel) { return *channel.dialect_for(*call.model).encode(call); };
    const std::string dated = sent(*channel_of("https://res.openai.azure.com", "2024-10-21"));
    EXPECT_THAT(dated, HasSubstr(R"({"role":"system","content":"Be brief."})"));
    EXPECT_THAT(dated, HasSubstr("max_completion_tokens"));
    EXPECT_THAT(dated, Not(HasSubstr("prompt_cache_key")));
    EXPECT_THAT(sent(*channel_of("https://res.openai.azure.com")), HasSubstr(R"("prompt_cache_key":"s")"));
}

TEST(Azure, explains_a_missing_deployment_and_names_the_request) {
    const auto channel = channel_of("https://res.openai.azure.com", "2024-10-21");
    const HttpHead head{.status = 404, .headers = {{"x-request-id", "x"}, {"apim-request-id", "a"}}};
    const ErrorInfo error = channel->classify(call_of(false), head, R"({"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}})");
    EXPECT_EQ(error.code, ErrorCode::model_not_found);
    EXPECT_EQ(error.request_id, "a");
    EXPECT_THAT(error.message, HasSubstr("azure_deployment"));
    EXPECT_EQ(channel->request_id(call_of(false), {.status = 200, .headers = {{"x-request-id", "x"}}}), "x");
}

TEST(Azure, classes_its_own_errors) {
    const auto channel = channel_of("https://res.openai.azure.com", "2024-10-21");
    const auto code = [&](int status, const char* text) { return channel->classify(call_of(false), {.status = status}, text); };
    EXPECT_EQ(code(401, R"({"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}})").code, ErrorCode::auth);
    EXPECT_TRUE(code(429, R"({"error":{"code":"429","message":"Requests have exceeded the call rate limit."}})").retryable);
    EXPECT_EQ(code(408, R"({"error":{"code":"Timeout","message":"The operation was timeout."}})").code, ErrorCode::unavailable);
    EXPECT_EQ(code(400, R"({"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})").code,
              ErrorCode::content_filter);
    EXPECT_EQ(code(400, R"({"error":{"message":"filtered","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})").code, ErrorCode::content_filter);
}

}  // namespace
}  // namespace cortex::channels
