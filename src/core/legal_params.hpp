#pragma once

#include <cortex/config.hpp>

#include "core/deadline.hpp"
#include "core/model_info.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

/// How much thinking a turn is worth, in words that fit every model.
enum class ThinkingLevel { off, low, medium, high, max };
std::string_view to_string(ThinkingLevel level) noexcept;

/// What a turn needs of a model, in words that fit every model.
struct Need {
    Thinking thinking = {};                          ///< The user's word; `automatic` leaves it to `level`.
    ThinkingLevel level = ThinkingLevel::off;        ///< The brain's word.
    std::int64_t budget = 0;                         ///< The brain's figure in tokens, for models that take one; 0 where `level` is off.
    std::optional<int> max_tokens = {};              ///< The user's word for the answer's length.
    std::optional<double> temperature = {};          ///< The user's word, 0 to 1.
    bool allow_thinking = true;                      ///< False: a prohibition, which beats every wish.
    bool show_thinking = false;                      ///< The thinking's text is wanted, not only its effect.
};

/// What bounds a call beside the model itself.
struct Limits {
    std::optional<std::int64_t> max_output_tokens = {};   ///< What a limit on money leaves for thinking and answer together.
    std::optional<std::int64_t> context_left = {};        ///< What the history leaves of the model's window.
    /// The last answer in the history holds tool calls but no thinking that this model could read: with a thinking budget the
    /// vendor would refuse the request.
    bool loop_without_thinking = false;
    /// The running tool loop began without thinking, or at another model: it must not be switched on in mid-loop.
    bool keep_off = false;
};

class LegalParams;
class Legalizer;   // of routing/legalize.cpp

/// Turns a need into parameters that the model takes, from catalogue data alone. Pure. Fails with a ConfigError for a wish
/// that no legal request expresses (a thinking budget below 1,024 or above the model's room).
Result<LegalParams> legalize(const Need& need, const ModelInfo& model, const Limits& limits);

/// Parameters that the model will not refuse. Only `legalize` makes them, and codecs take nothing else.
class LegalParams {
public:
    enum class ThinkingForm {
        absent,     ///< Nothing is sent.
        disabled,
        budget,
        adaptive,   ///< The model decides how much; `effort` may bound it.
        word,       ///< `effort` says all ("none" among its words switches thinking off).
    };

    std::int64_t max_tokens() const noexcept { return max_tokens_; }
    ThinkingForm thinking_form() const noexcept { return form_; }
    std::int64_t thinking_budget() const noexcept { return budget_; }     ///< For ThinkingForm::budget.
    const std::string& effort() const noexcept { return effort_; }        ///< Empty: not sent.
    /// Whether the model may think on this call: asked to, or because it does unless told not to.
    bool thinks() const noexcept { return thinks_; }
    /// Whether the thinking's text is asked for where the model would leave it out.
    bool summarized() const noexcept { return summarized_; }
    const std::optional<double>& temperature() const noexcept { return temperature_; }
    /// Wishes that this model cannot fulfil, one sentence each; for the metadata's `degraded`.
    const std::vector<std::string>& dropped() const noexcept { return dropped_; }
    /// Why, one sentence a decision; for `--dry-run` and the metadata.
    const std::vector<std::string>& reasons() const noexcept { return reasons_; }

private:
    friend class Legalizer;
    friend Result<LegalParams> legalize(const Need&, const ModelInfo&, const Limits&);
    LegalParams() = default;

    std::int64_t max_tokens_ = 0;
    ThinkingForm form_ = ThinkingForm::absent;
    std::int64_t budget_ = 0;
    std::string effort_ = {};
    bool thinks_ = false;
    bool summarized_ = false;
    std::optional<double> temperature_ = {};
    std::vector<std::string> dropped_ = {};
    std::vector<std::string> reasons_ = {};
};

}  // namespace cortex
