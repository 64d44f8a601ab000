#include "brain/features.hpp"

#include "brain/plain_text.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>

namespace cortex::brain {
namespace {

float log_of(std::size_t count) noexcept { return std::log1p(static_cast<float>(count)); }

float share(std::size_t part, std::size_t whole) noexcept {
    return whole == 0 ? 0.0F : static_cast<float>(part) / static_cast<float>(whole);
}

bool is_digit(char32_t c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) noexcept { return (c | 0x20U) >= 'a' && (c | 0x20U) <= 'z'; }

std::uint32_t mix(std::uint32_t hash, char32_t c) noexcept {
    return (hash ^ static_cast<std::uint32_t>(c)) * 16777619U;
}

/// Remembers roughly how many different values it has seen: exact while they are few, saturating above.
class Distinct {
public:
    bool add(std::uint32_t hash) noexcept {
        hash ^= hash >> 15;
        const std::size_t bit = hash % bits_.size();
        if (bits_[bit]) return false;
        bits_[bit] = true;
        ++count_;
        return true;
    }
    std::size_t count() const noexcept { return count_; }

private:
    std::bitset<4096> bits_;
    std::size_t count_ = 0;
};

/// Words that most programming languages share, in lower case.
constexpr std::array<std::string_view, 22> keywords{
    "def",   "return", "for", "while",    "if",    "else", "elif",   "import", "class",  "int",   "void",
    "const", "let",    "var", "function", "print", "self", "lambda", "struct", "public", "range", "len"};

/// One pass over the characters as they were written.
class Shape {
public:
    explicit Shape(std::string_view raw) noexcept {
        for (std::size_t at = 0; at < raw.size();) {
            const std::size_t here = at;
            const char32_t c = next_character(raw, at);
            if (c >= 0x80 && c < 0x3000 && !is_word(c) && c >= 0x2100) ++math_signs;
            character(raw, here, at, c);
        }
        end_word();
        end_line(raw.size(), raw);
        end_option(raw.size());
    }

    std::size_t weight =
        0;    ///< Length in characters of Latin script: one of a script without blanks says as much as two or three.
    std::size_t characters = 0, unspaced = 0, words = 0, letters = 0, longest_word = 0, long_words = 0, short_words = 0,
                repeated = 0;
    std::size_t sentences = 0, sentence_words = 0, longest_sentence = 0, questions = 0, commas = 0, parentheses = 0,
                quotes = 0, colons = 0, semicolons = 0;
    std::size_t lines = 0, blank_lines = 0, indented = 0, items = 0, fences = 0;
    std::size_t options = 0, option_bytes = 0, option_squares = 0, option_numbers = 0;
    std::size_t digits = 0, numbers = 0, longest_number = 0, decimals = 0, fractions = 0, percents = 0, money = 0;
    std::size_t operators = 0, relations = 0, dollars = 0, commands = 0, braces = 0, exponents = 0, alone = 0,
                math_signs = 0;
    std::size_t code_signs = 0, calls = 0, keyword_count = 0, brackets = 0, deepest = 0, asserts = 0, loops = 0,
                strings = 0, assignments = 0, arrows = 0, underscores = 0;
    std::size_t capitals = 0, all_capitals = 0, names = 0, blanks = 0;
    char last = ' ';
    Distinct different_words = {}, different_numbers = {};

private:
    void character(std::string_view raw, std::size_t here, std::size_t after, char32_t c) noexcept {
        ++characters;
        const bool wide = is_unspaced(c);
        weight += wide ? 3 : 1;
        if (wide) ++unspaced;
        const char next = after < raw.size() ? raw[after] : '\n';
        const char previous = here > 0 ? raw[here - 1] : '\n';
        if (is_word(c) || (c == '\'' && in_word_)) {
            if (!in_word_) begin_word(here, c);
            if (wide) {
                ++characters_in_unspaced_;
                if (characters_in_unspaced_ % 2 == 0) ++words;
            }
            if (is_digit(c)) {
                ++digits;
                ++word_digits_;
            } else {
                ++word_letters_;
                if (c < 0x80 && c >= 'A' && c <= 'Z') ++word_capitals_;
            }
            hash_ = mix(hash_, c < 0x80 && c >= 'A' && c <= 'Z' ? c + 0x20 : c);
            if (keyword_length_ < keyword_.size() && c < 0x80)
                keyword_[keyword_length_++] = static_cast<char>(c);
            else
                keyword_length_ = keyword_.size();
        } else {
            if (in_word_) {
                if (c == '(') ++calls;
                end_word();
            }
            sign(raw, here, c, previous, next);
        }
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            last = static_cast<char>(c < 0x80 ? c : c == 0xFF1F || c == 0x61F ? '?' : 'x');
            line_empty_ = false;
        }
    }

