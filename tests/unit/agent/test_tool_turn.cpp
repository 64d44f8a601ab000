#include "turn_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace cortex::agent {
namespace {

using namespace std::chrono_literals;
using test::Bench;
using test::calls;
using test::done;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto limit_schema = R"({"type":"object","properties":{"limit":{"type":"integer","maximum":50}},"required":["limit"]})";

TurnSpec with_tools(std::vector<Tool> tools, const std::string& text = "hi") {
    TurnSpec spec = test::spec_for(text);
    test::give_tools(spec, std::move(tools));
    return spec;
}

/// The results that the next request carries.
std::vector<ToolResultBlock> results_in(const StartCall& start) {
    std::vector<ToolResultBlock> out;
    for (const ContentBlock& block : start.spec.call.messages.back()->content)
        if (const auto* result = block.as<ToolResultBlock>()) out.push_back(*result);
    return out;
}

std::string text_of(const ToolResultBlock& result) { return result.content.empty() ? "" : result.content.front().as<TextBlock>()->text; }

TEST(ToolTurn, results_go_back_in_the_order_of_the_calls) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}, {.name = "find"}}));
    b.on(TurnStarted{});
    b.returned(calls({{"c1", "look"}, {"c2", "find"}}));
    EXPECT_EQ(b.machine.state(), TurnMachine::State::acting);
    ASSERT_EQ(b.all<RunTool>().size(), 2U) << "both run at once";
    EXPECT_EQ(b.all<RunTool>()[0]->call.name, "look");
    EXPECT_THAT(b.first<EmitChunk>()->chunk.tools, ElementsAre("look", "find"));
    b.on(ToolReturned{1, ToolOutcome::text("second")});
    EXPECT_EQ(b.first<StartCall>(), nullptr);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.tool_name, "find");
    EXPECT_TRUE(b.first<EmitChunk>()->chunk.success);
    b.on(ToolReturned{0, ToolOutcome::text("first")});
    const auto* start = b.first<StartCall>();
    ASSERT_NE(start, nullptr);
    const auto results = results_in(*start);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].tool_use_id, "c1");
    EXPECT_EQ(text_of(results[0]), "first");
    EXPECT_EQ(text_of(results[1]), "second");
    b.text("both");
    b.returned(done("both"));
    const Response& response = *b.first<TurnFinished>()->result;
    EXPECT_EQ(response.content, "both");
    EXPECT_EQ(response.metadata.steps_taken, 1);
    EXPECT_THAT(response.metadata.tools_called, ElementsAre("look", "find"));
    EXPECT_EQ(response.metadata.tokens_used, 26);
}

TEST(ToolTurn, text_of_several_calls_is_one_answer_as_it_was_shown) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    std::string shown;
    const auto take = [&] { for (const auto* emit : b.all<EmitChunk>()) shown += emit->chunk.content; };
    b.on(TurnStarted{});
    b.text("Let me look.");
    take();
    b.returned(calls({{"c1", "look"}}, "Let me look."));
    take();
    b.on(ToolReturned{0, ToolOutcome::text("x")});
    take();
    b.text("It is x.");
    take();
    b.returned(done("It is x."));
    take();
    EXPECT_EQ(b.first<TurnFinished>()->result->content, "Let me look.\n\nIt is x.");
    EXPECT_EQ(shown, "Let me look.\n\nIt is x.");
}

TEST(ToolTurn, arguments_that_do_not_fit_never_reach_the_tool) {
    for (const std::string bad : {R"({"limit":60})", R"({"limit":"x"})", "{}", "{\"limit\":", "[1]", "nonsense"}) {
        SessionLog log;
        Bench b(log, with_tools({{.name = "look", .input_schema = limit_schema}}));
        b.on(TurnStarted{});
        b.returned(calls({{"c1", "look", bad}}));
        EXPECT_EQ(b.first<RunTool>(), nullptr) << bad;
        ASSERT_NE(b.first<StartCall>(), nullptr) << bad;
        const auto results = results_in(*b.first<StartCall>());
        EXPECT_TRUE(results[0].is_error);
        EXPECT_THAT(text_of(results[0]), HasSubstr("look"));
    }
}

TEST(ToolTurn, the_model_reads_where_its_arguments_are_wrong) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look", .input_schema = limit_schema}}));
    b.on(TurnStarted{});
    b.returned(calls({{"c1", "look", R"({"limit":60})"}}));
    const std::string sentence = text_of(results_in(*b.first<StartCall>())[0]);
    EXPECT_THAT(sentence, HasSubstr("limit"));
    EXPECT_THAT(sentence, HasSubstr("50"));
    EXPECT_EQ(log.state().tool_ran(), false);
}

