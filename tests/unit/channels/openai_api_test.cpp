#include "channels/openai_api.hpp"

#include "core/catalog.hpp"
#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::channels {
namespace {

using testing::HasSubstr;
using testing::Not;

ModelInfo asked_by(cortex::OpenAiApi api) {
    ModelInfo model{.id = "m"};
    model.openai_api = api;
    return model;
}

TEST(OpenAiApi, asks_each_model_through_its_own_api) {
    const auto channel = *OpenAiApi::create({});
    const ModelCall chat = call_of(false, asked_by(cortex::OpenAiApi::chat));
    const ModelCall responses = call_of(true, asked_by(cortex::OpenAiApi::responses));
    EXPECT_EQ(channel->address(chat, body()).url, "https://api.openai.com/v1/chat/completions");
    EXPECT_EQ(channel->address(responses, body()).url, "https://api.openai.com/v1/responses");
    EXPECT_NE(&channel->dialect_for(*chat.model), &channel->dialect_for(*responses.model));
    EXPECT_EQ(value(channel->address(chat, body()), "accept"), "application/json");
    EXPECT_EQ(value(channel->address(responses, body()), "accept"), "text/event-stream");
    EXPECT_TRUE(channel->address(responses, body()).streaming);
    EXPECT_EQ(channel->framing(responses), Framing::sse);
    EXPECT_EQ(channel->framing(chat), Framing::json);
}

TEST(OpenAiApi, of_the_catalogue_asks_reasoning_models_by_responses_and_the_older_ones_by_chat) {
    const auto catalog = Catalog::load({}, {}).value();
    const auto channel = *OpenAiApi::create({});
    for (const auto& [id, path] : {std::pair{"gpt-6.2-sol", "/responses"}, {"gpt-5.4-mini", "/responses"}, {"gpt-4o", "/chat/completions"}}) {
        const auto placed = channel->place(id, *catalog->find(id));
        ASSERT_TRUE(placed);
        EXPECT_EQ(placed->wire_model, id);
        EXPECT_THAT(channel->address(call_of(false, placed->model, id), body()).url, HasSubstr(path)) << id;
    }
}

TEST(OpenAiApi, writes_chat_requests_as_openai_wants_them) {
    const auto channel = *OpenAiApi::create({});
    ModelCall call = call_of(true, asked_by(cortex::OpenAiApi::chat));
    auto prefix = std::make_shared<FrozenPrefix>();
    prefix->system = "Be brief.";
    call.prefix = prefix;
    call.cache_key = "session-1";
    const std::string sent = *channel->dialect_for(*call.model).encode(call);
    EXPECT_THAT(sent, HasSubstr(R"({"role":"developer","content":"Be brief."})"));
    EXPECT_THAT(sent, HasSubstr(R"("max_completion_tokens":)"));
    EXPECT_THAT(sent, HasSubstr(R"("stream_options":{"include_usage":true})"));
    EXPECT_THAT(sent, HasSubstr(R"("prompt_cache_key":"session-1")"));
}

TEST(OpenAiApi, stands_on_the_users_base_url_and_probes_with_the_models_list) {
    const auto channel = *OpenAiApi::create({.base_url = "http://127.0.0.1:9/openai/v1/"});
    EXPECT_EQ(channel->base_url(), "http://127.0.0.1:9/openai/v1");
    EXPECT_EQ(channel->address(call_of(false), body()).url, "http://127.0.0.1:9/openai/v1/chat/completions");
    const HttpRequest probe = channel->probe();
    EXPECT_EQ(probe.method, HttpMethod::get);
    EXPECT_EQ(probe.url, "http://127.0.0.1:9/openai/v1/models");
    EXPECT_EQ(probe.body, nullptr);
}

TEST(OpenAiApi, names_organization_and_project_where_they_are_set) {
    const auto plain = *OpenAiApi::create({});
    EXPECT_EQ(value(plain->probe(), "OpenAI-Organization") + value(plain->probe(), "OpenAI-Project"), "");
    OpenAiApi::Options options;
    options.organization = "org-1";
    options.project = "proj_2";
    const auto channel = *OpenAiApi::create(std::move(options));
    for (const HttpRequest& request : {channel->probe(), channel->address(call_of(false), body())}) {
        EXPECT_EQ(value(request, "OpenAI-Organization"), "org-1");
        EXPECT_EQ(value(request, "OpenAI-Project"), "proj_2");
    }
}

TEST(OpenAiApi, sends_the_key_as_a_bearer_token) {
    const auto channel = *OpenAiApi::create({});
    for (const Credential::Kind kind : {Credential::Kind::api_key, Credential::Kind::bearer}) {
        HttpRequest request = channel->address(call_of(false), body());
        channel->authorize(request, {.kind = kind, .secret = Secret("sk-1")}, {});
        EXPECT_EQ(value(request, "authorization"), "Bearer sk-1");
    }
}

TEST(OpenAiApi, finds_the_requests_id) {
    const auto channel = *OpenAiApi::create({});
    const ModelCall call = call_of(false);
    EXPECT_EQ(channel->request_id(call, {.status = 200, .headers = {{"X-Request-Id", "req_1"}}}), "req_1");
    EXPECT_EQ(channel->request_id(call, {.status = 200}), "");
}

TEST(OpenAiApi, refuses_what_no_request_can_carry_and_names_the_field) {
    OpenAiApi::Options options;
    options.base_url = "ftp://host";
    options.base_url_field = "OPENAI_BASE_URL";
    EXPECT_THAT(OpenAiApi::create(options).error().message, HasSubstr("OPENAI_BASE_URL"));
    options = {};
    options.organization = "org 1";
    EXPECT_EQ(OpenAiApi::create(options).error().code, ErrorCode::config);
    EXPECT_THAT(OpenAiApi::create(options).error().message, HasSubstr("organization"));
    options = {};
    options.project = "p\r\nx-evil: 1";
    EXPECT_THAT(OpenAiApi::create(options).error().message, HasSubstr("project"));
    EXPECT_THAT(OpenAiApi::create(options).error().message, Not(HasSubstr("evil")));
}

}  // namespace
}  // namespace cortex::channels
