#include "emulated_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <latch>
#include <mutex>

namespace cortex {
namespace {

using namespace std::chrono_literals;
using test::EmulatedVendor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto city_schema = R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})";

Tool weather() {
    return {.name = "weather",
            .description = "Tells the weather of a city.",
            .input_schema = city_schema,
            .execute = [](const ToolCall& call) { return ToolOutcome::text("18 degrees, asked with " + call.arguments); }};
}

Session session_with(const Engine& engine, std::vector<Tool> tools) {
    return engine.create_agent({.name = "a", .system_prompt = "Be brief.", .tools = std::move(tools)}).start_session({.user_id = "u7"});
}

boost::json::array messages_of(const EmulatedVendor& vendor, std::size_t request) {
    return vendor.requests()[request].at("json").at("messages").as_array();
}

TEST(EngineTools, a_native_tool_is_called_and_its_result_answered) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = session_with(engine, {weather()});
    const Response response = session.run("CALL_WEATHER: Paris");
    EXPECT_THAT(response.content, HasSubstr("18 degrees"));
    EXPECT_EQ(response.metadata.steps_taken, 1);
    EXPECT_THAT(response.metadata.tools_called, ElementsAre("weather"));
    EXPECT_EQ(response.metadata.attempts.size(), 2U);
    const auto requests = vendor.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].at("json").at("tools").at(0).at("name"), "weather");
    EXPECT_EQ(requests[0].at("json").at("tools"), requests[1].at("json").at("tools"));
}

TEST(EngineTools, run_and_stream_and_handle_do_the_same) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    const std::string whole = session_with(engine, {weather()}).run("CALL_WEATHER: Paris").content;
    Session streamed = session_with(engine, {weather()});
    std::string text;
    std::vector<std::string> kinds;
    for (const auto& chunk : streamed.run_stream("CALL_WEATHER: Paris")) {
        text += chunk.content;
        const std::string kind(to_string(chunk.chunk_type));
        if (kinds.empty() || kinds.back() != kind) kinds.push_back(kind);
        if (chunk.chunk_type == ChunkType::tool_result) {
            EXPECT_TRUE(chunk.success);
        }
    }
    EXPECT_EQ(text, whole);
    EXPECT_THAT(kinds, ElementsAre("content", "tool_execution", "tool_result", "content"));
    Session handled = session_with(engine, {weather()});
    EXPECT_EQ(handled.start("CALL_WEATHER: Paris").result().content, whole);
}

TEST(EngineTools, parallel_calls_really_run_in_parallel) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    constexpr int count = 5;
    std::barrier everybody(count);   // passes only if all five are inside at once
    Session session = session_with(engine, {{.name = "meet",
                                             .input_schema = city_schema,
                                             .execute = [&](const ToolCall& call) {
                                                 everybody.arrive_and_wait();
                                                 return ToolOutcome::text("met " + call.id);
                                             }}});
    std::string prompt;
    for (int i = 0; i < count; ++i) prompt += "CALL_MEET: x" + std::to_string(i) + "\n";
    const Response response = session.run(prompt);
    EXPECT_EQ(response.metadata.tools_called.size(), 5U);
    const auto messages = messages_of(vendor, 1);
    const auto& asked = messages[1].at("content").as_array();
    const auto& results = messages[2].at("content").as_array();
    ASSERT_EQ(results.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(asked[asked.size() - 5 + i].at("id"), results[i].at("tool_use_id"));
}

TEST(EngineTools, what_a_tool_throws_is_an_error_result) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = session_with(engine, {{.name = "bad", .execute = [](const ToolCall&) -> ToolOutcome { throw std::runtime_error("disk is full"); }},
                                            {.name = "worse", .execute = [](const ToolCall&) -> ToolOutcome { throw 7; }}});
    session.run("CALL_BAD:\nCALL_WORSE:");
    const auto results = messages_of(vendor, 1)[2].at("content").as_array();
    EXPECT_EQ(results[0].at("is_error"), true);
    EXPECT_THAT(boost::json::serialize(results[0]), HasSubstr("disk is full"));
    EXPECT_EQ(results[1].at("is_error"), true);
    EXPECT_EQ(session.run("hello").content, "You said: hello") << "the next turn is legal";
}

