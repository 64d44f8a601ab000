#include "brain/pleasantry.hpp"

#include "brain/lexicon.hpp"
#include "brain/plain_text.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>

namespace cortex::brain {
namespace {

constexpr std::size_t longest = 160;         // bytes
constexpr std::size_t most_words = 14;
constexpr std::size_t most_names = 2;
constexpr std::size_t most_reasons = 5;      // words after "thanks for"

/// Words that are often mistyped, and long enough for one wrong letter to leave no doubt.
constexpr std::array<std::string_view, 34> greetings{
    "hello",   "morning",      "evening",     "afternoon",  "greetings",  "hallo",       "morgen",
    "bonjour", "bonsoir",      "salut",       "buongiorno", "buonasera",  "buenos",      "buenas",
    "привет",  "здравствуйте", "добрый",      "привіт",     "вітаю",      "merhaba",     "gunaydin",
    "czesc",   "goedemorgen",  "goedemiddag", "namaste",    "konnichiwa", "selam",       "servus",
    "hiya",    "howdy",        "goedenavond", "здравствуй", "доброго",    "good morning"};
constexpr std::array<std::string_view, 22> thankings{
    "thanks",      "thank",    "thankyou", "danke",       "dankeschon", "merci",    "gracias",   "obrigado",
    "obrigada",    "grazie",   "bedankt",  "dziekuje",    "dzieki",     "спасибо",  "благодарю", "дякую",
    "tesekkurler", "tesekkur", "cheers",   "appreciated", "kiitos",     "mulcumesc"};

constexpr std::array<std::string_view, 22> for_words{"for", "fur", "pour", "por",    "pela", "pelo",  "per", "voor",
                                                     "za",  "за",  "icin", "على",    "על",   "के लिए", "la",  "de",
                                                     "a",   "att", "med",  "pentru", "do",   "til"};

struct Letters {
    std::array<char32_t, 24> at{};
    std::size_t size = 0;
    bool fits = true;
};

Letters letters_of(std::string_view word) noexcept {
    Letters out;
    for (std::size_t at = 0; at < word.size();) {
        const char32_t c = next_character(word, at);
        if (out.size == out.at.size()) {
            out.fits = false;
            break;
        }
        out.at[out.size++] = c;
    }
    return out;
}

/// One letter wrong, missing, too many, or two neighbours swapped.
bool one_slip_apart(const Letters& a, const Letters& b) noexcept {
    if (a.size > b.size) return one_slip_apart(b, a);
    if (b.size - a.size > 1) return false;
    std::size_t i = 0;
    while (i < a.size && a.at[i] == b.at[i]) ++i;
    const auto same_from = [&](std::size_t x, std::size_t y) {
        return a.size - x == b.size - y && std::equal(a.at.begin() + static_cast<std::ptrdiff_t>(x),
                                                      a.at.begin() + static_cast<std::ptrdiff_t>(a.size),
                                                      b.at.begin() + static_cast<std::ptrdiff_t>(y));
    };
    if (a.size != b.size) return same_from(i, i + 1);
    if (i == a.size || same_from(i + 1, i + 1)) return true;
    return i + 1 < a.size && a.at[i] == b.at[i + 1] && a.at[i + 1] == b.at[i] && same_from(i + 2, i + 2);
}

template <std::size_t Size>
bool resembles(std::string_view word, const std::array<std::string_view, Size>& words) noexcept {
    const Letters typed = letters_of(word);
    if (!typed.fits || typed.size < 4) return false;
    return std::any_of(words.begin(), words.end(), [&](std::string_view known) {
        const Letters right = letters_of(known);
        return right.size >= 5 && one_slip_apart(typed, right);
    });
}

/// "hiiii" as "hi".
std::string_view without_runs(std::string_view word, std::array<char, 48>& room) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < word.size() && size < room.size(); ++i) {
        std::size_t run = 1;
        while (i + run < word.size() && word[i + run] == word[i]) ++run;
        const std::size_t keep = run >= 3 ? 1 : run;
        for (std::size_t k = 0; k < keep && size < room.size(); ++k) room[size++] = word[i];
        i += run - 1;
    }
    return {room.data(), size};
}

/// Which words of the message are written with a capital.
std::bitset<64> capitals_of(std::string_view raw) noexcept {
    std::bitset<64> out;
    std::size_t words = 0;
    bool inside = false;
    for (std::size_t at = 0; at < raw.size();) {
        const char32_t c = next_character(raw, at);
        if (c == '\'' || c == 0x2019) continue;
        const bool word = is_word(c) && !is_unspaced(c);
        if (word && !inside) {
            const bool capital = (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE) || (c >= 0x410 && c <= 0x42F) ||
                                 (c >= 0x391 && c <= 0x3A9) || c == 0x404 || c == 0x406;
            if (words < out.size()) out[words] = capital;
            ++words;
        }
        inside = word;
    }
    return out;
}

