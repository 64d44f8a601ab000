#pragma once

#include "core/model_call.hpp"
#include "unit/dialects/support.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cortex::test {

inline constexpr std::string_view gemini_model = "gemini-3.8-flash";

/// A call of a Gemini that thinks by level (third generation), or of one that takes budgets.
inline ModelCall gemini_call(std::vector<Message> messages, Need need = {}, std::string id = std::string(gemini_model)) {
    auto model = std::make_shared<ModelInfo>();
    model->id = id;
    model->provider = "gemini";
    model->max_output_tokens = 65'536;
    model->tool_use = true;
    if (id.starts_with("gemini-2.5")) {
        model->thinking.takes_budget = true;
        model->thinking.takes_disabled = true;
        model->thinking.when_absent = ThinkingRules::WhenAbsent::on;
        model->sampling.temperature = true;
    } else {
        model->thinking.by_word = true;
        model->thinking.when_absent = ThinkingRules::WhenAbsent::always_on;
        model->effort_levels = {"low", "medium", "high"};
        model->default_effort = "medium";
    }
    ModelCall call = call_of(std::move(messages));
    call.params = legalize(need, *model, {}).value();
    call.model = std::move(model);
    call.wire_model = std::move(id);
    call.provider = "gemini";
    return call;
}

inline ModelCall with_system(ModelCall call, std::string system) {
    auto prefix = std::make_shared<FrozenPrefix>(*call.prefix);
    prefix->system = std::move(system);
    call.prefix = std::move(prefix);
    return call;
}

/// A message that this Gemini wrote.
inline Message gemini_said(std::vector<ContentBlock> blocks, std::string id = std::string(gemini_model)) {
    return assistant(std::move(blocks), {.provider = "gemini", .model = std::move(id), .account = {}});
}

}  // namespace cortex::test
