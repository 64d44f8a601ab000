#include "emulated_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace cortex {
namespace {

using namespace std::chrono_literals;
using test::EmulatedVendor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string request_key(const boost::json::value& request) {
    for (const auto& [name, value] : request.at("headers").as_object())
        if (name == "x-api-key") return std::string(value.as_string());
    return {};
}

template <class E, class F>
E failure(F&& action) {
    try {
        action();
    } catch (const E& error) {
        return error;
    }
    throw std::runtime_error("it did not fail");
}

TEST(Engine, a_turn_is_one_request_and_its_answer) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    EXPECT_THAT(vendor.requests(), IsEmpty()) << "construction makes no request";

    const Response response = session.run("Hello there");
    EXPECT_EQ(response.content, "You said: Hello there");
    EXPECT_EQ(response.metadata.model_used, "claude-sonnet-5");
    EXPECT_EQ(response.metadata.provider, "anthropic");
    EXPECT_EQ(response.metadata.finish_reason, "stop");
    EXPECT_GT(response.metadata.tokens_used, 0);
    EXPECT_EQ(response.metadata.tokens_used, response.metadata.input_tokens + response.metadata.output_tokens);
    EXPECT_FALSE(response.metadata.request_id.empty());
    EXPECT_GE(response.metadata.latency_ms, response.metadata.overhead_ms);
    ASSERT_TRUE(response.metadata.cost_usd);
    EXPECT_GT(*response.metadata.cost_usd, 0.0);
    const auto requests = vendor.requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].at("json").at("max_tokens"), 8192);
    EXPECT_THAT(boost::json::serialize(requests[0].at("json").at("system")), HasSubstr("Be brief."));
    EXPECT_FALSE(requests[0].at("json").as_object().contains("stream") && requests[0].at("json").at("stream").as_bool());
}

TEST(Engine, a_stream_gives_the_same_text_piece_by_piece) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    const std::string whole = vendor.session(engine).run("ANSWER_WORDS: 60").content;

    Session session = vendor.session(engine);
    std::string text;
    int chunks = 0;
    int finals = 0;
    Stream stream = session.run_stream("ANSWER_WORDS: 60");
    for (const StreamChunk& chunk : stream) {
        text += chunk.content;
        ++chunks;
        finals += chunk.is_final;
        EXPECT_EQ(chunk.is_final, chunk.finish_reason == "stop");
    }
    EXPECT_EQ(text, whole);
    EXPECT_GT(chunks, 3);
    EXPECT_EQ(finals, 1);
    EXPECT_EQ(stream.response().content, whole);
    EXPECT_EQ(stream.response().metadata.model_used, "claude-sonnet-5");
}

TEST(Engine, the_second_turn_sees_the_first_and_uses_its_connection) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    session.run("one");
    for ([[maybe_unused]] const auto& chunk : session.run_stream("two")) {
    }
    session.run("three");
    const auto requests = vendor.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[2].at("json").at("messages").as_array().size(), 5U);
    for (const auto& request : requests) EXPECT_EQ(request.at("connection"), requests[0].at("connection"));
    // The frozen prefix: what a request says of the past, the next one says in the same bytes.
    const std::string earlier(requests[1].at("body").as_string());
    const std::string later(requests[2].at("body").as_string());
    const auto messages = [](const std::string& body) {
        const auto begin = body.find("\"messages\":[");
        return body.substr(begin, body.rfind("],\"max_tokens\"") - begin);
    };
    EXPECT_TRUE(messages(later).starts_with(messages(earlier)));
}

TEST(Engine, a_refused_key_is_an_auth_error_and_costs_one_request) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = "sk-ant-not-the-right-one";
    Engine engine(config);
    Session session = vendor.session(engine);
    const auto error = failure<ProviderAuthError>([&] { session.run("hi"); });
    EXPECT_EQ(error.provider(), "anthropic");
    EXPECT_EQ(error.http_status(), 401);
    EXPECT_FALSE(error.retryable());
    EXPECT_THAT(error.what(), HasSubstr("anthropic"));
    EXPECT_THAT(error.what(), HasSubstr("ANTHROPIC_API_KEY"));
    EXPECT_THAT(error.what(), Not(HasSubstr("not-the-r")));
    EXPECT_EQ(vendor.requests().size(), 1U);
}

