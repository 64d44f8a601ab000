#include "gemini_models.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::string_view four_levels = "MINIMAL LOW MEDIUM HIGH";
constexpr std::string_view three_levels = "LOW MEDIUM HIGH";
constexpr std::string_view up_to_xhigh = "LOW MEDIUM HIGH XHIGH";
constexpr std::int64_t shared_window = 1'048'576;  // Gemini 4: input and output share it

constexpr GeminiRules gemini_4(std::string_view id, std::string_view name, std::string_view levels) {
    return {.id = id,
            .display_name = name,
            .family = "4",
            .levels = levels,
            .takes_budget = false,
            .newer = true,
            .max_output = shared_window};
}

// That 2.5-pro and 2.5-flash are answered by other models from December 2026 on is not here: what a test sees must not
// depend on the day it runs.
constexpr std::array models{
    gemini_4("gemini-4-carbon", "Gemini 4 Carbon", three_levels),
    gemini_4("gemini-4-argon", "Gemini 4 Argon", three_levels),
    gemini_4("gemini-4-neon", "Gemini 4 Neon", up_to_xhigh),
    gemini_4("gemini-4-hydrogen", "Gemini 4 Hydrogen", up_to_xhigh),
    GeminiRules{.id = "gemini-3.8-flash",
                .display_name = "Gemini 3.8 Flash",
                .family = "3",
                .levels = three_levels,
                .newer = true},
    GeminiRules{.id = "gemini-3.7-flash",
                .display_name = "Gemini 3.7 Flash",
                .family = "3",
                .routed_to = "gemini-3.8-flash",
                .levels = three_levels,
                .newer = true},
    GeminiRules{.id = "gemini-3.6-flash",
                .display_name = "Gemini 3.6 Flash",
                .family = "3",
                .levels = four_levels,
                .newer = true,
                .gives_call_ids = true},
    GeminiRules{.id = "gemini-3.5-flash",
                .display_name = "Gemini 3.5 Flash",
                .family = "3",
                .routed_to = "gemini-3.6-flash",
                .levels = four_levels},
    GeminiRules{.id = "gemini-3.5-flash-lite",
                .display_name = "Gemini 3.5 Flash-Lite",
                .family = "3",
                .levels = four_levels,
                .thinks_by_default = false,
                .newer = true},
    GeminiRules{.id = "gemini-3.1-pro-preview",
                .display_name = "Gemini 3.1 Pro Preview",
                .family = "3",
                .levels = three_levels,
                .least_budget = 128,
                .may_stop_thinking = false},
    GeminiRules{
        .id = "gemini-3.1-flash-lite", .display_name = "Gemini 3.1 Flash-Lite", .family = "3", .levels = four_levels,
                .thinks_by_default = false},
    GeminiRules{.id = "gemini-3-flash-preview",
                .display_name = "Gemini 3 Flash Preview",
                .family = "3",
                .levels = four_levels,
                .gives_call_ids = true,
                .min_cached_tokens = 2048},
    GeminiRules{.id = "gemini-2.5-pro",
                .display_name = "Gemini 2.5 Pro",
                .family = "2.5",
                .least_budget = 128,
                .may_stop_thinking = false,
                .min_cached_tokens = 2048},
    GeminiRules{.id = "gemini-2.5-flash",
                .display_name = "Gemini 2.5 Flash",
                .family = "2.5",
                .most_budget = 24'576,
                .min_cached_tokens = 2048},
    GeminiRules{.id = "gemini-2.5-flash-lite",
                .display_name = "Gemini 2.5 Flash-Lite",
                .family = "2.5",
                .least_budget = 512,
                .most_budget = 24'576,
                .thinks_by_default = false,
                .signs = false,
                .min_cached_tokens = 2048},
};

struct Alias {
    std::string_view name;
    std::string_view id;
};

constexpr std::array<Alias, 3> aliases{{{"gemini-flash-latest", "gemini-3.8-flash"},
                                        {"gemini-flash-lite-latest", "gemini-3.5-flash-lite"},
                                        {"gemini-pro-latest", "gemini-3.1-pro-preview"}}};

}  // namespace

const GeminiRules* find_gemini_model(std::string_view id) noexcept {
    const auto alias = std::find_if(aliases.begin(), aliases.end(), [id](const Alias& a) { return a.name == id; });
    const std::string_view meant = alias == aliases.end() ? id : alias->id;
    const auto found =
        std::find_if(models.begin(), models.end(), [meant](const GeminiRules& rules) { return rules.id == meant; });
    return found == models.end() ? nullptr : &*found;
}

const GeminiRules& answering_model(const GeminiRules& asked, GeminiHost host) noexcept {
    if (host == GeminiHost::vertex || asked.routed_to.empty()) {
        return asked;
    }
    const GeminiRules* target = find_gemini_model(asked.routed_to);
    return target != nullptr ? *target : asked;
}

std::span<const GeminiRules> listed_gemini_models() noexcept { return models; }

}  // namespace emulator