TEST(EngineTools, a_tool_that_never_returns_is_given_up_and_told_to_stop) {
    EmulatedVendor vendor;
    std::latch stopped(1);
    {
        Engine engine(vendor.config());
        Session session = session_with(engine, {{.name = "hang", .execute = [&](const ToolCall& call) {
                                                     std::mutex mutex;
                                                     std::condition_variable_any news;
                                                     std::unique_lock lock(mutex);
                                                     news.wait(lock, call.stop, [] { return false; });
                                                     stopped.count_down();
                                                     return ToolOutcome::text("too late");
                                                 },
                                                 .timeout = 30ms}});
        session.run("CALL_HANG:");
        EXPECT_THAT(boost::json::serialize(messages_of(vendor, 1)[2]), HasSubstr("30 ms"));
        stopped.wait();
    }
}

TEST(EngineTools, cancelling_a_turn_stops_its_tools_and_frees_the_session) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    std::latch began(1);
    std::latch stopped(1);
    Session session = session_with(engine, {{.name = "hang", .execute = [&](const ToolCall& call) {
                                                 std::mutex mutex;
                                                 std::condition_variable_any news;
                                                 began.count_down();
                                                 std::unique_lock lock(mutex);
                                                 news.wait(lock, call.stop, [] { return false; });
                                                 stopped.count_down();
                                                 throw std::runtime_error("after the cancellation");
                                                 return ToolOutcome{};
                                             }}});
    {
        cortex::Run run = session.start("CALL_HANG:");
        began.wait();
        run.cancel();
        EXPECT_THROW(run.result(), CancelledError);
    }
    stopped.wait();
    EXPECT_EQ(session.run("hello").content, "You said: hello");
    const auto messages = messages_of(vendor, 1);
    EXPECT_THAT(boost::json::serialize(messages[2]), HasSubstr("not known"));
}

TEST(EngineTools, a_tool_may_start_another_session_and_not_its_own) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.tool_threads = 1;   // nested turns must not wait for the one place
    Engine engine(config);
    Session* own = nullptr;
    Session other = session_with(engine, {weather()});
    std::vector<Tool> tools{{.name = "ask", .execute = [&](const ToolCall&) { return ToolOutcome::text(other.run("CALL_WEATHER: Rome").content); }},
                            {.name = "self", .execute = [&](const ToolCall&) { return ToolOutcome::text(own->run("me again").content); }}};
    Session session = session_with(engine, std::move(tools));
    own = &session;
    EXPECT_THAT(session.run("CALL_ASK:").content, HasSubstr("18 degrees"));
    session.run("CALL_SELF:");
    const auto requests = vendor.requests();
    EXPECT_THAT(boost::json::serialize(requests[requests.size() - 1].at("json")), HasSubstr("already running"));
}

TEST(EngineTools, the_consumer_runs_tools_that_have_no_function_of_their_own) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = session_with(engine, {{.name = "weather", .input_schema = city_schema}});
    cortex::Run run = session.start("CALL_WEATHER: Oslo");
    while (!run.finished()) {
        run.wait();
        while (auto event = run.try_next())
            if (const auto* request = std::get_if<ToolRequest>(&*event)) {
                EXPECT_EQ(request->call.arguments, R"({"city":"Oslo"})");
                EXPECT_EQ(request->call.user_id, "u7");
                run.answer(request->request_id, Approval::allow());   // not what was asked for
                run.answer(request->request_id, ToolOutcome::text("rain"));
                run.answer(request->request_id, ToolOutcome::text("twice"));
            }
    }
    EXPECT_THAT(run.result().content, HasSubstr("rain"));
    EXPECT_THAT(session.run("CALL_WEATHER: Bergen").content, HasSubstr("nobody is there")) << "a blocking call has no consumer";
}

TEST(EngineTools, a_request_that_nobody_answers_in_time_is_withdrawn) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = session_with(engine, {{.name = "weather", .input_schema = city_schema, .timeout = 20ms}});
    cortex::Run run = session.start("CALL_WEATHER: Oslo");
    std::string asked;
    std::string withdrawn;
    while (!run.finished()) {
        run.wait();
        while (auto event = run.try_next()) {
            if (const auto* request = std::get_if<ToolRequest>(&*event)) asked = request->request_id;
            if (const auto* gone = std::get_if<RequestWithdrawn>(&*event)) withdrawn = gone->request_id;
        }
    }
    EXPECT_FALSE(asked.empty());
    EXPECT_EQ(asked, withdrawn);
    EXPECT_THAT(run.result().content, HasSubstr("20 ms"));
}