TEST(Engine, a_missing_key_costs_no_request_and_names_the_variable) {
    ::unsetenv("ANTHROPIC_API_KEY");
    ::unsetenv("ANTHROPIC_AUTH_TOKEN");
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = "";
    Engine engine(config);
    Session session = vendor.session(engine);
    EXPECT_THAT(failure<ProviderAuthError>([&] { session.run("hi"); }).what(), HasSubstr("ANTHROPIC_API_KEY"));
    EXPECT_THAT(vendor.requests(), IsEmpty());
    EXPECT_EQ(engine.providers().at(0).status, CredentialStatus::missing);
}

TEST(Engine, without_any_provider_the_first_run_says_what_was_looked_for) {
    ::unsetenv("ANTHROPIC_API_KEY");
    ::unsetenv("ANTHROPIC_AUTH_TOKEN");
    Engine engine;
    EXPECT_THAT(engine.providers(), IsEmpty());
    Session session = engine.create_agent({.name = "a"}).start_session();
    EXPECT_THAT(failure<ProviderAuthError>([&] { session.run("hi"); }).what(), HasSubstr("ANTHROPIC_API_KEY"));
}

TEST(Engine, a_key_function_is_asked_before_every_request_repeats_included) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"error":{"status":529,"type":"overloaded_error","message":"busy"}}])");
    std::atomic<int> asked{0};
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = [&asked] { return std::string(asked++ == 0 ? EmulatedVendor::key : "sk-ant-test-second-key"); };
    Engine engine(config);
    Session session = vendor.session(engine);
    EXPECT_EQ(session.run("hi").metadata.attempts.size(), 2U);
    const auto requests = vendor.requests();
    EXPECT_EQ(request_key(requests[0]), EmulatedVendor::key);
    EXPECT_EQ(request_key(requests[1]), "sk-ant-test-second-key");
}

TEST(Engine, a_key_function_that_throws_is_an_auth_error) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = []() -> std::string { throw std::runtime_error("vault is sealed"); };
    Engine engine(config);
    Session session = vendor.session(engine);
    EXPECT_THAT(failure<ProviderAuthError>([&] { session.run("hi"); }).what(), HasSubstr("vault is sealed"));
}

TEST(Engine, a_key_that_the_run_is_asked_for) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = Secret::from_run();
    Engine engine(config);
    Session session = vendor.session(engine);
    cortex::Run run = session.start("hi", {}, false);
    while (!run.finished()) {
        run.wait();
        while (auto event = run.try_next()) {
            const auto* request = std::get_if<KeyRequest>(&*event);
            ASSERT_NE(request, nullptr);
            EXPECT_EQ(request->provider, "anthropic");
            run.answer("key_of_nobody", Secret("x"));
            run.answer(request->request_id, Secret(EmulatedVendor::key));
        }
    }
    EXPECT_EQ(run.result().content, "You said: hi");
    EXPECT_THROW(session.run("nobody answers in a blocking call"), ProviderAuthError);
}

TEST(Engine, a_busy_session_says_so_and_another_one_is_free) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"late","hang_after_bytes":0}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    cortex::Run run = session.start("first");
    EXPECT_THROW(session.run("second"), SessionBusyError);
    ASSERT_TRUE(vendor.eventually([&] { return vendor.requests().size() == 1; }));
    EXPECT_EQ(vendor.session(engine).run("third").content, "You said: third");
    run.cancel();
    EXPECT_THROW(run.result(), CancelledError);
    EXPECT_EQ(session.run("fourth").content, "You said: fourth");
}

TEST(Engine, cancelling_closes_the_connection_and_keeps_what_was_said) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"one two three four five six seven eight nine ten","chunk_bytes":40,"hang_after_bytes":900}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    cortex::Run run = session.start("count");
    std::string text;
    while (text.empty()) {
        run.wait();
        while (auto event = run.try_next()) text += std::get<StreamChunk>(*event).content;
    }
    run.cancel();
    EXPECT_THROW(run.result(), CancelledError);
    EXPECT_TRUE(vendor.eventually([&] { return vendor.stats().at("disconnects").to_number<int>() == 1; })) << "the upstream is closed";
    session.run("go on");
    const auto messages = vendor.requests()[1].at("json").at("messages").as_array();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[1].at("role"), "assistant");
}

