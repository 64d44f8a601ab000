#pragma once
// Text and UTF-8: what several parts of the emulator ask.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] bool same_ignoring_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);

/// Strict UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The largest length <= wanted that does not cut a character in two.
[[nodiscard]] std::size_t whole_characters(std::string_view text, std::size_t wanted) noexcept;

/// Cuts text into pieces of about `size` bytes, never inside a character: a JSON string must hold whole ones.
[[nodiscard]] std::vector<std::string_view> pieces(std::string_view text, std::size_t size);

// The parts are views: of a string that ends with the call they would dangle.
std::vector<std::string_view> pieces(std::string&& text, std::size_t size) = delete;
std::vector<std::string_view> split(std::string&& text, char separator) = delete;
std::vector<std::string_view> words(std::string&& text) = delete;

/// Tokens of a text as the emulator counts them: a quarter of its bytes, rounded up.
[[nodiscard]] std::size_t estimated_tokens(std::size_t bytes) noexcept;

}  // namespace emulator