TEST(EngineTools, approval_by_function_and_by_the_consumer) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Tool denied = weather();
    denied.approve = [](const ToolCall&) { return Approval::deny("too cold"); };
    EXPECT_THAT(session_with(engine, {denied}).run("CALL_WEATHER: Oslo").content, HasSubstr("too cold"));
    Tool thrown = weather();
    thrown.approve = [](const ToolCall&) -> Approval { throw std::runtime_error("no terminal"); };
    EXPECT_THAT(session_with(engine, {thrown}).run("CALL_WEATHER: Oslo").content, HasSubstr("not allowed"));
    Tool asked = weather();
    asked.ask_run = true;
    Session session = session_with(engine, {asked});
    cortex::Run run = session.start("CALL_WEATHER: Oslo");
    while (!run.finished()) {
        run.wait();
        while (auto event = run.try_next())
            if (const auto* request = std::get_if<ApprovalRequest>(&*event)) run.answer(request->request_id, Approval::edit(R"({"city":"Rome"})"));
    }
    EXPECT_THAT(run.result().content, HasSubstr("Rome"));
}

TEST(EngineTools, a_thousand_calls_with_a_cap_of_fifty) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::vector<Tool> tools{{.name = "count", .input_schema = city_schema, .execute = [&](const ToolCall&) {
                                 const int now = ++inside;
                                 int seen = most;
                                 while (now > seen && !most.compare_exchange_weak(seen, now)) {
                                 }
                                 --inside;
                                 return ToolOutcome::text("ok");
                             }}};
    Session session = engine.create_agent({.name = "a", .tools = std::move(tools), .max_parallel_tools = 50}).start_session();
    std::string prompt;
    for (int i = 0; i < 1'000; ++i) prompt += "CALL_COUNT: x\n";
    const Response response = session.run(prompt);
    EXPECT_EQ(response.metadata.tools_called.size(), 1'000U);
    EXPECT_LE(most, 50);
}

TEST(EngineTools, an_engine_ends_although_a_tool_does_not) {
    EmulatedVendor vendor;
    auto blocked = std::make_shared<std::binary_semaphore>(0);
    auto left = std::make_shared<std::latch>(1);
    {
        Engine engine(vendor.config());
        Session session = session_with(engine, {{.name = "deaf", .execute = [blocked, left](const ToolCall&) {
                                                     blocked->acquire();   // heeds no request to stop
                                                     left->count_down();
                                                     return ToolOutcome::text("x");
                                                 },
                                                 .timeout = 10ms}});
        session.run("CALL_DEAF:");
    }
    blocked->release();
    left->wait();
}

TEST(EngineTools, the_worker_answers_what_its_tools_found_and_the_statistics_count_one_decision_a_turn) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.orchestrator_model = "claude-opus-4-6";
    config.worker_model = "claude-haiku-4-5";
    Engine engine(config);
    Session session = session_with(engine, {weather()});
    const Response response = session.run("Think carefully and prove it step by step, please.\nCALL_WEATHER: Paris");
    EXPECT_EQ(response.metadata.routing.role, "orchestrator");
    EXPECT_EQ(response.metadata.routing.path, "system2");
    EXPECT_TRUE(response.metadata.thinking.enabled);
    const auto requests = vendor.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].at("json").at("model"), "claude-opus-4-6");
    EXPECT_EQ(requests[1].at("json").at("model"), "claude-haiku-4-5");
    EXPECT_FALSE(requests[1].at("json").as_object().contains("thinking"));
    session.run("Thanks!");
    const DualProcessStats stats = session.get_dual_process_stats();
    EXPECT_EQ(stats.system2_count, 1);
    EXPECT_EQ(stats.system1_count, 1);
    EXPECT_DOUBLE_EQ(stats.system2_ratio, 0.5);
    EXPECT_EQ(vendor.requests()[2].at("json").at("model"), "claude-haiku-4-5");
}

TEST(EngineTools, registration_says_what_is_wrong_with_a_tool) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    EXPECT_THROW(session_with(engine, {weather(), weather()}), ConfigError);
    EXPECT_THROW(engine.create_agent({.name = "a", .max_tool_rounds = -1}), ConfigError);
    EXPECT_THROW(engine.create_agent({.name = "a", .max_parallel_tools = 0}), ConfigError);
}

}  // namespace
}  // namespace cortex
