#include "brain/lexicon.hpp"

#include "brain/plain_text.hpp"

#include <algorithm>

namespace cortex::brain {
namespace {

struct Row {
    Concept meaning;
    Place place;
    std::string_view phrases;    ///< Separated by '|'; a '*' at the end of one: a word may go on there.
};

constexpr Row rows[] = {
#include "brain/words_maths.inc"
#include "brain/words_tasks.inc"
#include "brain/words_turns.inc"
#include "brain/words_wishes.inc"
};

struct Entry {
    std::uint32_t offset = 0;    ///< Into `letters`.
    std::uint8_t length = 0;
    Concept meaning = Concept::small;
    Place place = Place::anywhere;
    bool open = false;           ///< A word may go on where the phrase ends.
};

constexpr std::size_t count_phrases() {
    std::size_t count = 0;
    for (const Row& row : rows) {
        ++count;
        for (const char c : row.phrases) count += c == '|' ? 1U : 0U;
    }
    return count;
}

constexpr std::size_t count_letters() {
    std::size_t count = 0;
    for (const Row& row : rows) {
        for (const char c : row.phrases) count += c != '|' && c != '*' ? 1U : 0U;
    }
    return count;
}

/// How many bytes of a phrase choose its bucket: more where a character takes three.
constexpr std::size_t key_length(std::string_view phrase) {
    if (static_cast<unsigned char>(phrase[0]) >= 0xE0) return phrase.size() >= 6 ? 6 : 3;
    return std::min<std::size_t>(phrase.size(), 4);
}

/// Whether the last character is of a script without blanks, where every place may end a word.
constexpr bool ends_unspaced(std::string_view phrase) {
    if (phrase.size() < 3) return false;
    const auto byte = [&](std::size_t from_end) {
        return static_cast<char32_t>(static_cast<unsigned char>(phrase[phrase.size() - from_end]));
    };
    return byte(3) >= 0xE0 && is_unspaced(((byte(3) & 0x0FU) << 12) | ((byte(2) & 0x3FU) << 6) | (byte(1) & 0x3FU));
}

constexpr std::size_t bucket_count = 8192;

constexpr std::size_t bucket_of(std::string_view key) {
    std::uint32_t hash = 2166136261U;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return (hash ^ (hash >> 15)) % bucket_count;
}

/// All phrases, ordered by bucket, without a pointer in them: nothing has to be relocated or built when a program starts.
struct Table {
    std::array<char, count_letters()> letters{};
    std::array<Entry, count_phrases()> entries{};
    std::array<std::uint16_t, bucket_count + 1> begin{};
};

constexpr Table build() {
    Table table;
    std::array<Entry, count_phrases()> found{};
    std::array<std::uint16_t, count_phrases()> bucket{};
    std::size_t letters = 0;
    std::size_t entries = 0;
    for (const Row& row : rows) {
        std::size_t from = 0;
        for (std::size_t i = 0; i <= row.phrases.size(); ++i) {
            if (i < row.phrases.size() && row.phrases[i] != '|') continue;
            std::string_view phrase = row.phrases.substr(from, i - from);
            from = i + 1;
            Entry entry;
            entry.open = phrase.back() == '*';
            if (entry.open) phrase.remove_suffix(1);
            entry.open = entry.open || ends_unspaced(phrase);
            entry.offset = static_cast<std::uint32_t>(letters);
            entry.length = static_cast<std::uint8_t>(phrase.size());
            entry.meaning = row.meaning;
            entry.place = row.place;
            for (const char c : phrase) table.letters[letters++] = c;
            bucket[entries] = static_cast<std::uint16_t>(bucket_of(phrase.substr(0, key_length(phrase))));
            found[entries++] = entry;
        }
    }
    for (const std::uint16_t b : bucket) ++table.begin[b + 1U];
    for (std::size_t b = 0; b < bucket_count; ++b) {
        table.begin[b + 1] = static_cast<std::uint16_t>(table.begin[b + 1] + table.begin[b]);
    }
    std::array<std::uint16_t, bucket_count> next{};
    for (std::size_t b = 0; b < bucket_count; ++b) next[b] = table.begin[b];
    for (std::size_t i = 0; i < entries; ++i) table.entries[next[bucket[i]]++] = found[i];
    return table;
}

constexpr Table table = build();

std::string_view text_of(const Entry& entry) noexcept { return {table.letters.data() + entry.offset, entry.length}; }

/// Whether a word ends before `at`. A script without blanks ends one everywhere.
bool ends_word(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return true;
    const char32_t c = next_character(text, at);
    return !is_word(c) || is_unspaced(c);
}

void look(std::string_view rest, std::size_t key, Matches& out) noexcept {
    const std::size_t bucket = bucket_of(rest.substr(0, key));
    for (std::size_t i = table.begin[bucket]; i < table.begin[bucket + 1]; ++i) {
        const Entry& entry = table.entries[i];
        if (!rest.starts_with(text_of(entry))) continue;
        if (entry.open || ends_word(rest, entry.length)) {
            out.add(entry.meaning, {entry.length, entry.place});
        }
    }
}

}  // namespace

void Matches::add(Concept which, Match match) noexcept {
    Match& best = longest_[static_cast<std::size_t>(which)];
    // Of equal length the one that counts anywhere.
    if (!has(which) || match.length > best.length || (match.length == best.length && match.place < best.place))
        best = match;
    found_ |= bit(which);
}

void match_at(std::string_view plain_text, std::size_t at, Matches& out) noexcept {
    out.clear();
    const std::string_view rest = plain_text.substr(at);
    if (rest.empty()) return;
    const bool wide = static_cast<unsigned char>(rest[0]) >= 0xE0;
    for (std::size_t key = wide ? 6 : 4; key > 0; key -= wide ? 3 : 1) {
        if (key <= rest.size()) look(rest, key, out);
    }
}

std::size_t phrase_count() noexcept { return table.entries.size(); }
std::string_view phrase(std::size_t index) noexcept { return text_of(table.entries[index]); }

}  // namespace cortex::brain