    void begin_word(std::size_t here, char32_t c) noexcept {
        in_word_ = true;
        word_begin_ = here;
        word_letters_ = word_digits_ = word_capitals_ = keyword_length_ = 0;
        hash_ = 2166136261U;
        first_capital_ = c < 0x80 ? c >= 'A' && c <= 'Z' : (c >= 0xC0 && c <= 0xDE) || (c >= 0x410 && c <= 0x42F);
    }

    void end_word() noexcept {
        if (!in_word_) return;
        in_word_ = false;
        ++words;
        ++words_in_sentence_;
        const std::size_t size = word_letters_ + word_digits_;
        if (word_digits_ > 0 && word_letters_ == 0) {
            ++numbers;
            longest_number = std::max(longest_number, word_digits_);
            different_numbers.add(hash_);
            if (in_option_) ++option_numbers;
        } else {
            letters += word_letters_;
            longest_word = std::max(longest_word, word_letters_);
            if (word_letters_ >= 9) ++long_words;
            if (word_letters_ <= 3) ++short_words;
            if (size == 1) ++alone;
            if (first_capital_ && words_in_sentence_ > 1) ++names;
            if (first_capital_) ++capitals;
            if (word_capitals_ >= 2 && word_capitals_ == word_letters_) ++all_capitals;
            if (!different_words.add(hash_)) ++repeated;
            if (keyword_length_ < keyword_.size()) {
                const std::string_view word(keyword_.data(), keyword_length_);
                if (std::find(keywords.begin(), keywords.end(), word) != keywords.end()) ++keyword_count;
                if (word == "for" || word == "while") ++loops;
                if (word == "assert") ++asserts;
            }
        }
    }

    void end_sentence() noexcept {
        if (words_in_sentence_ == 0) return;
        ++sentences;
        sentence_words += words_in_sentence_;
        longest_sentence = std::max(longest_sentence, words_in_sentence_);
        words_in_sentence_ = 0;
    }

    void sign(std::string_view raw, std::size_t here, char32_t c, char previous, char next) noexcept {
        switch (c) {
            case '\n': end_line(here, raw); break;
            case '.':
                if (is_digit(static_cast<unsigned char>(previous)) && is_digit(static_cast<unsigned char>(next)))
                    ++decimals;
                else if (next == ' ' || next == '\n' || next == '\r')
                    end_sentence();
                else if (is_letter(static_cast<unsigned char>(previous)) && is_letter(static_cast<unsigned char>(next)))
                    ++code_signs;
                break;
            case '!':
            case 0x3002:
            case 0xFF01:
            case 0x964:
            case 0x6D4: end_sentence(); break;
            case '?':
            case 0xFF1F:
            case 0x61F:
                ++questions;
                end_sentence();
                break;
            case ',':
            case 0xFF0C:
            case 0x3001:
            case 0x60C: ++commas; break;
            case ':':
            case 0xFF1A: ++colons; break;
            case ';':
            case 0xFF1B:
                ++semicolons;
                if (next == '\n' || next == '\r') ++code_signs;
                break;
            case '(':
                ++parentheses;
                open();
                break;
            case 0xFF08: ++parentheses; break;
            case '[':
                ++brackets;
                open();
                break;
            case '{':
                ++braces;
                open();
                break;
            case ')':
            case ']':
            case '}':
                if (depth_ > 0) --depth_;
                break;
            case '"':
                ++quotes;
                ++strings;
                break;
            case '\'': ++strings; break;
            case 0x201C:
            case 0x300C:
            case 0xAB: ++quotes; break;
            case '`':
                if (raw.substr(here).starts_with("```")) ++fences;
                break;
            case '+':
            case '*':
            case 0xD7:
            case 0xF7: ++operators; break;
            case '-':
                if (previous == ' ' && next == ' ')
                    ++operators;
                else if (next == '>')
                    ++arrows;
                break;
            case '/':
                ++operators;
                if (is_digit(static_cast<unsigned char>(previous)) && is_digit(static_cast<unsigned char>(next)))
                    ++fractions;
                break;
            case '^': ++exponents; break;
            case '=':
                if (next == '=')
                    ++code_signs;
                else if (next == '>')
                    ++arrows;
                ++assignments;
                break;
            case '<':
            case '>':
            case 0x2264:
            case 0x2265:
            case 0x2260: ++relations; break;
            case '%': ++percents; break;
            case '$':
                ++dollars;
                if (is_digit(static_cast<unsigned char>(next))) ++money;
                break;
            case 0x20AC:
            case 0xA3:
            case 0xA5: ++money; break;
            case '\\':
                if (is_letter(static_cast<unsigned char>(next))) ++commands;
                break;
            case '_':
                if (previous == '_')
                    ++blanks;
                else if (is_letter(static_cast<unsigned char>(previous)))
                    ++underscores;
                break;
            default: break;
        }
    }

