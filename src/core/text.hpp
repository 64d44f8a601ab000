#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

std::string_view trim(std::string_view text) noexcept;               ///< Without ASCII white space at both ends.
std::string to_lower(std::string_view text);                          ///< ASCII only.
bool iequals(std::string_view a, std::string_view b) noexcept;       ///< ASCII, without regard to case.

/// The candidate with the smallest edit distance (insert, delete, substitute, swap neighbours), if it is near enough to be
/// a slip of the fingers: at most a third of the longer word's length, and at least one edit allowed.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

/// Offset of the first byte that is not valid UTF-8 (RFC 3629: no overlong forms, no surrogates), or nothing.
std::optional<std::size_t> invalid_utf8_offset(std::string_view text) noexcept;

/// The text with each run of invalid bytes' maximal subparts replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

/// The longest prefix of at most `limit` bytes that does not split a UTF-8 character.
std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

/// "a", "a or b", "a, b or c".
std::string join_or(const std::vector<std::string>& items);

}  // namespace cortex
