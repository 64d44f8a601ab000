// One suite over the three ways to Claude: the API, Amazon Bedrock and Google Vertex AI. The tests differ in the provider's
// settings and in nothing else.

#include "cloud_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex {
namespace {

using namespace std::chrono_literals;
using test::CloudVendor;
using test::Way;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ThreeWays : public ::testing::TestWithParam<Way> {
protected:
    CloudVendor vendor{GetParam()};
};

template <class E, class F>
E failure(F action) {
    try {
        action();
    } catch (const E& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return E(ErrorInfo{});
}

Tool weather() {
    return {.name = "weather",
            .description = "Tells the weather of a city.",
            .input_schema = R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})",
            .execute = [](const ToolCall&) { return ToolOutcome::text("18 degrees"); }};
}

constexpr const char* hard_question = "Prove that there are infinitely many primes, step by step.";

TEST_P(ThreeWays, a_turn_is_one_request_and_its_answer) {
    Engine engine(vendor.config());
    const Response response = vendor.session(engine).run("Good morning");
    EXPECT_EQ(response.content, "You said: Good morning");
    EXPECT_EQ(response.metadata.finish_reason, "stop");
    EXPECT_EQ(response.metadata.provider, "anthropic");
    EXPECT_THAT(response.metadata.model_used, ::testing::StartsWith("claude-sonnet-4-5"));
    EXPECT_GT(response.metadata.tokens_used, 0);
    EXPECT_GT(response.metadata.cost_usd, 0);
    EXPECT_FALSE(response.metadata.request_id.empty());
    EXPECT_THAT(response.metadata.notices, Not(::testing::Contains(HasSubstr("clock"))));
    EXPECT_EQ(vendor.requests().size(), 1U);
}

TEST_P(ThreeWays, a_stream_gives_the_same_text_piece_by_piece) {
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
    }
    EXPECT_EQ(text, whole);
    EXPECT_GT(chunks, 3);
    EXPECT_EQ(finals, 1);
    EXPECT_THAT(stream.response().metadata.model_used, ::testing::StartsWith("claude-sonnet-4-5"));
}

TEST_P(ThreeWays, a_conversation_keeps_its_prefix_and_its_connection) {
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
}

TEST_P(ThreeWays, a_cached_prefix_is_read_again) {
    Engine engine(vendor.config());
    std::string rules;
    for (int i = 0; i < 800; ++i) rules += "Rule " + std::to_string(i) + ": be exact about numbers. ";
    Session session = engine.create_agent({.name = "a", .system_prompt = rules}).start_session();
    EXPECT_GT(session.run("one").metadata.cache_write_tokens, 1000);
    EXPECT_GT(session.run("two").metadata.cached_tokens, 1000);
}

TEST_P(ThreeWays, tools_run_and_their_results_are_answered) {
    Engine engine(vendor.config());
    Session session = engine.create_agent({.name = "a", .tools = {weather()}}).start_session();
    const Response response = session.run("CALL_WEATHER: Paris");
    EXPECT_THAT(response.content, HasSubstr("18 degrees"));
    EXPECT_THAT(response.metadata.tools_called, ElementsAre("weather"));
    std::vector<std::string> kinds;
    for (const auto& chunk : session.run_stream("CALL_WEATHER: Rome")) {
        const std::string kind(to_string(chunk.chunk_type));
        if (kinds.empty() || kinds.back() != kind) kinds.push_back(kind);
    }
    EXPECT_THAT(kinds, ElementsAre("content", "tool_execution", "tool_result", "content"));
}

TEST_P(ThreeWays, the_brain_switches_thinking_on_and_its_blocks_go_back_unchanged) {
    Engine engine(vendor.config());
    Session session = engine.create_agent({.name = "a", .tools = {weather()}}).start_session();
    EXPECT_FALSE(session.run("Hello").metadata.thinking.enabled);
    const Response response = session.run(std::string(hard_question) + "\nCALL_WEATHER: Paris");
    EXPECT_TRUE(response.metadata.thinking.enabled);
    EXPECT_GT(response.metadata.thinking_tokens, 0);
    EXPECT_THAT(response.content, HasSubstr("18 degrees"));
    // The emulator refuses thinking that was changed or left out.
    EXPECT_EQ(session.run("Thanks").metadata.finish_reason, "stop");
}

TEST_P(ThreeWays, every_model_of_the_catalogue_takes_what_it_is_sent_with_thinking_and_without) {
    for (const char* model : {"claude-opus-4-6", "claude-opus-4-8", "claude-opus-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-4-5"}) {
        EngineConfig config = vendor.config(model);
        if (GetParam() == Way::vertex) config.providers[0].second.location = "global";
        Engine engine(config);
        for (const char* thinking : {"off", "auto"})
            for (const char* prompt : {"Hello", hard_question})
                EXPECT_EQ(vendor.session(engine).run(prompt, {.thinking = thinking}).metadata.finish_reason, "stop") << model << thinking << prompt;
    }
}

