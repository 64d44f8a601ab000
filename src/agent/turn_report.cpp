#include "agent/turn_report.hpp"

#include <algorithm>
#include <utility>

namespace cortex::agent {

namespace {

/// Parameters have reasons of other kinds too: the answer's length, the temperature.
bool about_thinking(const std::string& reason) { return reason.starts_with("thinking") || reason.starts_with("least thinking"); }

}  // namespace

void report_usage(ResponseMetadata& metadata, const Usage& usage, std::optional<std::int64_t> cost_nanodollars) {
    metadata.tokens_used = usage.total();
    metadata.input_tokens = usage.total_input();
    metadata.output_tokens = usage.output;
    metadata.cached_tokens = usage.cache_read;
    metadata.cache_write_tokens = usage.cache_write();
    metadata.thinking_tokens = usage.thinking;
    metadata.thinking.tokens = usage.thinking;
    if (cost_nanodollars) metadata.cost_usd = static_cast<double>(*cost_nanodollars) / 1e9;
}

void report_call(ResponseMetadata& metadata, const LegalParams& params, bool first) {
    for (const std::string& sentence : params.dropped()) add_once(metadata.degraded, sentence);
    ThinkingReport& thinking = metadata.thinking;
    if (!first && (thinking.enabled || !params.thinks())) return;
    using Form = LegalParams::ThinkingForm;
    thinking.enabled = params.thinks();
    switch (params.thinking_form()) {
        case Form::absent: thinking.form = {}; break;
        case Form::disabled: thinking.form = "disabled"; break;
        case Form::adaptive: thinking.form = "adaptive"; break;
        case Form::budget: thinking.form = "budget"; break;
        case Form::word: thinking.form = "effort"; break;
    }
    thinking.budget = static_cast<int>(params.thinking_budget());
    thinking.effort = params.effort();
    thinking.reasons.clear();
    for (const std::string& reason : params.reasons())
        if (about_thinking(reason)) thinking.reasons.push_back(reason);
}

void report_routing(RoutingReport& routing, const brain::Assessment& assessment, brain::ModelRole role, std::string choice) {
    routing.role = brain::to_string(role);
    routing.path = role == brain::ModelRole::orchestrator ? "system2" : "system1";
    routing.kind = brain::to_string(assessment.kind);
    routing.complexity = assessment.complexity;
    routing.uncertainty = assessment.uncertainty;
    routing.need = assessment.need;
    routing.threshold = assessment.threshold;
    routing.reasons = assessment.reasons;
    routing.reasons.insert(routing.reasons.begin(), std::move(choice));
}

void add_once(std::vector<std::string>& list, std::string sentence) {
    if (std::find(list.begin(), list.end(), sentence) == list.end()) list.push_back(std::move(sentence));
}

}  // namespace cortex::agent