TEST(Engine, leaving_a_stream_early_cancels_it) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"one two three four five","chunk_bytes":40,"hang_after_bytes":900}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    for (const auto& chunk : session.run_stream("count"))
        if (!chunk.content.empty()) break;
    EXPECT_EQ(session.run("next").content, "You said: next") << "the session is free at once";
    EXPECT_TRUE(vendor.eventually([&] { return vendor.stats().at("disconnects").to_number<int>() == 1; }));
}

TEST(Engine, everything_may_be_destroyed_in_any_order_while_a_turn_runs) {
    EmulatedVendor vendor;
    for (int order = 0; order < 6; ++order) {
        vendor.emulator().script(R"([{"text":"late","hang_after_bytes":0}])");
        auto engine = std::make_unique<Engine>(vendor.config());
        auto session = std::make_unique<Session>(vendor.session(*engine));
        auto run = std::make_unique<cortex::Run>(session->start("hi"));
        if (order == 0) engine.reset();
        if (order == 1) session.reset();
        if (order == 2) run.reset();
        if (order % 3 == 0) session.reset();
        if (order % 3 == 1) run.reset();
        engine.reset();
    }
}

TEST(Engine, close_is_idempotent_and_ends_a_running_turn) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    const auto used = session.run("one").metadata.tokens_used;
    vendor.emulator().script(R"([{"text":"late","hang_after_bytes":0}])");
    cortex::Run run = session.start("two");
    const SessionStats stats = session.close();
    EXPECT_THROW(run.result(), CancelledError);
    EXPECT_EQ(stats.turns, 1);
    EXPECT_EQ(stats.total_tokens, used);
    EXPECT_TRUE(stats.session_id.starts_with("sess_"));
    EXPECT_EQ(session.close().duration_seconds, stats.duration_seconds);
    EXPECT_THAT(failure<CancelledError>([&] { session.run("three"); }).what(), HasSubstr("close"));
}

TEST(Engine, a_hundred_sessions_at_once) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.io_threads = 2;
    Engine engine(config);
    const Agent agent = engine.create_agent({.name = "a"});
    std::vector<Session> sessions;
    std::vector<cortex::Run> runs;
    for (int i = 0; i < 100; ++i) {
        sessions.push_back(agent.start_session());
        runs.push_back(sessions.back().start("number " + std::to_string(i)));
    }
    for (int i = 0; i < 100; ++i) EXPECT_EQ(runs[static_cast<std::size_t>(i)].result().content, "You said: number " + std::to_string(i));
    EXPECT_EQ(vendor.requests().size(), 100U);
}

TEST(Engine, an_engine_may_be_shared_between_threads) {
    EmulatedVendor vendor;
    const Engine engine(vendor.config());
    std::vector<std::future<std::string>> answers;
    for (int i = 0; i < 8; ++i)
        answers.push_back(std::async(std::launch::async, [&engine, i] {
            Session session = engine.create_agent({.name = "a"}).start_session();
            session.run("first");
            return session.run("thread " + std::to_string(i)).content;
        }));
    for (int i = 0; i < 8; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), "You said: thread " + std::to_string(i));
}

TEST(Engine, the_turns_timeout_covers_everything) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"late","hang_after_bytes":0}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    EXPECT_THROW(session.run("hi", {.timeout = 60ms}), TimeoutError);
    EXPECT_EQ(session.run("again").content, "You said: again");
}

TEST(Engine, overload_is_asked_again_and_the_attempts_are_told) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"error":{"status":529,"type":"overloaded_error","message":"busy","headers":{"retry-after-ms":"20"}}}])");
    Engine engine(vendor.config());
    const Response response = vendor.session(engine).run("hi");
    ASSERT_EQ(response.metadata.attempts.size(), 2U);
    EXPECT_EQ(response.metadata.attempts[0].outcome, "unavailable");
    EXPECT_EQ(response.metadata.attempts[0].http_status, 529);
    EXPECT_EQ(response.metadata.attempts[1].outcome, "ok");
}

TEST(Engine, a_cut_after_the_first_text_surfaces_after_it) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"one two three four five six seven eight","cut_after_bytes":1200}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    std::string text;
    EXPECT_THROW(
        {
            for (const auto& chunk : session.run_stream("count")) text += chunk.content;
        },
        NetworkError);
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(vendor.requests().size(), 1U);
}

