#include "agent/call_plan.hpp"

#include "agent/level.hpp"
#include "turn_bench.hpp"

#include <gtest/gtest.h>

namespace cortex::agent {
namespace {

MessagePtr answer(std::vector<ContentBlock::Value> values, const std::string& model = "m") {
    auto message = std::make_shared<Message>();
    message->role = Role::assistant;
    message->origin = {.provider = "vendor", .model = model, .account = {}};
    for (auto& value : values) message->content.push_back({.value = std::move(value), .raw = {}});
    return message;
}

MessagePtr result(const std::string& id) {
    auto message = std::make_shared<Message>();
    message->content.push_back({.value = ToolResultBlock{.tool_use_id = id, .content = {}}, .raw = {}});
    return message;
}

const ToolUseBlock a_call{"1", "look", "{}"};
const ThinkingBlock signed_thought{"hm", "sig"};

bool refused(const std::vector<MessagePtr>& messages) { return loop_without_thinking(messages, *test::choice({.id = "m", .provider = "anthropic"})); }

TEST(LoopWithoutThinking, a_conversation_without_open_calls_is_free) {
    EXPECT_FALSE(refused({}));
    EXPECT_FALSE(refused({test::user("q")}));
    EXPECT_FALSE(refused({test::user("q"), answer({TextBlock{"a"}}), test::user("q")}));
    EXPECT_FALSE(refused({test::user("q"), answer({a_call}), result("1"), answer({TextBlock{"a"}}), test::user("q")})) << "that loop is closed";
}

TEST(LoopWithoutThinking, an_open_loop_needs_the_models_own_signed_thinking_first) {
    EXPECT_TRUE(refused({test::user("q"), answer({a_call}), result("1")}));
    EXPECT_FALSE(refused({test::user("q"), answer({signed_thought, a_call}), result("1")}));
    EXPECT_FALSE(refused({test::user("q"), answer({RedactedThinkingBlock{"x"}, a_call}), result("1")}));
    EXPECT_TRUE(refused({test::user("q"), answer({ThinkingBlock{"hm", ""}, a_call}), result("1")}));
    EXPECT_TRUE(refused({test::user("q"), answer({signed_thought, a_call}, "other"), result("1")}));
}

TEST(LoopWithoutThinking, the_first_answer_of_the_loop_counts) {
    EXPECT_FALSE(refused({test::user("q"), answer({signed_thought, a_call}), result("1"), answer({a_call}), result("1")}));
    EXPECT_TRUE(refused({test::user("q"), answer({a_call}), result("1"), answer({signed_thought, a_call}), result("1")}));
}

TEST(LoopWithoutThinking, words_right_behind_the_results_do_not_close_the_loop) {
    EXPECT_TRUE(refused({test::user("q"), answer({a_call}), result("1"), test::user("never mind")}));
    EXPECT_TRUE(refused({test::user("q"), answer({a_call}), test::user("never mind")}));
}

TEST(PlanCall, the_answer_goes_by_need_and_rounds_go_to_the_worker) {
    TurnSpec spec = test::spec_for("q");
    spec.orchestrator = test::choice({.id = "big", .provider = "anthropic"});
    spec.worker = test::choice({.id = "small", .provider = "anthropic"});
    SessionState state;
    for (const bool hard : {true, false}) {
        spec.assessment.hard = hard;
        EXPECT_EQ(plan_call(spec, state, {})->choice->wire_model, hard ? "big" : "small");
        EXPECT_EQ(plan_call(spec, state, {.purpose = brain::CallPurpose::tool_round})->choice->wire_model, "small");
        EXPECT_EQ(plan_call(spec, state, {.purpose = brain::CallPurpose::summarize})->choice->wire_model, "small");
        EXPECT_EQ(plan_call(spec, state, {.purpose = brain::CallPurpose::plan})->choice->wire_model, "big");
        EXPECT_EQ(plan_call(spec, state, {.purpose = brain::CallPurpose::verify})->choice->wire_model, "big");
    }
}

TEST(PlanCall, a_very_long_answer_streams_even_where_nobody_watches) {
    TurnSpec spec = test::spec_for("q");
    spec.streaming = false;
    spec.orchestrator = test::choice({.id = "m", .provider = "anthropic", .max_output_tokens = 64'000});
    EXPECT_FALSE(plan_call(spec, {}, {})->spec.call.stream);
    spec.need.max_tokens = 30'000;
    EXPECT_TRUE(plan_call(spec, {}, {})->spec.call.stream);
}

TEST(PlanCall, an_answer_is_shortened_to_what_the_window_leaves) {
    TurnSpec spec = test::spec_for(std::string(40'000, 'x'));
    spec.orchestrator = test::choice({.id = "m", .provider = "anthropic", .context_window = 14'000, .max_output_tokens = 8'000});
    SessionState state;
    state.apply(UserMessageAdded{1, spec.user_message});
    const auto planned = plan_call(spec, state, {});
    ASSERT_TRUE(planned);
    EXPECT_LT(planned->spec.call.params.max_tokens(), 4'100);
    EXPECT_GT(planned->spec.call.params.max_tokens(), 3'900);
}

TEST(Level, one_step_is_not_worth_a_long_history_and_switching_always_is) {
    using enum ThinkingLevel;
    EXPECT_EQ(settle(medium, low, 100'000), low);
    EXPECT_EQ(settle(low, medium, 100'000), medium);
    EXPECT_EQ(settle(high, low, 100'000), high);
    EXPECT_EQ(settle(off, high, 100'000), off);
    EXPECT_EQ(settle(low, off, 100'000), low);
    EXPECT_EQ(settle(medium, low, 1'000), medium);
}

TEST(Level, thinking_that_could_not_end_in_time_is_not_begun) {
    const auto fitted = [](std::chrono::milliseconds time) {
        Need need{.level = ThinkingLevel::max, .budget = 16'384};
        const auto reason = fit_to_time(need, time);
        EXPECT_EQ(reason.has_value(), need.level != ThinkingLevel::max);
        return std::pair(need.level, need.budget);
    };
    EXPECT_EQ(fitted(std::chrono::seconds(3)), std::pair(ThinkingLevel::off, std::int64_t{0}));
    EXPECT_EQ(fitted(std::chrono::seconds(10)), std::pair(ThinkingLevel::low, std::int64_t{2'560}));
    EXPECT_EQ(fitted(std::chrono::seconds(20)), std::pair(ThinkingLevel::medium, std::int64_t{5'120}));
    EXPECT_EQ(fitted(std::chrono::minutes(5)), std::pair(ThinkingLevel::max, std::int64_t{16'384}));
    EXPECT_EQ(fitted(std::chrono::milliseconds::max()), std::pair(ThinkingLevel::max, std::int64_t{16'384}));
    Need none;
    EXPECT_FALSE(fit_to_time(none, std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace cortex::agent
