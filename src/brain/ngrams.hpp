#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cortex::brain {

/// Buckets that words, pairs of words and pieces of words are hashed into.
inline constexpr std::size_t ngram_buckets = std::size_t{1} << 15;

/// Calls `visit(bucket)` for every n-gram of a text in the form of `append_plain`. Only words of ASCII letters count: the examples
/// that the weights come from know others only as easy ones. Numbers count by their number of digits.
template <class Visit>
void each_ngram(std::string_view plain_text, Visit&& visit) {
    constexpr std::uint32_t seed = 2166136261U;
    const auto mix = [](std::uint32_t hash, unsigned char c) { return (hash ^ c) * 16777619U; };
    const auto bucket = [](std::uint32_t hash) {
        hash ^= hash >> 16;
        hash *= 0x7FEB352DU;
        hash ^= hash >> 15;
        return static_cast<std::uint32_t>(hash % ngram_buckets);
    };
    const auto is_letter = [](unsigned char c) { return (c >= 'a' && c <= 'z') || c == '\\'; };
    const auto is_digit = [](unsigned char c) { return c >= '0' && c <= '9'; };
    std::uint32_t before = 0;  // the word before; 0: none
    for (std::size_t at = 0; at < plain_text.size();) {
        const auto c = static_cast<unsigned char>(plain_text[at]);
        if (c >= 0x80) {
            before = 0;
            ++at;
            continue;
        }
        std::uint32_t word = seed;
        if (is_letter(c)) {
            const std::size_t begin = at;
            std::uint32_t hash = mix(seed, '^');
            // The word's beginnings of four and six letters stand for its stem.
            while (at < plain_text.size() && is_letter(static_cast<unsigned char>(plain_text[at]))) {
                hash = mix(hash, static_cast<unsigned char>(plain_text[at]));
                ++at;
                if (at - begin == 4 || at - begin == 6) visit(bucket(hash * 31U + 7U));
            }
            word = hash;
        } else if (is_digit(c)) {
            std::size_t digits = 0;
            while (at < plain_text.size() && is_digit(static_cast<unsigned char>(plain_text[at]))) {
                ++at;
                ++digits;
            }
            word = mix(mix(seed, '0'), static_cast<unsigned char>(digits < 6 ? digits : 6));
        } else {
            ++at;
            if (c == ' ') continue;
            word = mix(mix(seed, '!'), c);
        }
        visit(bucket(word));
        if (before != 0) visit(bucket(before * 16777619U ^ word));
        before = word;
    }
}

}  // namespace cortex::brain
