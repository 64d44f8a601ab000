#pragma once

#include "brain/need.hpp"
#include "brain/reading.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cortex::brain {

/// What the estimate of complexity sees of a message beside its words: structure that means the same in every language.
/// The order is the model's; a new feature goes to the end, and the model is fitted again.
enum class Feature : std::uint8_t {
    length,
    words,
    word_length,
    longest_word,
    long_words,
    distinct_words,
    unspaced,
    sentences,
    sentence_words,
    longest_sentence,
    questions,
    ends_with_question,
    commas,
    parentheses,
    quotes,
    colons,
    semicolons,
    lines,
    blank_lines,
    indented_lines,
    list_items,
    fences,
    options,
    option_length,
    option_spread,
    option_numbers,
    digits,
    numbers,
    distinct_numbers,
    longest_number,
    decimals,
    fractions,
    percents,
    money,
    operators,
    relations,
    dollars,
    commands,
    braces,
    exponents,
    letters_alone,
    math_signs,
    code_signs,
    calls,
    keywords,
    brackets,
    depth,
    asserts,
    loops,
    strings,
    assignments,
    arrows,
    underscores,
    capitals,
    all_capitals,
    names,
    blanks,
    tools,
    tool_parameters,
    turns,
    attachments,
    cut,
    wish,
    calculate,
    maths,
    logic,
    plan,
    proof,
    analysis,
    design,
    debug,
    explain,
    write,
    summarize,
    code,
    lookup,
    translate,
    chat,
    simple,
    noun,
    negation,
    logic_density,
    maths_density,
    number_density,
    name_density,
    short_words,
    repeated_words,
    count_
};

inline constexpr std::size_t feature_count = static_cast<std::size_t>(Feature::count_);

using Features = std::array<float, feature_count>;

/// `raw` is the part of the message that is looked at, `plain_text` the same in the form of `append_plain`, `reading` what its
/// phrases say. `facts.prompt` itself is used for its size alone.
Features measure(const TurnFacts& facts, std::string_view raw, std::string_view plain_text,
                 const Reading& reading) noexcept;

}  // namespace cortex::brain
