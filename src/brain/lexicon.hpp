#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cortex::brain {

/// What a word or phrase of the lists (words_*.inc) speaks of, whatever its language.
enum class Concept : std::uint8_t {
    // People and turns.
    greet,
    thanks,
    small,
    address,
    lead,
    correction,
    contradiction,
    hedge,
    carry_on,
    // Wishes.
    wish_think,
    wish_quick,
    no,
    no_after,
    // Work.
    plan,
    proof,
    analysis,
    design,
    debug,
    why_mine,
    make,
    noun_plan,
    noun_analysis,
    noun_proof,
    noun_design,
    lookup,
    define,
    translate,
    chat,
    simple,
    explain,
    write,
    summarize,
    code,
    // Words that are only counted.
    calculate,
    maths,
    logic,
    count_
};

inline constexpr std::size_t concept_count = static_cast<std::size_t>(Concept::count_);

/// Where a phrase counts: anywhere; only where a sentence begins (after words of politeness); at a sentence's beginning or end.
enum class Place : std::uint8_t { anywhere, start, edge };

/// A phrase that stands at one place of a text.
struct Match {
    std::size_t length = 0;  ///< In bytes; 0: none.
    Place place = Place::anywhere;
};

/// The longest phrase of every concept that begins at one place.
class Matches {
public:
    Match of(Concept which) const noexcept {
        return (found_ & bit(which)) != 0 ? longest_[static_cast<std::size_t>(which)] : Match{};
    }
    bool has(Concept which) const noexcept { return (found_ & bit(which)) != 0; }
    bool empty() const noexcept { return found_ == 0; }
    void add(Concept which, Match match) noexcept;
    void clear() noexcept { found_ = 0; }

    /// Calls `visit(concept, match)` for each that was found.
    template <class Visit>
    void each(Visit&& visit) const {
        for (std::uint64_t rest = found_; rest != 0; rest &= rest - 1) {
            const auto i = static_cast<std::size_t>(std::countr_zero(rest));
            visit(static_cast<Concept>(i), longest_[i]);
        }
    }

private:
    static_assert(concept_count <= 64);
    static constexpr std::uint64_t bit(Concept which) noexcept {
        return std::uint64_t{1} << static_cast<unsigned>(which);
    }

    std::uint64_t found_ = 0;
    std::array<Match, concept_count> longest_{};  // valid where `found_` has the bit
};

/// Fills `out` with the phrases that begin at byte `at` of a text in the form of `append_plain`, where a word (or a character
/// of a script without blanks) must begin.
void match_at(std::string_view plain_text, std::size_t at, Matches& out) noexcept;

/// For tests: the number of phrases, and each as it stands in the lists.
std::size_t phrase_count() noexcept;
std::string_view phrase(std::size_t index) noexcept;

}  // namespace cortex::brain