TEST(ToolTurn, an_unknown_tool_is_answered_and_not_run) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    b.on(TurnStarted{});
    b.returned(calls({{"c1", "lok"}}));
    EXPECT_EQ(b.first<RunTool>(), nullptr);
    EXPECT_THAT(text_of(results_in(*b.first<StartCall>())[0]), HasSubstr("The tools are: look."));
    b.returned(done("x"));
    EXPECT_TRUE(b.first<TurnFinished>()->result->metadata.tools_called.empty());
}

TEST(ToolTurn, five_megabytes_of_arguments_and_ten_thousand_levels_are_refused) {
    const std::string wide = R"({"limit":")" + std::string(5'000'000, 'x') + "\"}";
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    for (const std::string& bad : {wide, deep}) {
        SessionLog log;
        TurnSpec spec = with_tools({{.name = "look"}});
        Bench b(log, std::move(spec));
        b.on(TurnStarted{});
        b.returned(calls({{"c1", "look", bad}}));
        EXPECT_EQ(b.first<RunTool>(), nullptr);
        EXPECT_TRUE(results_in(*b.first<StartCall>())[0].is_error);
    }
}

TEST(ToolTurn, caps_hold_and_what_waits_follows) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}, {.name = "slow", .max_parallel = 1}});
    spec.max_parallel_tools = 3;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "slow"}, {"2", "slow"}, {"3", "look"}, {"4", "look"}, {"5", "look"}}));
    std::vector<std::string> running;
    const auto take = [&] { for (const auto* run : b.all<RunTool>()) running.push_back(run->call.id); };
    take();
    EXPECT_THAT(running, ElementsAre("1", "3", "4"));
    b.on(ToolReturned{2, ToolOutcome::text("x")});
    take();
    EXPECT_THAT(running, ElementsAre("1", "3", "4", "5")) << "the second slow one waits for the first";
    b.on(ToolReturned{0, ToolOutcome::text("x")});
    take();
    EXPECT_THAT(running, ElementsAre("1", "3", "4", "5", "2"));
}

TEST(ToolTurn, a_tool_that_never_returns_is_given_up) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look", .timeout = 250ms}}));
    b.on(TurnStarted{});
    b.returned(calls({{"c1", "look"}}));
    b.on(ToolTimedOut{0});
    ASSERT_NE(b.first<StopTool>(), nullptr);
    const auto results = results_in(*b.first<StartCall>());
    EXPECT_TRUE(results[0].is_error);
    EXPECT_THAT(text_of(results[0]), HasSubstr("250 ms"));
    b.on(ToolReturned{0, ToolOutcome::text("late")});
    EXPECT_TRUE(b.actions.empty()) << "a late result is nobody's";
}

TEST(ToolTurn, the_limit_of_rounds_ends_with_an_answer_without_tools) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    spec.max_tool_rounds = 2;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    for (int round = 0; round < 2; ++round) {
        b.returned(calls({{"c" + std::to_string(round), "look"}}));
        b.on(ToolReturned{0, ToolOutcome::text("again")});
        ASSERT_NE(b.first<StartCall>(), nullptr);
        EXPECT_EQ(b.first<StartCall>()->spec.call.tool_choice, round == 1 ? ToolChoice::none : ToolChoice::automatic);
        EXPECT_EQ(b.first<StartCall>()->spec.call.prefix->tools.size(), 1U) << "the list stays";
    }
    b.returned(calls({{"c9", "look"}}, "stubborn"));
    ASSERT_NE(b.first<TurnFinished>(), nullptr) << "a model that calls for ever is not followed";
    const ResponseMetadata& metadata = b.first<TurnFinished>()->result->metadata;
    EXPECT_EQ(metadata.steps_taken, 2);
    EXPECT_EQ(metadata.finish_reason, "tool_calls");
    EXPECT_THAT(metadata.degraded, ElementsAre(HasSubstr("limit of 2 tool rounds")));
}

TEST(ToolTurn, with_no_rounds_allowed_the_first_call_already_goes_without) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    spec.max_tool_rounds = 0;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    EXPECT_EQ(b.first<StartCall>()->spec.call.tool_choice, ToolChoice::none);
}

TEST(ToolTurn, a_call_at_the_end_of_a_cut_answer_is_not_run) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    b.on(TurnStarted{});
    MessageDone cut = calls({{"c1", "look"}});
    cut.stop = StopReason::length;
    b.returned(cut);
    EXPECT_EQ(b.first<RunTool>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result->metadata.finish_reason, "length");
}