TEST(Engine, a_thinking_budget_goes_out_exactly_and_thinking_comes_back_unchanged_in_the_next_request) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.orchestrator_model = "claude-sonnet-4-5";
    Engine engine(config);
    Session session = vendor.session(engine);
    const Response first = session.run("Prove it", {.thinking = 2048});
    EXPECT_TRUE(first.metadata.thinking.enabled);
    EXPECT_EQ(first.metadata.thinking.budget, 2048);
    session.run("Again", {.thinking = 2048});   // the emulator checks every signature
    const auto requests = vendor.requests();
    EXPECT_EQ(requests[0].at("json").at("thinking").at("budget_tokens"), 2048);
    EXPECT_THAT(std::string(requests[1].at("body").as_string()), HasSubstr("\"signature\""));
}

TEST(Engine, a_limit_on_cost_refuses_before_a_request) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    EXPECT_THROW(session.run("hi", {.max_cost = 0.000001}), BudgetExceededError);
    EXPECT_THROW(session.run("hi", {.max_cost = -1.0}), ConfigError);
    EXPECT_THAT(vendor.requests(), IsEmpty());
    EXPECT_EQ(session.run("hi", {.max_cost = 1.0}).content, "You said: hi");
}

TEST(Engine, bad_messages_are_refused_before_a_request) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    EXPECT_THROW(session.run(""), ConfigError);
    EXPECT_THROW(session.run(" \n\t"), ConfigError);
    EXPECT_THAT(failure<ConfigError>([&] { session.run("ab\xff"); }).what(), HasSubstr("byte 2"));
    EXPECT_THROW(session.run("hi", {.thinking = "sometimes"}), ConfigError);
    EXPECT_THAT(vendor.requests(), IsEmpty());
    EXPECT_EQ(session.run("hi").content, "You said: hi");
}

TEST(Engine, images_and_documents_go_with_the_message) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    session.run("look", {.attachments = {{.media_type = "image/png", .data = "\x89PNG"}, {.media_type = "text/plain", .data = "notes", .title = "n"}}});
    const auto content = vendor.requests()[0].at("json").at("messages").at(0).at("content").as_array();
    EXPECT_EQ(content[0].at("type"), "image");
    EXPECT_EQ(content[0].at("source").at("data"), "iVBORw==");
    EXPECT_EQ(content[1].at("type"), "document");
    EXPECT_EQ(content[2].at("text"), "look");
    EXPECT_THROW(session.run("look", {.attachments = {{.media_type = "image/tiff", .data = "x"}}}), ConfigError);
    EXPECT_THROW(session.run("look", {.attachments = {{.media_type = "image/png"}}}), ConfigError);
}

