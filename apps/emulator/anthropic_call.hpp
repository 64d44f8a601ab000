#pragma once
// One Messages request after the checks, and the steps of the checks.

#include "checks.hpp"
#include "json_util.hpp"
#include "models.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace emulator {

enum class ThinkingMode { off, manual, adaptive, between_tools };

/// One message with its content always as a block list.
struct Turn {
    std::string role;
    json::array blocks;

    [[nodiscard]] bool holds(std::string_view type) const;
};

struct AnthropicCall {
    json::object body;
    const ModelRules* rules = nullptr;
    std::string model;
    std::string account;           ///< stands for the key's owner; never the key itself
    bool newest_version = false;   ///< anthropic-version 2026-10-21
    std::set<std::string, std::less<>> betas;
    bool counting = false;         ///< count_tokens: no max_tokens, no stream
    bool stream = false;
    std::int64_t max_tokens = 0;
    ThinkingMode thinking = ThinkingMode::off;
    std::int64_t budget = 0;
    bool omit_thinking = false;    ///< display "omitted"
    bool drop_unbound = false;     ///< block_binding: drop instead of refuse
    std::vector<Turn> turns;
    json::array system;            ///< text blocks
    json::array transformations;   ///< what was dropped, as reported in `input_transformations`

    [[nodiscard]] bool beta(std::string_view prefix) const;  ///< any beta value that begins so
};

/// Everything above `messages`: types, ranges, unknown fields, and what the model accepts. Fills the call's fields.
void check_params(AnthropicCall& call);

/// tools and tool_choice.
void check_tools(const AnthropicCall& call);

/// A tool's input schema: its type, its properties' names, and whether it is one at all.
void check_input_schema(const json::value& schema, const std::string& path);

/// One content block at `path`; `inside_result` for the content of a tool_result.
void check_block(const AnthropicCall& call, const json::value& block, std::string_view role, const std::string& path,
                 bool inside_result = false);

/// `cache_control` of one object, if it has one.
void check_cache_control(const json::object& object, const std::string& path);

/// Images are counted over the whole request: 100 on models with a small window, else 600.
void check_media_count(const AnthropicCall& call);

/// At most four cache marks in the whole request, longer lifetimes first.
void check_cache_marks(const AnthropicCall& call);

/// Roles, order, tool results, prefill. Fills `turns`.
void check_messages(AnthropicCall& call);

/// The subset of JSON Schema that strict tools and output formats may use.
void check_strict_schema(const json::value& schema, const std::string& path);

}  // namespace emulator