class Reader {
public:
    Reader(std::string_view raw, std::string_view text) noexcept : text_(text), capitals_(capitals_of(raw)) {}

    Pleasantry run() noexcept {
        for (std::size_t at = 0; at < text_.size();) {
            std::size_t after = at;
            const char32_t c = next_character(text_, after);
            if (!is_word(c)) {
                if (c == ',' || c == '.' || c == '!' || c == '?' || c == '\n') reasons_left_ = 0;
                at = after;
                continue;
            }
            if (words_ >= most_words) return Pleasantry::none;
            if (!word(at, c)) return Pleasantry::none;
            at = next_;
        }
        if (thanks_) return Pleasantry::thanks;
        return greeting_ ? Pleasantry::greeting : Pleasantry::none;
    }

private:
    std::size_t end_of_word(std::size_t at) const noexcept {
        while (at < text_.size()) {
            std::size_t after = at;
            const char32_t c = next_character(text_, after);
            if (!is_word(c) || is_unspaced(c)) break;
            at = after;
        }
        return at;
    }

    std::size_t words_in(std::string_view part) const noexcept {
        std::size_t count = 0;
        bool inside = false;
        for (std::size_t at = 0; at < part.size();) {
            const char32_t c = next_character(part, at);
            const bool is = is_word(c) && !is_unspaced(c);
            if (is && !inside) ++count;
            inside = is;
        }
        return count;
    }

    bool word(std::size_t at, char32_t first) noexcept {
        match_at(text_, at, matches_);
        std::size_t best = 0;
        Concept what = Concept::small;
        for (const Concept which : {Concept::greet, Concept::thanks, Concept::small, Concept::address}) {
            const std::size_t length = matches_.of(which).length;
            if (length > best) {
                best = length;
                what = which;
            }
        }
        const std::string_view whole = text_.substr(at, end_of_word(at) - at);
        if (best == 0 && !is_unspaced(first)) what = mistyped(whole, best);
        if (best > 0) {
            greeting_ = greeting_ || what == Concept::greet;
            thanks_ = thanks_ || what == Concept::thanks;
            const std::string_view phrase = text_.substr(at, best);
            if (thanks_ && reasons_left_ == 0 &&
                std::find(for_words.begin(), for_words.end(), phrase) != for_words.end())
                reasons_left_ = most_reasons;
            words_ += std::max<std::size_t>(1, words_in(phrase));
            next_ = at + best;
            return true;
        }
        if (is_unspaced(first)) return false;
        next_ = at + whole.size();
        const bool capital = words_ < capitals_.size() && capitals_[words_];
        ++words_;
        if (thanks_ && std::find(for_words.begin(), for_words.end(), whole) != for_words.end()) {
            reasons_left_ = most_reasons;
            return true;
        }
        if (reasons_left_ > 0) {
            --reasons_left_;
            return true;
        }
        // A name.
        return (greeting_ || thanks_) && capital && ++names_ <= most_names;
    }

    Concept mistyped(std::string_view whole, std::size_t& length) noexcept {
        std::array<char, 48> room{};
        const std::string_view short_form = without_runs(whole, room);
        if (short_form.size() != whole.size()) {
            match_at(short_form, 0, matches_);
            for (const Concept which : {Concept::greet, Concept::thanks, Concept::small}) {
                if (matches_.of(which).length == short_form.size()) {
                    length = whole.size();
                    return which;
                }
            }
        }
        if (resembles(short_form, greetings)) {
            length = whole.size();
            return Concept::greet;
        }
        if (resembles(short_form, thankings)) {
            length = whole.size();
            return Concept::thanks;
        }
        return Concept::small;
    }

    std::string_view text_;
    std::bitset<64> capitals_;
    Matches matches_ = {};
    std::size_t next_ = 0;
    std::size_t words_ = 0;
    std::size_t names_ = 0;
    std::size_t reasons_left_ = 0;
    bool greeting_ = false;
    bool thanks_ = false;
};

}  // namespace

Pleasantry pleasantry(std::string_view raw, std::string_view plain_text) noexcept {
    if (raw.size() > longest) return Pleasantry::none;
    return Reader(raw, plain_text).run();
}

}  // namespace cortex::brain
