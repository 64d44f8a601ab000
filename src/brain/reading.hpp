#pragma once

#include "brain/lexicon.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cortex::brain {

/// A phrase that decided something, for the reasons; `text` points into the text that was read.
struct Found {
    std::string_view text;
    explicit operator bool() const noexcept { return !text.empty(); }
};

/// What a message says, as far as phrases tell.
struct Reading {
    std::array<std::uint16_t, concept_count>
        counts{};     ///< Phrases by concept, wherever their place allows them to count.
    Found wish_think;          ///< A wish for thinking that is not turned round.
    Found wish_quick;          ///< A wish for none, or a wish for thinking that is.
    Found hard;  ///< Wording of planning, proof, analysis, design or debugging where the task is stated.
    Concept hard_kind = Concept::plan;
    Found correction;
    Found contradiction;
    Found lookup;  ///< The message begins as a look-up.
    Found translate;  ///< The message begins as a request to translate or convert.
    Found chat;  ///< The message begins as small talk.
    Found carry_on;  ///< The message only says to go on.
    std::size_t debug = 0;  ///< Signs of a defect.

    std::size_t count(Concept which) const noexcept { return counts[static_cast<std::size_t>(which)]; }
};

/// Reads a text in the form of `append_plain`. What stands between quotation marks, in a block of code or in an answer to choose is counted, but wishes
/// and tasks are not looked for there; in a long text they are looked for near both ends.
Reading read(std::string_view plain_text) noexcept;

}  // namespace cortex::brain
