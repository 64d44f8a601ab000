#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::schema {

/// A set of Unicode code points.
struct CodeSet {
    std::uint64_t ascii[2] = {0, 0};
    std::vector<std::pair<char32_t, char32_t>> ranges = {};   ///< Above ASCII; sorted and apart after `seal`.

    void add(char32_t first, char32_t last);
    void add(const CodeSet& other);
    void invert();
    void seal();
    bool has(char32_t code) const noexcept {
        return code < 128 ? (ascii[code / 64] >> (code % 64) & 1U) != 0 : has_wide(code);
    }

private:
    bool has_wide(char32_t code) const noexcept;
};

/// One step of a compiled pattern.
struct PatternStep {
    enum Kind : std::uint8_t { one, fork, jump, at_start, at_end, at_word_edge, inside_word, accept };
    Kind kind = accept;
    std::uint32_t first = 0;    ///< one: the set's number; fork and jump: where to go on.
    std::uint32_t second = 0;   ///< fork: the other way.
};

/// A regular expression of ECMA-262 (Unicode mode), asked only whether a text holds a match. The time is at most the text's length
/// times the pattern's size, whatever both are: no backtracking and no recursion. So look-around, back references and \p{...} are
/// refused; groups, alternatives, classes, anchors, word edges and counted repetition (greedy or lazy) are there. As in
/// browsers, a brace or bracket that means nothing stands for itself, and so does an escaped punctuation mark.
class Pattern {
public:
    /// The program's size that a pattern may have once its counted repetitions are written out.
    static constexpr std::size_t max_steps = 50'000;

    /// Fails with a ConfigError that names the place in the pattern.
    static Result<Pattern> compile(std::string_view text);

    /// Whether some part of `text` matches. `budget` is lowered by the work done; at zero the search stops, and says no.
    bool found_in(std::string_view text, std::size_t& budget) const;

    const std::string& text() const noexcept { return text_; }

private:
    friend class PatternCompiler;
    void prepare_small();
    bool found_by_small(std::string_view text, std::size_t& budget) const;

    /// For patterns of at most 64 steps without word edges, which most are: where each step leads without reading, as a set of bits,
    /// in the middle of the text (0), at its start (1), its end (2) and both (3).
    struct Small {
        std::uint64_t reach[4][65] = {};
        std::uint64_t accepting = 0;
    };
    std::string text_ = {};
    std::vector<PatternStep> steps_ = {};
    std::vector<CodeSet> sets_ = {};
    bool anchored_ = false;   ///< Every match begins at the text's start.
    std::shared_ptr<const Small> small_ = {};
};

/// The code point at `at`, which moves behind it. Bytes that are not UTF-8 count as one U+FFFD each.
char32_t next_code_point(std::string_view text, std::size_t& at) noexcept;

}  // namespace cortex::schema
