// Random conversations, on every Claude model of the catalogue and over all providers at once, with tools, thinking, faults, changes
// of model and failover, against the strict emulator: not one request may be refused, and each begins with what its model was sent
// before. The number of conversations is CORTEX_PROPERTY_RUNS (default 600; 10,000 for the long form).
#include "conversation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace cortex::property {
namespace {

class Settings {
public:
    Settings(SeededRng& rng, const std::vector<Target>& among) : rng_(rng), among_(among) { renew_agent(); }

    agent::TurnSpec turn() {
        if (rng_.chance(15)) choose_models();
        agent::TurnSpec spec;
        spec.user_message = message();
        spec.prefix = prefix_;
        spec.tools = tools_;
        spec.orchestrator = orchestrator_;
        spec.worker = worker_;
        const std::size_t fallbacks = rng_.below(4);
        for (std::size_t i = 0; i < fallbacks; ++i) add_fallback(spec);
        spec.continue_in_midstream = rng_.chance(50);
        spec.assessment.hard = rng_.chance(50);
        spec.need.level = spec.assessment.hard ? static_cast<ThinkingLevel>(rng_.below(5)) : ThinkingLevel::off;
        spec.need.budget = spec.need.level == ThinkingLevel::off ? 0 : static_cast<std::int64_t>(1'024 + rng_.below(15'361));
        if (rng_.chance(15)) spec.need.thinking = Thinking(static_cast<int>(1'024 + rng_.below(20'000)));
        if (rng_.chance(10)) spec.need.thinking = Thinking("off");
        spec.need.allow_thinking = !rng_.chance(5);
        spec.need.show_thinking = rng_.chance(20);
        if (rng_.chance(20)) spec.need.max_tokens = static_cast<int>(1 + rng_.below(9'000));
        if (rng_.chance(20)) spec.need.temperature = static_cast<double>(rng_.below(11)) / 10.0;
        if (rng_.chance(10)) spec.max_cost = static_cast<std::int64_t>(20'000'000 + rng_.below(2'000'000'000));
        spec.streaming = rng_.chance(50);
        spec.max_tool_rounds = static_cast<int>(rng_.below(4));
        spec.max_parallel_tools = static_cast<int>(1 + rng_.below(4));
        return spec;
    }

private:
    void choose_models() {
        orchestrator_ = rng_.one_of(among_).choice;
        worker_ = rng_.chance(40) ? orchestrator_ : rng_.one_of(among_).choice;
    }
    void add_fallback(agent::TurnSpec& spec) {
        const agent::ModelChoicePtr choice = rng_.one_of(among_).choice;
        const auto same = [&](const agent::ModelChoicePtr& other) { return other->same_model(*choice); };
        if (!same(orchestrator_) && !same(worker_) && std::none_of(spec.fallbacks.begin(), spec.fallbacks.end(), same)) spec.fallbacks.push_back(choice);
    }
    void renew_agent() {
        choose_models();
        std::vector<Tool> tools;
        for (std::size_t i = 0; i < rng_.below(4); ++i)
            tools.push_back({.name = "tool_" + std::to_string(i),
                             .description = rng_.chance(30) ? std::string(6'000, 'd') : "Does something.",
                             .input_schema = R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"]})",
                             .max_parallel = static_cast<int>(rng_.below(3)),
                             .max_result_bytes = rng_.chance(20) ? 100U : 100'000U,
                             .ask_run = rng_.chance(30)});
        tools_ = *agent::ToolSet::create(std::move(tools));
        prefix_ = std::make_shared<FrozenPrefix>(
            FrozenPrefix{.system = rng_.chance(70) ? std::string(1 + rng_.below(9'000), 's') : std::string(), .tools = tools_->definitions()});
    }
    MessagePtr message() {
        std::string text = "Tell me something about number " + std::to_string(rng_.below(1'000)) + ".\n";
        const std::size_t answers = tools_->empty() ? 0 : rng_.below(4);
        for (std::size_t answer = 0; answer < answers; ++answer) {
            if (answer > 0) text += "THEN\n";
            if (rng_.chance(40)) text += "SAY: I look it up.\n";
            for (std::size_t call = 0; call <= rng_.below(3); ++call)
                text += "CALL_TOOL_" + std::to_string(rng_.below(tools_->entries().size())) + (rng_.chance(85) ? ": something" : ": {}") + "\n";
        }
        if (answers > 0 && rng_.chance(20)) text += "REPEAT\n";
        if (rng_.chance(10)) text += std::string(rng_.below(30'000), 'w');
        auto out = std::make_shared<Message>();
        if (rng_.chance(10)) out->content.push_back({.value = DocumentBlock{"text/plain", {.text = "a page of words"}, "Page"}, .raw = {}});
        out->content.push_back({.value = TextBlock{std::move(text)}, .raw = {}});
        return out;
    }

    SeededRng& rng_;
    const std::vector<Target>& among_;
    agent::ModelChoicePtr orchestrator_;
    agent::ModelChoicePtr worker_;
    std::shared_ptr<const agent::ToolSet> tools_;
    std::shared_ptr<const FrozenPrefix> prefix_;
};

/// Returns how often a call went to another model than the one before.
int converse(const std::vector<Target>& among) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 600);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261124);
    int requests = 0;
    int answered = 0;
    int switches = 0;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        Vendors vendors;
        Conversation conversation(rng, vendors, among);
        Settings settings(rng, among);
        const std::size_t turns = 1 + rng.below(4);
        for (std::size_t turn = 0; turn < turns; ++turn) conversation.run_turn(settings.turn(), rng.chance(30));
        requests += conversation.requests();
        switches += conversation.switches();
        answered += static_cast<int>(conversation.state().turns_answered());
        EXPECT_EQ(conversation.complaint(), "") << "CORTEX_PROPERTY_SEED=" << seed << " CORTEX_PROPERTY_RUNS=1";
        if (testing::Test::HasFailure()) return switches;
    }
    std::cout << runs << " conversations from seed " << first << ": " << requests << " requests, " << switches << " changes of model, " << answered << " turns answered\n";
    EXPECT_GT(answered, static_cast<int>(runs)) << "most turns must come to an answer, or nothing was tested";
    return switches;
}

TEST(Conversations, no_request_is_refused_and_each_begins_with_the_one_before) { converse(claudes()); }

TEST(Conversations, go_over_all_providers_and_no_request_is_refused) {
    EXPECT_GT(converse(targets()), 0) << "tool loops and failover must change the model, or nothing was tested";
}

}  // namespace
}  // namespace cortex::property
