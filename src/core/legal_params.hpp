#pragma once

#include <cortex/config.hpp>

#include "core/deadline.hpp"
#include "core/model_info.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortex {

/// What a turn needs of a model, in words that fit every model.
struct Need {
    Thinking thinking = {};                 ///< The user's word; `automatic` sends nothing until something decides.
    std::optional<int> max_tokens = {};     ///< The user's word for the answer's length.
};

/// What bounds a call beside the model itself.
struct Limits {
    std::optional<std::int64_t> max_output_tokens = {};   ///< What a limit on money leaves for thinking and answer together.
};

class LegalParams;

/// Turns a need into parameters that the model takes, from catalogue data alone. Pure. Fails with a ConfigError for a wish
/// that no legal request expresses (a thinking budget below 1,024 or above the model's room).
Result<LegalParams> legalize(const Need& need, const ModelInfo& model, const Limits& limits);

/// Parameters that the model will not refuse. Only `legalize` makes them, and codecs take nothing else.
class LegalParams {
public:
    enum class ThinkingForm { absent, disabled, budget, adaptive };

    std::int64_t max_tokens() const noexcept { return max_tokens_; }
    ThinkingForm thinking_form() const noexcept { return form_; }
    std::int64_t thinking_budget() const noexcept { return budget_; }     ///< For ThinkingForm::budget.
    const std::string& effort() const noexcept { return effort_; }        ///< Empty: not sent.
    /// Whether the model may think on this call: asked to, or because it does unless told not to.
    bool thinks() const noexcept { return thinks_; }
    /// Why, one sentence a decision; for `--dry-run` and the metadata.
    const std::vector<std::string>& reasons() const noexcept { return reasons_; }

private:
    friend Result<LegalParams> legalize(const Need&, const ModelInfo&, const Limits&);
    LegalParams() = default;

    std::int64_t max_tokens_ = 0;
    ThinkingForm form_ = ThinkingForm::absent;
    std::int64_t budget_ = 0;
    std::string effort_ = {};
    bool thinks_ = false;
    std::vector<std::string> reasons_ = {};
};

}  // namespace cortex
