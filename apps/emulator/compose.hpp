#pragma once
// The answer that the emulator makes up when no script gives one: a function of the request, so nothing is canned.

#include "answer.hpp"
#include "prompt.hpp"

#include <string>

namespace emulator {

/// A plain prompt is echoed ("You said: ..."); `CALL_<TOOL>: {json}` or `CALL_<TOOL>: words` on a line of its own calls that
/// tool; tool results are quoted; `ANSWER_WORDS: n` asks for a text of n words.
/// Ids of tool calls are made from `id_prefix` and a running number.
[[nodiscard]] Answer compose(const Prompt& prompt, const std::string& id_prefix);

/// The smallest value that a JSON Schema of the common subset allows, made of its own words (names, enums, examples).
[[nodiscard]] json::value example_of(const json::value& schema, const json::object& root, std::string_view name,
                                     int depth = 0);

/// Cuts the answer at its token limit and at stop sequences, as the service does.
void apply_limits(Answer& answer, const Prompt& prompt);

}  // namespace emulator