TEST(ToolTurn, approval_comes_first_and_may_deny_or_edit) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look", .input_schema = limit_schema, .ask_run = true}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look", R"({"limit":1})"}, {"2", "look", R"({"limit":2})"}, {"3", "look", R"({"limit":3})"}, {"4", "look", R"({"limit":4})"}}));
    EXPECT_EQ(b.first<RunTool>(), nullptr);
    ASSERT_EQ(b.all<AskApproval>().size(), 4U);
    b.on(ApprovalGiven{0, Approval::deny("not on Sundays")});
    EXPECT_EQ(b.first<RunTool>(), nullptr);
    b.on(ApprovalGiven{1, Approval::allow()});
    EXPECT_EQ(b.first<RunTool>()->call.arguments, R"({"limit":2})");
    b.on(ApprovalGiven{2, Approval::edit(R"({"limit":7})")});
    EXPECT_EQ(b.first<RunTool>()->call.arguments, R"({"limit":7})");
    b.on(ApprovalGiven{3, Approval::edit(R"({"limit":70})")});
    EXPECT_EQ(b.first<RunTool>(), nullptr);
    b.on(ToolReturned{1, ToolOutcome::text("two")});
    b.on(ToolReturned{2, ToolOutcome::text("seven")});
    const auto results = results_in(*b.first<StartCall>());
    EXPECT_THAT(text_of(results[0]), HasSubstr("not on Sundays"));
    EXPECT_EQ(text_of(results[1]), "two");
    EXPECT_THAT(text_of(results[2]), testing::AllOf(HasSubstr("seven"), HasSubstr(R"({"limit":7})")));
    EXPECT_TRUE(results[3].is_error);
}

TEST(ToolTurn, a_turn_cancelled_while_tools_run_hides_nothing_from_the_model) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    spec.max_parallel_tools = 2;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.text("Looking.");
    b.returned(calls({{"1", "look"}, {"2", "look"}, {"3", "look"}}, "Looking."));
    b.on(ToolReturned{0, ToolOutcome::text("done")});
    b.on(TurnCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    EXPECT_EQ(b.all<StopTool>().size(), 2U);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::cancelled);
    ASSERT_EQ(log.state().messages().size(), 3U);
    const auto& content = log.state().messages()[2]->content;
    EXPECT_EQ(text_of(*content[0].as<ToolResultBlock>()), "done");
    EXPECT_THAT(text_of(*content[1].as<ToolResultBlock>()), HasSubstr("not known"));
    EXPECT_THAT(text_of(*content[2].as<ToolResultBlock>()), HasSubstr("not known"));
}

TEST(ToolTurn, a_turn_that_fails_after_a_tool_ran_stays_in_the_conversation) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look"}}));
    b.on(ToolReturned{0, ToolOutcome::error("broken")});
    b.failed(ErrorCode::unavailable);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::unavailable);
    EXPECT_EQ(log.state().messages().size(), 3U);
    EXPECT_EQ(log.state().last_turn().tool_errors, 1);
    EXPECT_TRUE(log.state().last_turn().failed);
}

TEST(ToolTurn, a_turn_that_fails_before_any_tool_ran_leaves_it) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look", .input_schema = limit_schema}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look", "{}"}}));
    b.failed(ErrorCode::unavailable);
    EXPECT_TRUE(log.state().messages().empty());
    EXPECT_EQ(log.state().last_turn().failed_checks, 1);
}

TEST(ToolTurn, long_results_are_cut_and_say_so) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look", .max_result_bytes = 10}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look"}}));
    b.on(ToolReturned{0, ToolOutcome::text(std::string(9, 'a') + "\xC3\xA9" + std::string(100'000'000, 'b'))});
    const std::string text = text_of(results_in(*b.first<StartCall>())[0]);
    EXPECT_TRUE(text.starts_with("aaaaaaaaa\n[")) << text.substr(0, 20);
    EXPECT_THAT(text, HasSubstr("100000002 of its 100000011 bytes are missing"));
}

TEST(ToolTurn, bytes_that_are_no_text_are_healed) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look"}}));
    b.on(ToolReturned{0, ToolOutcome::text("a\xFFz")});
    EXPECT_EQ(text_of(results_in(*b.first<StartCall>())[0]), "a\xEF\xBF\xBDz");
}