TEST(Engine, a_long_answer_is_streamed_unseen) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    EXPECT_EQ(vendor.session(engine).run("hi", {.max_tokens = 30'000}).content, "You said: hi");
    EXPECT_EQ(vendor.requests()[0].at("json").at("stream"), true);
}

TEST(Engine, verify_asks_for_the_models_list_and_says_what_came_of_it) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers.emplace_back("claude", ProviderConfig{.api_key = "sk-ant-not-the-right-one", .base_url = std::string(vendor.emulator().base_url())});
    config.providers.emplace_back("gone", ProviderConfig{.base_url = "http://127.0.0.1:9/v1", .default_model = "m"});
    Engine engine(config);
    for (const ProviderStatus& status : engine.providers()) EXPECT_EQ(status.status, CredentialStatus::present) << status.name;
    EXPECT_THAT(vendor.requests(), IsEmpty());
    const auto verified = engine.verify();
    ASSERT_EQ(verified.size(), 3U);
    EXPECT_EQ(verified[0].status, CredentialStatus::verified);
    EXPECT_EQ(verified[1].status, CredentialStatus::rejected);
    EXPECT_EQ(verified[2].status, CredentialStatus::present);
    EXPECT_FALSE(verified[2].detail.empty());
    for (const auto& request : vendor.requests()) EXPECT_EQ(request.at("method"), "GET");
}

TEST(Engine, wrong_configurations_name_their_field) {
    const auto error = [](EngineConfig config) { return std::string(failure<ConfigError>([&] { Engine engine(std::move(config)); }).what()); };
    EXPECT_THAT(error({.providers = {{"anthropic", {.bedrock = true, .vertex_ai = true}}}}), ::testing::AllOf(HasSubstr("bedrock"), HasSubstr("vertex_ai")));
    EXPECT_THAT(error({.providers = {{"anthropic", {.bedrock = true, .aws_region = "us east"}}}}), HasSubstr("region"));
    EXPECT_THAT(error({.providers = {{"anthropic", {.vertex_ai = true}}}}), HasSubstr("project"));
    EXPECT_THAT(error({.providers = {{"somewhere", {}}}}), HasSubstr("base_url"));
    EXPECT_THAT(error({.providers = {{"vllm", {}}}}), HasSubstr("default_model"));
    EXPECT_THAT(error({.providers = {{"anthropic", {.api_key = "k"}}}, .orchestrator_model = "gpt-5.4"}), HasSubstr("gpt-5.4"));
    EXPECT_THAT(error({.providers = {{"anthropic", {.api_key = "k"}}, {"anthropic", {.api_key = "k"}}}}), HasSubstr("twice"));
    EXPECT_THAT(error({.providers = {{"anthropic", {.api_key = "k", .base_url = "ftp://x"}}}}), HasSubstr("base_url"));
    EXPECT_THAT(error({.providers = {{"anthropic", {.api_key = "k"}}}, .max_retries = 8}), HasSubstr("max_retries"));
    EXPECT_THAT(error({.models_path = "/nowhere/models.json"}), HasSubstr("/nowhere/models.json"));
}

TEST(Engine, a_model_that_the_vendor_does_not_know_is_named_with_the_real_one) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"error":{"status":404,"type":"not_found_error","message":"model: claude-sonnet-4-5-20250514"}}])");
    EngineConfig config = vendor.config();
    config.orchestrator_model = "claude-sonnet-4-5-20250514";
    Engine engine(config);
    Session session = vendor.session(engine);
    const auto error = failure<ModelNotFoundError>([&] { session.run("hi"); });
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("20250514"), HasSubstr("claude-sonnet-4-5-20250929")));
    EXPECT_EQ(vendor.requests()[0].at("json").at("model"), "claude-sonnet-4-5-20250514") << "sent as it was written";
}

TEST(Engine, a_model_that_retires_soon_is_told_once) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.orchestrator_model = "claude-opus-4-5";
    Engine engine(config);
    EXPECT_THAT(vendor.session(engine).run("hi").metadata.notices, ::testing::ElementsAre(HasSubstr("claude-opus-5-5")));
    EXPECT_THAT(vendor.session(engine).run("hi").metadata.notices, IsEmpty());
}

TEST(Engine, a_preview_shows_the_request_and_no_secret) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    session.run("one");
    const RequestPreview preview = session.preview("two");
    EXPECT_THAT(preview.url, HasSubstr("/v1/messages"));
    EXPECT_THAT(preview.body, HasSubstr("You said: one"));
    EXPECT_THAT(to_json(preview), Not(HasSubstr("0123456789abcdef")));
    EXPECT_EQ(vendor.requests().size(), 1U);
}

TEST(Engine, a_local_server_gets_no_other_vendors_key) {
    ::setenv("OPENAI_API_KEY", "sk-openai-secret-0000", 1);
    EmulatedVendor vendor({"--local"});
    Engine engine({.providers = {{"ollama", {.base_url = vendor.emulator().openai_base_url(), .default_model = "llama3.1:8b"}}}});
    ::unsetenv("OPENAI_API_KEY");
    Session session = vendor.session(engine);
    const Response response = session.run("Hello");
    EXPECT_EQ(response.content, "You said: Hello");
    EXPECT_EQ(response.metadata.provider, "ollama");
    EXPECT_FALSE(response.metadata.cost_usd) << "an unknown price is unknown";
    EXPECT_THAT(vendor.emulator().requests(), Not(HasSubstr("sk-openai")));
    std::string text;
    for (const auto& chunk : session.run_stream("Again")) text += chunk.content;
    EXPECT_EQ(text, "You said: Again");
}

}  // namespace
}  // namespace cortex
