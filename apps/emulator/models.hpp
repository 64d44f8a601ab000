#pragma once
// What each Claude model accepts, as far as the emulator checks it. This table is the emulator's own on purpose: the
// engine's catalogue must not be able to agree with itself.

#include <cstdint>
#include <span>
#include <string_view>

namespace emulator {

enum class ThinkingDefault { off, on, always_on };

struct ModelRules {
    std::string_view id;
    std::string_view dated_id;  ///< the snapshot id that the undated one stands for; empty: none
    std::string_view display_name;
    std::string_view released;
    std::string_view lifecycle = "active";
    std::string_view retires_at = {};
    std::int64_t window = 1'000'000;
    std::int64_t max_output = 128'000;
    bool adaptive = true;
    bool manual = false;         ///< thinking.type "enabled"
    bool disabled = false;
    bool between_tools = false;
    ThinkingDefault thinking_default = ThinkingDefault::off;
    bool omits_thinking = true;  ///< display default "omitted"; otherwise "summarized"
    std::string_view efforts = "low medium high xhigh max";  ///< empty: the parameter is not supported
    bool disabled_needs_modest_effort = false;               ///< `disabled` only with effort low, medium or high
    bool sampling = false;
    bool prefill = false;
    bool forced_tool = true;
    bool mid_conversation_system = false;
    bool bound_thinking = false;       ///< thinking blocks are bound to everything before them
    bool drops_foreign_thinking = true;  ///< blocks of another model are dropped silently; older models refuse them
    bool interleaves_by_header = false;
    std::size_t min_cacheable_tokens = 1024;
    bool known = true;
};

/// The rules of an id; a `claude-*` that is not in the table gets rules that accept what any model accepts.
/// Null: the service knows no such model (a retired one included).
[[nodiscard]] const ModelRules* find_model(std::string_view id);

[[nodiscard]] std::span<const ModelRules> listed_models() noexcept;

}  // namespace emulator