TEST(ToolTurn, images_go_behind_the_text_and_a_wrong_attachment_is_named) {
    SessionLog log;
    Bench b(log, with_tools({{.name = "look"}}));
    b.on(TurnStarted{});
    b.returned(calls({{"1", "look"}}));
    ToolOutcome outcome = ToolOutcome::image("image/png", "bytes");
    outcome.content = "a picture";
    outcome.attachments.push_back({.media_type = "image/tiff", .data = "x"});
    b.on(ToolReturned{0, outcome});
    const auto results = results_in(*b.first<StartCall>());
    ASSERT_EQ(results[0].content.size(), 2U);
    EXPECT_THAT(text_of(results[0]), HasSubstr("image/tiff"));
    EXPECT_EQ(results[0].content[1].as<ImageBlock>()->source.base64, "Ynl0ZXM=");
}

TEST(ToolTurn, a_worker_without_tool_use_leaves_the_rounds_to_the_orchestrator) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    spec.orchestrator = test::choice({.id = "big", .provider = "anthropic", .tool_use = true});
    spec.worker = test::choice({.id = "small", .provider = "anthropic", .tool_use = false});
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.last_model = "big";
    b.returned(calls({{"1", "look"}}));
    b.on(ToolReturned{0, ToolOutcome::text("x")});
    EXPECT_EQ(b.first<StartCall>()->spec.call.wire_model, "big");
}

