#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex {

// Pieces of a JSON text as they were written, for what has to go back byte for byte. The text must be valid JSON (a
// parser accepted it); on anything else the answers are nonsense, but nothing is read outside the text. Linear, without
// recursion.

/// A member of an object: its name as written between the quotes, and the bytes of its value.
struct JsonMemberSlice {
    std::string_view name;
    std::string_view value;
};

/// The members of the object that `text` is, in order; empty if it is none.
std::vector<JsonMemberSlice> slice_members(std::string_view text);

/// The value of the last member of that name (names with escapes never match), or nothing.
std::optional<std::string_view> slice_member(std::string_view text, std::string_view name);

/// The elements of the array that `text` is, in order; empty if it is none.
std::vector<std::string_view> slice_elements(std::string_view text);

/// The object `text` with these members' values replaced in place, and those it lacks appended; the rest byte for byte.
std::string replace_members(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values);

}  // namespace cortex
