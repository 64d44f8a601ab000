#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortex {

/// What a price list says of one model, in micro-dollars per million tokens (so 3 USD is 3,000,000 and every listed price is
/// an integer). Nothing means unknown, which is not free.
struct PriceRow {
    std::optional<std::int64_t> input = {};
    std::optional<std::int64_t> output = {};
    std::optional<std::int64_t> cache_read = {};
    std::optional<std::int64_t> cache_write_5m = {};
    std::optional<std::int64_t> cache_write_1h = {};
};

struct Prices {
    PriceRow base = {};
    std::int64_t long_prompt_above =
        0;  ///< Total input tokens above which `long_prompt` holds for the whole request; 0: never.
    PriceRow long_prompt = {};
};

/// Which values of the `thinking` member a model takes, and what happens without it.
struct ThinkingRules {
    bool takes_budget = false;  ///< {"type":"enabled","budget_tokens":N}
    bool takes_adaptive = false;
    bool takes_disabled = false;
    bool takes_between_tools = false;
    enum class WhenAbsent { off, on, always_on } when_absent = WhenAbsent::off;
    bool bound_to_prefix = false;  ///< Blocks are valid only behind the very prefix they were made with.
    bool keeps_earlier = false;  ///< Thinking of earlier turns stays in the model's context.
    std::string disabled_up_to_effort = {};  ///< The highest effort beside which "disabled" is taken; "": any.
    bool interleaves_by_header = false;  ///< With a budget, thinking between tool calls is asked for by a beta header.
    bool display_omitted = false;  ///< The text is left out unless `display` asks for it.
    bool by_word = false;  ///< One of the model's effort levels says all: OpenAI's `effort`, Google's `thinkingLevel`.
    std::int64_t most_budget = 0;  ///< The largest budget; 0: what the output limit leaves.
};

struct SamplingRules {
    bool temperature = false;
    bool top_p = false;
    bool top_k = false;
    bool temperature_with_top_p = false;
};

enum class Standing { none, frontier, balanced, fast };
enum class Lifecycle { active, limited, deprecated, retired };

/// Which of OpenAI's two APIs a model is asked through. Reasoning models take tools on Responses only.
enum class OpenAiApi { chat, responses };

/// One row of the catalogue. For an id that no row has, `known` is false and the figures are conservative guesses.
struct ModelInfo {
    std::string id = {};
    std::string provider = {};  ///< "anthropic", "openai", "gemini" or "local".
    std::vector<std::string> aliases = {};
    std::string display_name = {};
    bool known = true;
    Standing standing = Standing::none;
    Lifecycle lifecycle = Lifecycle::active;
    std::string deprecated_at = {};  ///< ISO dates, or "".
    std::string retires_at = {};
    std::string successor = {};
    std::int64_t context_window = 0;  ///< Tokens; 0: unknown.
    std::int64_t max_output_tokens = 0;  ///< 0: unknown.
    bool vision = false;
    bool pdf = false;
    bool tool_use = false;
    bool assistant_prefill = false;
    bool tools_by_schema = false;  ///< Takes no tools, but calls them well where the answer's schema offers them.
    /// A call may be demanded. Never beside a thinking budget, whatever the model (Messages API, `tool_choice`).
    bool forced_tool_choice = true;
    OpenAiApi openai_api = OpenAiApi::chat;
    std::int64_t min_cacheable_tokens = 0;  ///< 0: unknown.
    ThinkingRules thinking = {};
    std::vector<std::string> effort_levels = {};  ///< In rising order; empty: the field is not taken.
    std::string default_effort = {};
    SamplingRules sampling = {};
    Prices prices = {};
    std::string bedrock_id = {};  ///< Without the profile prefix.
    std::vector<std::string> bedrock_prefixes = {};
    bool bedrock_needs_prefix = false;
    std::string bedrock_mantle_id = {};
    std::string vertex_id = {};
    bool vertex_regional = false;  ///< Served by Vertex AI's single regions too, not only by global, us and eu.
};

}  // namespace cortex