TEST(ToolTurn, rounds_go_to_the_worker_and_thinking_is_not_switched_on_there) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    const ThinkingRules takes_budget{.takes_budget = true, .takes_disabled = true};
    spec.orchestrator = test::choice({.id = "big", .provider = "anthropic", .max_output_tokens = 64'000, .tool_use = true, .thinking = takes_budget});
    spec.worker = test::choice({.id = "small", .provider = "anthropic", .max_output_tokens = 64'000, .tool_use = true, .thinking = takes_budget});
    spec.need.level = ThinkingLevel::medium;
    spec.need.budget = 4'096;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    EXPECT_EQ(b.first<StartCall>()->spec.call.wire_model, "big");
    EXPECT_EQ(b.first<StartCall>()->spec.call.params.thinking_budget(), 4'096);
    b.last_model = "big";
    b.returned(calls({{"1", "look"}}));
    b.on(ToolReturned{0, ToolOutcome::text("x")});
    EXPECT_EQ(b.first<StartCall>()->spec.call.wire_model, "small");
    EXPECT_FALSE(b.first<StartCall>()->spec.call.params.thinks());
    b.returned(done("x"));
    const ResponseMetadata& metadata = b.first<TurnFinished>()->result->metadata;
    EXPECT_EQ(metadata.routing.role, "orchestrator");
    EXPECT_TRUE(metadata.thinking.enabled);
    EXPECT_EQ(metadata.thinking.budget, 4'096);
}

TEST(ToolTurn, the_money_of_a_turn_is_counted_over_its_calls) {
    SessionLog log;
    TurnSpec spec = with_tools({{.name = "look"}});
    ModelInfo priced{.id = "m", .provider = "anthropic", .tool_use = true};
    priced.prices.base = {.input = 1'000'000, .output = 1'000'000};
    spec.orchestrator = spec.worker = test::choice(priced);
    spec.max_cost = 9'000'000;   // nine thousand tokens at these prices
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    ASSERT_NE(b.first<StartCall>(), nullptr);
    MessageDone answer = calls({{"1", "look"}});
    answer.usage = {.input = 100, .output = 50};
    b.on(CallReturned{routing::CallEnded{answer, {}, {}, answer.usage, 8'900'000, {}, 0ns}});
    b.on(ToolReturned{0, ToolOutcome::text("x")});
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::budget_exceeded);
    EXPECT_EQ(log.state().messages().size(), 3U) << "a tool had run";
}

TEST(ToolTurn, a_conversation_that_cannot_fit_is_refused_before_a_call) {
    SessionLog log;
    TurnSpec spec = test::spec_for(std::string(1'000'000, 'x'));
    spec.orchestrator = spec.worker = test::choice({.id = "m", .provider = "anthropic", .context_window = 100'000});
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    EXPECT_EQ(b.first<StartCall>(), nullptr);
    const ErrorInfo& error = b.first<TurnFinished>()->result.error();
    EXPECT_EQ(error.code, ErrorCode::context_length);
    EXPECT_THAT(error.message, testing::AllOf(HasSubstr("100000"), HasSubstr("more than"), HasSubstr("Shorten")));
    EXPECT_TRUE(log.state().messages().empty());
}

TEST(ToolTurn, the_vendors_count_beats_the_estimate) {
    SessionLog log;
    ModelInfo model{.id = "m", .provider = "anthropic", .context_window = 100'000};
    const auto turn = [&](const std::string& text) {
        TurnSpec spec = test::spec_for(text);
        spec.orchestrator = spec.worker = test::choice(model);
        return spec;
    };
    Bench first(log, turn("short"));
    first.on(TurnStarted{});
    first.returned(done("x"), {.input = 99'990, .output = 20});
    Bench second(log, turn("one more"));
    second.on(TurnStarted{});
    EXPECT_EQ(second.first<TurnFinished>()->result.error().code, ErrorCode::context_length);
}

TEST(ToolTurn, thinking_is_shown_where_it_is_asked_for_and_never_as_content) {
    SessionLog log;
    TurnSpec spec = test::spec_for("hi");
    spec.need.show_thinking = true;
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.on(CallDelivered{ThinkingDelta{"hm"}});
    ASSERT_NE(b.first<EmitChunk>(), nullptr);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.chunk_type, ChunkType::thinking);
    EXPECT_EQ(b.first<EmitChunk>()->chunk.content, "");
    EXPECT_EQ(b.first<EmitChunk>()->chunk.thinking_delta, "hm");
}

TEST(ToolTurn, thinking_that_a_vendor_refused_is_left_out_from_then_on) {
    SessionLog log;
    Bench first(log);
    first.on(TurnStarted{});
    MessageDone thought = done("x");
    thought.message.content.insert(thought.message.content.begin(), ContentBlock{.value = ThinkingBlock{"hm", "sig"}, .raw = {}});
    first.returned(thought);
    Bench second(log, "again");
    second.on(TurnStarted{});
    routing::CallEnded ended{done("y"), {}, {}, {}, 0, {}, 0ns};
    ended.repairs.push_back({Remedy::drop_thinking_blocks, "bound to a different conversation"});
    second.on(CallReturned{ended});
    EXPECT_THAT(second.first<TurnFinished>()->result->metadata.degraded, ElementsAre(HasSubstr("left out")));
    for (const MessagePtr& message : log.state().messages())
        for (const ContentBlock& block : message->content) EXPECT_EQ(block.as<ThinkingBlock>(), nullptr);
}

TEST(ToolTurn, a_model_that_takes_no_tools_is_not_offered_them_again) {
    SessionLog log;
    Bench first(log, with_tools({{.name = "look"}}));
    first.on(TurnStarted{});
    EXPECT_FALSE(first.first<StartCall>()->spec.call.without_tools);
    routing::CallEnded ended{done("x"), {}, {}, {}, 0, {}, 0ns};
    ended.repairs.push_back({Remedy::drop_tools, "does not support tools"});
    first.on(CallReturned{ended});
    Bench second(log, with_tools({{.name = "look"}}, "again"));
    second.on(TurnStarted{});
    EXPECT_TRUE(second.first<StartCall>()->spec.call.without_tools);
    second.returned(done("y"));
    EXPECT_THAT(second.first<TurnFinished>()->result->metadata.degraded, ElementsAre(HasSubstr("takes no tools")));
}

TEST(SessionLog, with_tools_the_running_state_is_the_fold_of_the_facts) {
    std::mt19937 random(12);
    for (int session = 0; session < 200; ++session) {
        SessionLog log;
        for (int turn = 0; turn < 4; ++turn) {
            Bench b(log, with_tools({{.name = "look"}}, "q" + std::to_string(turn)));
            b.on(TurnStarted{});
            while (b.machine.state() != TurnMachine::State::done) {
                const bool acting = b.machine.state() == TurnMachine::State::acting;
                switch (random() % 6) {
                    case 0: acting ? b.on(ToolTimedOut{0}) : b.returned(done("x")); break;
                    case 1: b.on(TurnCancelled{{.code = ErrorCode::cancelled}}); break;
                    case 2: acting ? b.on(ToolReturned{1, ToolOutcome::error("x")}) : b.failed(ErrorCode::network); break;
                    default: acting ? b.on(ToolReturned{0, ToolOutcome::text("x")}) : b.returned(calls({{"1", "look"}, {"2", "look"}}, "t"));
                }
            }
        }
        const SessionState folded = fold(log.facts());
        EXPECT_EQ(folded.messages(), log.state().messages());
        EXPECT_EQ(folded.last_turn().tool_errors, log.state().last_turn().tool_errors);
        EXPECT_EQ(folded.tokens().counted, log.state().tokens().counted);
        EXPECT_EQ(folded.tokens().estimated, log.state().tokens().estimated);
    }
}

}  // namespace
}  // namespace cortex::agent
