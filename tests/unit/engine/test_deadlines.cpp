#include "engine/agent_state.hpp"
#include "engine/engine_core.hpp"
#include "engine/run_state.hpp"

#include "support/fake_world.hpp"
#include "unit/net/loopback_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace cortex {
namespace {

using namespace std::chrono_literals;
using net::test::Connection;
using net::test::LoopbackServer;
using net::test::ServerRequest;
using net::test::Signal;
using testing::HasSubstr;

/// A clock that several threads read and one moves.
struct SteppedClock final : Clock {
    SteadyTime now() const noexcept override { return SteadyTime(at.load()); }
    WallTime wall() const noexcept override { return WallTime(1'700'000'000s); }
    void step(std::chrono::milliseconds by) { at.store(at.load() + by); }
    std::atomic<std::chrono::nanoseconds> at{std::chrono::hours(1)};
};

/// A way to a model: the provider's settings for a server at a port.
struct Way {
    std::string name;
    std::string provider;
    std::string model;
    std::function<ProviderConfig(const std::string& base)> settings;
};
void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

const std::vector<Way> ways{
    {"anthropic", "anthropic", "claude-opus-4-6", [](const std::string& base) { return ProviderConfig{.api_key = "k", .base_url = base}; }},
    {"bedrock", "anthropic", "claude-sonnet-4-5",
     [](const std::string& base) {
         return ProviderConfig{.base_url = base, .bedrock = true, .aws_access_key_id = "AKIDEXAMPLE", .aws_secret_access_key = "secret"};
     }},
    {"vertex", "anthropic", "claude-sonnet-4-5",
     [](const std::string& base) { return ProviderConfig{.api_key = "token", .base_url = base + "/v1", .vertex_ai = true, .project = "p"}; }},
    {"responses", "openai", "gpt-5.4", [](const std::string& base) { return ProviderConfig{.api_key = "k", .base_url = base + "/v1"}; }},
    {"chat", "openai", "gpt-4o", [](const std::string& base) { return ProviderConfig{.api_key = "k", .base_url = base + "/v1"}; }},
    {"azure", "azure", "gpt-4o", [](const std::string& base) { return ProviderConfig{.api_key = "k", .api_version = "2024-10-21", .azure_endpoint = base}; }},
    {"gemini", "gemini", "gemini-2.5-pro", [](const std::string& base) { return ProviderConfig{.api_key = "k", .base_url = base}; }},
    {"gemini_vertex", "gemini", "gemini-2.5-pro", [](const std::string& base) { return ProviderConfig{.base_url = base + "/v1", .project = "p"}; }},
    {"server", "vllm", "qwen3-32b", [](const std::string& base) { return ProviderConfig{.base_url = base + "/v1"}; }}};

/// An engine whose first provider takes the request and never answers; time passes when the test says so.
class Silence : public testing::TestWithParam<Way> {
protected:
    Silence()
        : silent_([this](Connection& connection) {
              ServerRequest request;
              if (!connection.next(request)) return;
              asked_.set();
              connection.wait_for_close();
              closed_.set();
          }),
          backup_(LoopbackServer::answering([](const ServerRequest&) {
              return R"({"id":"c","object":"chat.completion","created":1,"model":"second","choices":[{"index":0,"finish_reason":"stop",)"
                     R"("message":{"role":"assistant","content":"Here."}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
          })) {
        machine_.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/adc.json";
        machine_.files["/adc.json"] = R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"})";
        machine_.on_request = [](const HttpRequest&) { return test::json_answer(200, R"({"access_token":"ya29.test","expires_in":3600,"token_type":"Bearer"})"); };
    }

    void begin(bool streaming, TurnOptions options = {}, bool with_backup = false) {
        EngineConfig config;
        config.providers = {{GetParam().provider, GetParam().settings("http://127.0.0.1:" + std::to_string(silent_.port()))}};
        if (with_backup) config.providers.push_back({"backup", {.base_url = "http://127.0.0.1:" + std::to_string(backup_.port()) + "/v1", .default_model = "second"}});
        config.orchestrator_model = config.worker_model = GetParam().model;
        config.max_retries = 0;
        config.idle_timeout = 300s;
        config.call_timeout = 600s;
        World world = machine_.world();
        world.clock = &clock_;
        auto core = EngineCore::create(std::move(config), std::make_shared<const World>(std::move(world)));
        ASSERT_TRUE(core) << core.error().message;
        core_ = *std::move(core);
        auto traits = std::make_shared<AgentTraits>();
        traits->prefix = std::make_shared<FrozenPrefix>();
        traits->tools = *agent::ToolSet::create({});
        auto run = core_->start_turn(core_->make_session(std::move(traits), {}), "Hello", options, streaming);
        ASSERT_TRUE(run) << run.error().message;
        run_ = *std::move(run);
        asked_.wait();
    }
    ~Silence() override {
        if (run_) run_->abandon();
    }
    /// The engine's thread looks at the clock when it wakes: any message to it will do.
    void pass(std::chrono::milliseconds time) {
        clock_.step(time);
        run_->answer("nobody asked", Approval{});
    }
    ErrorInfo failure() {
        auto result = run_->result();
        return result ? ErrorInfo{.message = "it answered"} : result.error();
    }

    SteppedClock clock_;
    test::FakeWorld machine_;
    Signal asked_, closed_;
    LoopbackServer silent_, backup_;
    std::shared_ptr<EngineCore> core_;
    std::shared_ptr<RunState> run_;
};

TEST_P(Silence, of_a_stream_ends_at_the_idle_deadline_and_closes_the_connection) {
    ASSERT_NO_FATAL_FAILURE(begin(true));
    pass(299'999ms);
    EXPECT_FALSE(closed_.is_set());
    pass(1ms);
    const ErrorInfo error = failure();
    EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
    EXPECT_TRUE(error.retryable);
    EXPECT_EQ(error.provider, GetParam().provider);
    EXPECT_THAT(error.message, HasSubstr("idle-gap deadline"));
    closed_.wait();
}

TEST_P(Silence, of_an_answer_that_does_not_stream_ends_at_the_total_deadline) {
    ASSERT_NO_FATAL_FAILURE(begin(false));
    pass(599'999ms);
    pass(1ms);
    const ErrorInfo error = failure();
    EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
    EXPECT_THAT(error.message, HasSubstr("total deadline"));
    closed_.wait();
}

TEST_P(Silence, beyond_a_deadline_of_the_call_another_provider_is_asked) {
    ASSERT_NO_FATAL_FAILURE(begin(false, {}, true));
    pass(600s);
    auto result = run_->result();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->content, "Here.");
    EXPECT_EQ(result->metadata.provider, "backup");
    ASSERT_EQ(result->metadata.attempts.size(), 2U);
    EXPECT_EQ(result->metadata.attempts[0].outcome, "timeout");
    EXPECT_DOUBLE_EQ(result->metadata.attempts[0].duration_ms, 600'000.0);
}

TEST_P(Silence, beyond_the_turns_own_timeout_nobody_is_asked_any_more) {
    ASSERT_NO_FATAL_FAILURE(begin(true, {.timeout = 5s}, true));
    pass(5s);
    const ErrorInfo error = failure();
    EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
    EXPECT_THAT(error.message, HasSubstr("turn's timeout"));
    closed_.wait();
    EXPECT_EQ(backup_.connections(), 0);
}

TEST_P(Silence, is_ended_though_the_clock_jumps_a_day_ahead) {
    ASSERT_NO_FATAL_FAILURE(begin(true));
    pass(24h);
    EXPECT_EQ(failure().code, ErrorCode::timeout);
    closed_.wait();
}

INSTANTIATE_TEST_SUITE_P(Of, Silence, testing::ValuesIn(ways), [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace cortex