    void open() noexcept { deepest = std::max(deepest, ++depth_); }

    void end_line(std::size_t here, std::string_view raw) noexcept {
        ++lines;
        if (line_empty_) ++blank_lines;
        line_empty_ = true;
        end_sentence();
        end_option(here);
        // How the next line begins.
        std::string_view next = raw.substr(std::min(here + 1, raw.size()), 12);
        std::size_t blanks_before = 0;
        while (blanks_before < next.size() && (next[blanks_before] == ' ' || next[blanks_before] == '\t'))
            ++blanks_before;
        if (blanks_before >= 2 || next.starts_with('\t')) ++indented;
        next.remove_prefix(blanks_before);
        if (next.size() < 2) return;
        const bool bullet = next[0] == '-' || next[0] == '*';
        if ((bullet && next[1] == ' ') || next.starts_with("\xE2\x80\xA2")) ++items;
        if (is_digit(static_cast<unsigned char>(next[0])) && (next[1] == '.' || next[1] == ')')) ++items;
        if (next[0] == '(') next.remove_prefix(1);
        if (next.size() >= 2 && next[0] >= 'A' && next[0] <= 'J' &&
            (next[1] == '.' || next[1] == ')' || next[1] == ':' || next.substr(1).starts_with("\xEF\xBC\x8E") ||
             next.substr(1).starts_with("\xE3\x80\x81"))) {
            in_option_ = true;
            option_begin_ = here + 1;
        }
    }

    void end_option(std::size_t here) noexcept {
        if (!in_option_) return;
        in_option_ = false;
        const std::size_t size = here - std::min(here, option_begin_);
        ++options;
        option_bytes += size;
        option_squares += size * size;
    }

    bool in_word_ = false, first_capital_ = false, line_empty_ = true, in_option_ = false;
    std::size_t word_begin_ = 0, word_letters_ = 0, word_digits_ = 0, word_capitals_ = 0, words_in_sentence_ = 0;
    std::size_t characters_in_unspaced_ = 0, depth_ = 0, option_begin_ = 0;
    std::uint32_t hash_ = 0;
    std::array<char, 12> keyword_{};
    std::size_t keyword_length_ = 0;
};

}  // namespace

