#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cortex::brain {

/// The first and the last bytes of a text, cut between characters; `tail` is empty where `head` holds everything.
struct Window {
    std::string_view head;
    std::string_view tail;
    std::size_t size() const noexcept { return head.size() + tail.size(); }
};

Window window_of(std::string_view text, std::size_t head_bytes, std::size_t tail_bytes) noexcept;

/// The next character of `text` at `at`, which moves behind it. Bytes that are no UTF-8 come back as U+FFFD, one each.
char32_t next_character(std::string_view text, std::size_t& at) noexcept;

/// Scripts that are written without blanks between words: a word may begin at any character.
constexpr bool is_unspaced(char32_t c) noexcept {
    return (c >= 0x2E80 && c <= 0x9FFF && c > 0x303F) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xE00 && c <= 0xEFF) ||
           (c >= 0x1780 && c <= 0x17FF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/// Letters, digits, and what belongs into words of any script; an estimate that knows blocks, not the Unicode tables.
bool is_word(char32_t c) noexcept;

/// Appends `text` as the word lists are written: lower case, without accents, vowel points and apostrophes, typographic
/// and full-width signs as their plain ones, runs of blanks as one blank, line ends as '\n'. Never longer than `text`.
void append_plain(std::string_view text, std::string& out);

std::string plain(std::string_view text);

}  // namespace cortex::brain
