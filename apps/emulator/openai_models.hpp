#pragma once
// What the OpenAI models accept on Chat Completions. Ids that are no OpenAI id stand for a local server's models.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace emulator {

enum class SamplingRule { always, while_effort_none, never };
enum class ChatTools { always, while_effort_none, never };

struct OpenaiRules {
    std::string_view prefix;  ///< the id, and its dated snapshots
    std::string_view efforts;  ///< empty: no reasoning model
    std::string_view default_effort;
    SamplingRule sampling = SamplingRule::always;
    ChatTools tools = ChatTools::always;
    std::int64_t window = 400'000;
    std::int64_t max_output = 128'000;

    [[nodiscard]] bool reasons() const noexcept { return !efforts.empty(); }
};

/// True for ids that api.openai.com could own: gpt-*, o3*, o4*, chatgpt-*, ft:*.
[[nodiscard]] bool is_openai_id(std::string_view id) noexcept;

/// Null when the id is unknown or switched off; only for ids of which is_openai_id holds.
[[nodiscard]] const OpenaiRules* find_openai_model(std::string_view id) noexcept;

[[nodiscard]] std::span<const OpenaiRules> listed_openai_models() noexcept;

}  // namespace emulator
