// Random conversations on every Claude model of the catalogue, with tools, thinking, faults and changes of model, against the
// strict emulator: not one request may be refused, and each begins with what its model was sent before. The number of
// conversations is CORTEX_PROPERTY_RUNS (default 600; 10,000 for the long form).
#include "conversation.hpp"

#include "core/catalog.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace cortex::property {
namespace {

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}

std::vector<const ModelInfo*> claudes() {
    std::vector<const ModelInfo*> out;
    for (const ModelInfo& model : catalog().models())
        if (model.provider == "anthropic" && model.lifecycle != Lifecycle::retired) out.push_back(&model);
    return out;
}

class Settings {
public:
    explicit Settings(SeededRng& rng) : rng_(rng), models_(claudes()) { renew_agent(); }

    agent::TurnSpec turn(const Conversation& conversation) {
        if (rng_.chance(15)) choose_models();
        agent::TurnSpec spec;
        spec.user_message = message();
        spec.prefix = prefix_;
        spec.tools = tools_;
        spec.orchestrator = choice(*orchestrator_, conversation);
        spec.worker = choice(*worker_, conversation);
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
        orchestrator_ = models_[rng_.below(models_.size())];
        worker_ = rng_.chance(40) ? orchestrator_ : models_[rng_.below(models_.size())];
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
    agent::ModelChoicePtr choice(const ModelInfo& model, const Conversation& conversation) const {
        agent::ModelChoice out;
        out.channel = conversation.channel();
        out.model = std::make_shared<ModelInfo>(model);
        out.wire_model = model.id;
        out.provider = "anthropic";
        out.reason = "configured";
        return std::make_shared<agent::ModelChoice>(std::move(out));
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
    std::vector<const ModelInfo*> models_;
    const ModelInfo* orchestrator_ = nullptr;
    const ModelInfo* worker_ = nullptr;
    std::shared_ptr<const agent::ToolSet> tools_;
    std::shared_ptr<const FrozenPrefix> prefix_;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Conversations, no_request_is_refused_and_each_begins_with_the_one_before) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 600);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261124);
    int requests = 0;
    int answered = 0;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        emulator::InProcess vendor;
        Conversation conversation(rng, vendor);
        Settings settings(rng);
        const std::size_t turns = 1 + rng.below(4);
        for (std::size_t turn = 0; turn < turns; ++turn) conversation.run_turn(settings.turn(conversation), rng.chance(30));
        requests += conversation.requests();
        answered += static_cast<int>(conversation.state().turns_answered());
        ASSERT_EQ(conversation.complaint(), "") << "CORTEX_PROPERTY_SEED=" << seed << " CORTEX_PROPERTY_RUNS=1";
    }
    std::cout << runs << " conversations from seed " << first << ": " << requests << " requests, " << answered << " turns answered\n";
    EXPECT_GT(answered, static_cast<int>(runs)) << "most turns must come to an answer, or nothing was tested";
}

}  // namespace
}  // namespace cortex::property