TEST_P(ThreeWays, shown_thinking_comes_as_chunks_of_its_own) {
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    std::string thought;
    for (const auto& chunk : session.run_stream(hard_question, {.show_thinking = true})) thought += chunk.thinking_delta;
    EXPECT_FALSE(thought.empty());
}

TEST_P(ThreeWays, images_go_with_the_message) {
    Engine engine(vendor.config());
    const std::string png("\x89PNG\r\n\x1a\n0000", 12);
    EXPECT_EQ(vendor.session(engine).run("what is this?", {.attachments = {{.media_type = "image/png", .data = png}}}).metadata.finish_reason, "stop");
}

TEST_P(ThreeWays, cancelling_closes_the_connection_and_keeps_what_was_said) {
    vendor.emulator().script(R"([{"text":"one two three four five six seven eight nine ten","chunk_bytes":40,"hang_after_bytes":2300}])");
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
    EXPECT_EQ(vendor.requests()[1].at("json").at("messages").as_array().size(), 3U);
}

TEST_P(ThreeWays, a_refused_credential_is_an_auth_error_that_names_its_place_and_costs_one_request) {
    Engine engine(vendor.config_with_wrong_credential());
    for (const bool streaming : {false, true}) {
        const auto error = failure<ProviderAuthError>([&] {
            Session session = vendor.session(engine);
            if (!streaming) session.run("hi");
            for ([[maybe_unused]] const auto& chunk : session.run_stream("hi")) {
            }
        });
        EXPECT_EQ(error.provider(), "anthropic");
        EXPECT_FALSE(error.retryable());
        EXPECT_THAT(error.what(), HasSubstr("The "));
        for (const char* part : {"not-the-", "wrong-ke", "AKIDEXAM"}) EXPECT_THAT(error.what(), Not(HasSubstr(part)));
    }
    EXPECT_EQ(vendor.requests().size(), 2U);
}

TEST_P(ThreeWays, overload_is_asked_again_and_the_attempts_are_told) {
    vendor.emulator().script(R"([{"error":{"status":503}},{"error":{"status":429}}])");
    Engine engine(vendor.config());
    const Response response = vendor.session(engine).run("hello");
    ASSERT_EQ(response.metadata.attempts.size(), 3U);
    EXPECT_EQ(response.metadata.attempts[0].outcome, "unavailable");
    EXPECT_EQ(response.metadata.attempts[1].outcome, "rate_limit");
    EXPECT_EQ(response.metadata.attempts[2].outcome, "ok");
}

TEST_P(ThreeWays, a_cut_after_the_first_text_surfaces_after_it) {
    vendor.emulator().script(R"([{"text":"one two three four five six seven eight nine ten","chunk_bytes":40,"cut_after_bytes":2300}])");
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
    EXPECT_EQ(session.run("again").metadata.finish_reason, "stop");
}

TEST_P(ThreeWays, a_hundred_sessions_at_once) {
    Engine engine(vendor.config());
    std::vector<Session> sessions;
    std::vector<cortex::Run> runs;
    for (int i = 0; i < 100; ++i) sessions.push_back(vendor.session(engine));
    for (int i = 0; i < 100; ++i) runs.push_back(sessions[static_cast<std::size_t>(i)].start("number " + std::to_string(i)));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(runs[static_cast<std::size_t>(i)].result().content, "You said: number " + std::to_string(i));
}

TEST_P(ThreeWays, a_preview_and_a_provider_list_show_no_secret) {
    Engine engine(vendor.config());
    const RequestPreview preview = vendor.session(engine).preview("hello");
    std::string shown = preview.url + preview.body;
    for (const auto& [name, value] : preview.headers) shown += name + ": " + value + "\n";
    for (const ProviderStatus& provider : engine.providers()) {
        shown += provider.detail + provider.credential_source + provider.base_url;
        for (const std::string& line : provider.considered) shown += line;
    }
    for (const char* secret : {CloudVendor::key, CloudVendor::aws_secret, CloudVendor::google_token}) EXPECT_THAT(shown, Not(HasSubstr(std::string(secret).substr(0, 8))));
    EXPECT_THAT(vendor.requests(), IsEmpty());
}

TEST_P(ThreeWays, verify_tells_a_good_credential_from_a_bad_one_for_nothing) {
    Engine good(vendor.config());
    EXPECT_EQ(good.verify().at(0).status, CredentialStatus::verified) << good.verify().at(0).detail;
    Engine bad(vendor.config_with_wrong_credential());
    EXPECT_EQ(bad.verify().at(0).status, CredentialStatus::rejected) << bad.verify().at(0).detail;
}

TEST_P(ThreeWays, a_limit_on_cost_refuses_before_a_request) {
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    EXPECT_THROW(session.run("hello", {.max_cost = 1e-9}), BudgetExceededError);
    EXPECT_THAT(vendor.requests(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, ThreeWays, ::testing::Values(Way::direct, Way::bedrock, Way::vertex), [](const auto& way) { return std::string(test::name_of(way.param)); });

}  // namespace
}  // namespace cortex
