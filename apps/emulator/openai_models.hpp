#pragma once
// What the OpenAI models accept. Ids that are no OpenAI id stand for a local server's models.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace emulator {

enum class SamplingRule { always, while_effort_none, never };
enum class ChatTools { always, while_effort_none, never };

struct OpenaiRules {
    std::string_view prefix;  ///< the id, and its dated snapshots
    int generation = 0;  ///< 504: GPT-5.4; 0: older than all that depends on it
    std::string_view efforts;  ///< empty: no reasoning model
    std::string_view default_effort;
    SamplingRule sampling = SamplingRule::always;
    ChatTools tools = ChatTools::always;
    std::int64_t window = 400'000;
    std::int64_t max_output = 128'000;
    bool responses_only = false;

    [[nodiscard]] bool reasons() const noexcept { return !efforts.empty(); }
    /// Reasoning of another model, account or history is dropped and told; the others refuse it.
    [[nodiscard]] bool drops_foreign_reasoning() const noexcept { return generation >= 602; }
};

/// True for ids that api.openai.com could own: gpt-*, o3*, o4*, chatgpt-*, ft:*.
[[nodiscard]] bool is_openai_id(std::string_view id) noexcept;

/// Null when the id is unknown or switched off; only for ids of which is_openai_id holds.
[[nodiscard]] const OpenaiRules* find_openai_model(std::string_view id) noexcept;

/// The model that a deployment's name ends with or holds ("team-gpt-5.4-mini-eu"); null: none, so no such deployment.
[[nodiscard]] const OpenaiRules* find_deployed_model(std::string_view deployment) noexcept;

[[nodiscard]] std::span<const OpenaiRules> listed_openai_models() noexcept;

}  // namespace emulator