Features measure(const TurnFacts& facts, std::string_view raw, std::string_view plain_text,
                 const Reading& reading) noexcept {
    const Shape s(raw);
    Features f{};
    const auto set = [&f](Feature which, float value) { f[static_cast<std::size_t>(which)] = value; };
    const auto count = [&set](Feature which, std::size_t value) { set(which, log_of(value)); };
    const auto spoken = [&](Feature which, Concept what) { count(which, reading.count(what)); };

    // Of a message that is looked at in part, the whole length counts.
    const std::size_t hidden = facts.prompt.size() - std::min(facts.prompt.size(), raw.size());
    count(Feature::length, s.weight + hidden);
    count(Feature::words, s.words);
    set(Feature::word_length, share(s.letters, s.words));
    count(Feature::longest_word, s.longest_word);
    set(Feature::long_words, share(s.long_words, s.words));
    set(Feature::distinct_words, share(s.different_words.count(), s.words));
    set(Feature::unspaced, share(s.unspaced, s.characters));
    count(Feature::sentences, s.sentences);
    set(Feature::sentence_words, share(s.sentence_words, s.sentences));
    count(Feature::longest_sentence, s.longest_sentence);
    count(Feature::questions, s.questions);
    set(Feature::ends_with_question, s.last == '?' ? 1.0F : 0.0F);
    count(Feature::commas, s.commas);
    count(Feature::parentheses, s.parentheses);
    count(Feature::quotes, s.quotes);
    count(Feature::colons, s.colons);
    count(Feature::semicolons, s.semicolons);
    count(Feature::lines, s.lines);
    count(Feature::blank_lines, s.blank_lines);
    count(Feature::indented_lines, s.indented);
    count(Feature::list_items, s.items);
    count(Feature::fences, s.fences);
    count(Feature::options, s.options);
    set(Feature::option_length, share(s.option_bytes, s.options));
    const float mean = share(s.option_bytes, s.options);
    set(Feature::option_spread, std::sqrt(std::max(0.0F, share(s.option_squares, s.options) - mean * mean)));
    set(Feature::option_numbers, share(s.option_numbers, s.options));
    set(Feature::digits, share(s.digits, s.characters));
    count(Feature::numbers, s.numbers);
    count(Feature::distinct_numbers, s.different_numbers.count());
    count(Feature::longest_number, s.longest_number);
    count(Feature::decimals, s.decimals);
    count(Feature::fractions, s.fractions);
    count(Feature::percents, s.percents);
    count(Feature::money, s.money);
    count(Feature::operators, s.operators);
    count(Feature::relations, s.relations);
    count(Feature::dollars, s.dollars);
    count(Feature::commands, s.commands);
    count(Feature::braces, s.braces);
    count(Feature::exponents, s.exponents);
    count(Feature::letters_alone, s.alone);
    count(Feature::math_signs, s.math_signs);
    count(Feature::code_signs, s.code_signs);
    count(Feature::calls, s.calls);
    count(Feature::keywords, s.keyword_count);
    count(Feature::brackets, s.brackets);
    count(Feature::depth, s.deepest);
    count(Feature::asserts, s.asserts);
    count(Feature::loops, s.loops);
    count(Feature::strings, s.strings);
    count(Feature::assignments, s.assignments);
    count(Feature::arrows, s.arrows);
    count(Feature::underscores, s.underscores);
    set(Feature::capitals, share(s.capitals, s.words));
    count(Feature::all_capitals, s.all_capitals);
    count(Feature::names, s.names);
    count(Feature::blanks, s.blanks);
    count(Feature::tools, facts.tools);
    count(Feature::tool_parameters, facts.tool_parameters);
    count(Feature::turns, static_cast<std::size_t>(std::max<std::int64_t>(0, facts.turns)));
    count(Feature::attachments, facts.attachments);
    set(Feature::cut, hidden > 0 ? 1.0F : 0.0F);
    set(Feature::wish, reading.wish_think ? 1.0F : reading.wish_quick ? -1.0F : 0.0F);
    spoken(Feature::calculate, Concept::calculate);
    spoken(Feature::maths, Concept::maths);
    spoken(Feature::logic, Concept::logic);
    spoken(Feature::plan, Concept::plan);
    spoken(Feature::proof, Concept::proof);
    spoken(Feature::analysis, Concept::analysis);
    spoken(Feature::design, Concept::design);
    count(Feature::debug, reading.debug);
    spoken(Feature::explain, Concept::explain);
    spoken(Feature::write, Concept::write);
    spoken(Feature::summarize, Concept::summarize);
    spoken(Feature::code, Concept::code);
    spoken(Feature::lookup, Concept::lookup);
    spoken(Feature::translate, Concept::translate);
    spoken(Feature::chat, Concept::chat);
    spoken(Feature::simple, Concept::simple);
    count(Feature::noun, reading.count(Concept::noun_plan) + reading.count(Concept::noun_analysis) +
                             reading.count(Concept::noun_proof) + reading.count(Concept::noun_design));
    spoken(Feature::negation, Concept::no);
    set(Feature::logic_density, share(reading.count(Concept::logic), s.words));
    set(Feature::maths_density, share(reading.count(Concept::maths), s.words));
    set(Feature::number_density, share(s.numbers, s.words));
    set(Feature::name_density, share(s.names, s.words));
    set(Feature::short_words, share(s.short_words, s.words));
    set(Feature::repeated_words, share(s.repeated, s.words));
    static_cast<void>(plain_text);
    return f;
}

}  // namespace cortex::brain
