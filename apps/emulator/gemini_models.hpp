#pragma once
// What each Gemini model accepts, as far as the emulator checks it. A table of the emulator's own, as for the other
// vendors.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace emulator {

/// The two services that speak Gemini's language.
enum class GeminiHost { developer, vertex };

struct GeminiRules {
    std::string_view id;
    std::string_view display_name;
    std::string_view family;  ///< "2.5", "3", "4": signatures pass within one, and only there
    std::string_view routed_to = {};  ///< the model that really answers on the Developer API; empty: this one
    std::string_view levels = {};  ///< of thinkingLevel, space-joined; empty: the parameter is refused
    bool takes_budget = true;
    std::int64_t least_budget = 0;  ///< besides 0 and -1
    std::int64_t most_budget = 32'768;
    bool may_stop_thinking = true;  ///< thinkingBudget 0
    bool thinks_by_default = true;
    bool newer = false;  ///< no prefill, no penalties, one candidate
    bool gives_call_ids = false;  ///< on the Developer API
    bool signs = true;
    std::int64_t max_output = 65'536;
    std::size_t min_cached_tokens = 4096;
    std::int64_t window = 1'048'576;

    /// From 3 on a function call of the current turn must come back with its signature.
    [[nodiscard]] bool wants_signatures() const noexcept { return family != "2.5"; }
    [[nodiscard]] bool is_4() const noexcept { return family == "4"; }
};

/// Null for an id that this host does not have: unknown, retired. Aliases that move stand for what they mean today.
[[nodiscard]] const GeminiRules* find_gemini_model(std::string_view id) noexcept;

/// The model that answers for it.
[[nodiscard]] const GeminiRules& answering_model(const GeminiRules& asked, GeminiHost host) noexcept;

[[nodiscard]] std::span<const GeminiRules> listed_gemini_models() noexcept;

}  // namespace emulator
