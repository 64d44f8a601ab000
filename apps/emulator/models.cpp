#include "models.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

using enum ThinkingDefault;

constexpr std::string_view four_levels = "low medium high max";
constexpr std::string_view three_levels = "low medium high";

// Newest first, the order in which the models endpoint lists them.
constexpr std::array models{
    ModelRules{.id = "claude-fable-5-2",
               .dated_id = {},
               .display_name = "Claude Fable 5.2",
               .released = "2026-11-09",
               .thinking_default = always_on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-mythos-5-2",
               .dated_id = {},
               .display_name = "Claude Mythos 5.2",
               .released = "2026-11-09",
               .thinking_default = always_on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-haiku-5-5",
               .dated_id = {},
               .display_name = "Claude Haiku 5.5",
               .released = "2026-10-07",
               .disabled = true,
               .thinking_default = on,
               .disabled_needs_modest_effort = true,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-sonnet-5-5",
               .dated_id = {},
               .display_name = "Claude Sonnet 5.5",
               .released = "2026-09-28",
               .between_tools = true,
               .thinking_default = on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-opus-5-5",
               .dated_id = {},
               .display_name = "Claude Opus 5.5",
               .released = "2026-09-22",
               .thinking_default = always_on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-fable-5-1",
               .dated_id = {},
               .display_name = "Claude Fable 5.1",
               .released = "2026-09-01",
               .thinking_default = always_on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .bound_thinking = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-mythos-5-1",
               .dated_id = {},
               .display_name = "Claude Mythos 5.1",
               .released = "2026-09-01",
               .thinking_default = always_on,
               .forced_tool = false,
               .mid_conversation_system = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-opus-5",
               .dated_id = {},
               .display_name = "Claude Opus 5",
               .released = "2026-07-24",
               .disabled = true,
               .thinking_default = on,
               .disabled_needs_modest_effort = true,
               .mid_conversation_system = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-sonnet-5",
               .dated_id = {},
               .display_name = "Claude Sonnet 5",
               .released = "2026-06-30",
               .disabled = true,
               .thinking_default = on},
    ModelRules{.id = "claude-fable-5",
               .dated_id = {},
               .display_name = "Claude Fable 5",
               .released = "2026-06-09",
               .thinking_default = always_on,
               .mid_conversation_system = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-mythos-5",
               .dated_id = {},
               .display_name = "Claude Mythos 5",
               .released = "2026-06-09",
               .thinking_default = always_on,
               .mid_conversation_system = true,
               .min_cacheable_tokens = 512},
    ModelRules{.id = "claude-opus-4-8",
               .dated_id = {},
               .display_name = "Claude Opus 4.8",
               .released = "2026-05-28",
               .disabled = true,
               .mid_conversation_system = true},
    ModelRules{.id = "claude-opus-4-7",
               .dated_id = {},
               .display_name = "Claude Opus 4.7",
               .released = "2026-04-16",
               .disabled = true,
               .min_cacheable_tokens = 2048},
    ModelRules{.id = "claude-sonnet-4-6",
               .dated_id = {},
               .display_name = "Claude Sonnet 4.6",
               .released = "2026-02-17",
               .manual = true,
               .disabled = true,
               .omits_thinking = false,
               .efforts = four_levels,
               .sampling = true},
    ModelRules{.id = "claude-opus-4-6",
               .dated_id = {},
               .display_name = "Claude Opus 4.6",
               .released = "2026-02-05",
               .manual = true,
               .disabled = true,
               .omits_thinking = false,
               .efforts = four_levels,
               .sampling = true,
               .min_cacheable_tokens = 4096},
    ModelRules{.id = "claude-opus-4-5",
               .dated_id = "claude-opus-4-5-20251101",
               .display_name = "Claude Opus 4.5",
               .released = "2025-11-24",
               .lifecycle = "deprecated",
               .retires_at = "2027-01-22",
               .window = 200'000,
               .max_output = 64'000,
               .adaptive = false,
               .manual = true,
               .disabled = true,
               .omits_thinking = false,
               .efforts = three_levels,
               .sampling = true,
               .prefill = true,
               .drops_foreign_thinking = false,
               .interleaves_by_header = true,
               .min_cacheable_tokens = 4096},
    ModelRules{.id = "claude-haiku-4-5",
               .dated_id = "claude-haiku-4-5-20251001",
               .display_name = "Claude Haiku 4.5",
               .released = "2025-10-15",
               .window = 200'000,
               .max_output = 64'000,
               .adaptive = false,
               .manual = true,
               .disabled = true,
               .omits_thinking = false,
               .efforts = {},
               .sampling = true,
               .prefill = true,
               .drops_foreign_thinking = false,
               .min_cacheable_tokens = 4096},
    ModelRules{.id = "claude-sonnet-4-5",
               .dated_id = "claude-sonnet-4-5-20250929",
               .display_name = "Claude Sonnet 4.5",
               .released = "2025-09-29",
               .lifecycle = "deprecated",
               .retires_at = "2026-11-30",
               .window = 200'000,
               .max_output = 64'000,
               .adaptive = false,
               .manual = true,
               .disabled = true,
               .omits_thinking = false,
               .efforts = {},
               .sampling = true,
               .prefill = true,
               .drops_foreign_thinking = false,
               .interleaves_by_header = true},
};

// Retired on the direct API: the service answers 404 as for a name that never existed.
constexpr std::array<std::string_view, 12> retired{"claude-opus-4-1",   "claude-opus-4-1-20250805",
                                                   "claude-opus-4-0",   "claude-opus-4-20250514",
                                                   "claude-sonnet-4-0", "claude-sonnet-4-20250514",
                                                   "claude-3-",         "claude-2",
                                                   "claude-instant",    "claude-opus-3",
                                                   "claude-sonnet-3",   "claude-haiku-3"};

constexpr ModelRules lenient{.id = "claude-unlisted",
                             .dated_id = {},
                             .display_name = "Claude",
                             .released = "2026-01-01",
                             .manual = true,
                             .disabled = true,
                             .between_tools = true,
                             .omits_thinking = false,
                             .sampling = true,
                             .prefill = true,
                             .mid_conversation_system = true,
                             .known = false};

bool is_retired(std::string_view id) {
    return std::any_of(retired.begin(), retired.end(), [id](std::string_view name) {
        return name.back() == '-' || name == "claude-2" || name == "claude-instant" ? id.starts_with(name) : id == name;
    });
}

}  // namespace

const ModelRules* find_model(std::string_view id) {
    const auto found = std::find_if(models.begin(), models.end(), [id](const ModelRules& m) {
        return id == m.id || (!m.dated_id.empty() && id == m.dated_id);
    });
    if (found != models.end()) {
        return &*found;
    }
    const bool refused = !id.starts_with("claude-") || is_retired(id) ||
                         id.find("nonexistent") != std::string_view::npos ||
                         id.find("missing") != std::string_view::npos;
    return refused ? nullptr : &lenient;
}

std::span<const ModelRules> listed_models() noexcept { return models; }

}  // namespace emulator
