#include "brain/reading.hpp"

#include "brain/plain_text.hpp"

#include <algorithm>

namespace cortex::brain {
namespace {

/// Bytes at both ends of a long text in which the task and the wishes stand.
constexpr std::size_t task_zone = 320;
/// A quotation is at most this long; a sign without a partner is no quotation.
constexpr std::size_t longest_quotation = 400;
/// Bytes between a word of negation and the wish that it turns round: at most one word.
constexpr std::size_t negation_reach = 16;
/// Words between a verb of making and what is to be made.
constexpr std::size_t making_reach = 7;

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

bool ends_sentence(char c) noexcept { return c == '.' || c == '!' || c == '?' || c == '\n' || c == ':' || c == ';'; }

class Reader {
public:
    explicit Reader(std::string_view text) noexcept : text_(text) {}

    Reading run() noexcept {
        bool inside = false;    // of a word
        for (std::size_t at = 0; at < text_.size();) {
            const std::size_t here = at;
            const char32_t c = next_character(text_, at);
            if (!is_word(c)) {
                inside = false;
                sign(static_cast<char>(c < 0x80 ? c : ' '), here);
                continue;
            }
            if (!inside || is_unspaced(c)) word(here, c);
            inside = !is_unspaced(c);
        }
        return out_;
    }

private:
    bool in_task_zone(std::size_t at) const noexcept { return at < task_zone || at + task_zone >= text_.size(); }
    bool in_quotes(std::size_t at) const noexcept { return at < quoted_until_ || in_code_ || in_option_; }

    void sign(char c, std::size_t at) noexcept {
        if (c == '"' && at >= quoted_until_) {
            const std::size_t close = text_.find('"', at + 1);
            if (close != text_.npos && close - at <= longest_quotation) quoted_until_ = close;
        }
        if (c == '`' && text_.substr(at).starts_with("```")) in_code_ = !in_code_;
        if (c == '\n') {
            const std::string_view line = text_.substr(at + 1, 2);
            in_option_ = line.size() == 2 && line[0] >= 'a' && line[0] <= 'j' && (line[1] == '.' || line[1] == ')');
        }
        if (ends_sentence(c)) {
            start_ = nowhere;    // the next word begins one
            made_ = nowhere;
            negated_until_ = 0;
            think_in_clause_ = {};
        } else if (c == ',') {
            negated_until_ = 0;
            think_in_clause_ = {};
            after_comma_ = true;
        }
    }

    void word(std::size_t at, char32_t c) noexcept {
        ++words_;
        if (start_ == nowhere) start_ = at;
        const bool starts = at == start_;
        match_at(text_, at, matches_);
        if (starts && (c < 0x80 && c >= '0' && c <= '9')) {    // the number of an item
            start_ = nowhere;
        }
        if (!matches_.empty()) phrases(at, starts);
        after_comma_ = false;
    }

    std::string_view text_at(std::size_t at, const Match& match) const noexcept {
        return text_.substr(at, match.length);
    }

    bool counts_here(const Match& match, std::size_t at, bool starts) const noexcept {
        switch (match.place) {
            case Place::anywhere: return true;
            case Place::start: return starts;
            case Place::edge: break;
        }
        const std::size_t end = at + match.length;
        const char next = end < text_.size() ? text_[end] : '\n';
        if (starts) return next == ',' || next == ':' || next == '!' || match.length >= 7;
        if (after_comma_) return true;
        return end >= text_.size() || next == '.' || next == '!' || next == '\n';
    }

    void phrases(std::size_t at, bool starts) noexcept {
        matches_.each([&](Concept which, const Match& match) {
            if (counts_here(match, at, starts)) ++out_.counts[static_cast<std::size_t>(which)];
        });
        if (in_quotes(at) || !in_task_zone(at)) return;
        wishes(at, starts);
        tasks(at, starts);
        turns(at, starts);
        if (!starts) return;
        // Words of politeness and greetings stand before the sentence proper.
        std::size_t skip = 0;
        for (const Concept which : {Concept::lead, Concept::greet, Concept::wish_think, Concept::wish_quick}) {
            skip = std::max(skip, matches_.of(which).length);
        }
        if (skip > 0) start_ = next_word(at + skip);
    }

    std::size_t next_word(std::size_t at) const noexcept {
        while (at < text_.size()) {
            std::size_t after = at;
            const char32_t c = next_character(text_, after);
            if (is_word(c)) return at;
            at = after;
        }
        return nowhere;
    }

    void wishes(std::size_t at, bool starts) noexcept {
        const Match think = matches_.of(Concept::wish_think);
        const Match quick = matches_.of(Concept::wish_quick);
        const Match no = matches_.of(Concept::no);
        const bool negated = at < negated_until_;
        if (think.length > 0 && think.length >= quick.length && counts_here(think, at, starts)) {
            const Found found{text_at(at, think)};
            if (negated) {
                if (!out_.wish_quick) out_.wish_quick = found;
            } else if (!out_.wish_think) {
                out_.wish_think = found;
                think_in_clause_ = found;
            }
        } else if (quick.length > 0 && !negated && counts_here(quick, at, starts)) {
            if (!out_.wish_quick) out_.wish_quick = {text_at(at, quick)};
        }
        if (matches_.of(Concept::no_after).length > 0 && think_in_clause_) {
            if (!out_.wish_quick) out_.wish_quick = think_in_clause_;
            out_.wish_think = {};
            think_in_clause_ = {};
        }
        if (no.length > 0)
            negated_until_ = std::max(negated_until_, at + std::max(no.length, quick.length) + negation_reach);
    }

    void hard(Concept kind, std::string_view text) noexcept {
        if (out_.hard) return;
        out_.hard = {text};
        out_.hard_kind = kind;
    }

    void tasks(std::size_t at, bool starts) noexcept {
        for (const Concept kind : {Concept::proof, Concept::plan, Concept::analysis, Concept::design}) {
            const Match match = matches_.of(kind);
            if (match.length > 0 && counts_here(match, at, starts)) hard(kind, text_at(at, match));
        }
        const Match debug = matches_.of(Concept::debug);
        if (debug.length > 0 && counts_here(debug, at, starts)) {
            ++out_.debug;
            if (debug.place == Place::start) hard(Concept::debug, text_at(at, debug));
        }
        if (starts && matches_.of(Concept::make).length > 0) {
            made_ = words_;
        } else if (made_ != nowhere && words_ - made_ <= making_reach) {
            constexpr std::array<std::array<Concept, 2>, 4> nouns{{{Concept::noun_plan, Concept::plan},
                                                                   {Concept::noun_analysis, Concept::analysis},
                                                                   {Concept::noun_proof, Concept::proof},
                                                                   {Concept::noun_design, Concept::design}}};
            for (const auto& [noun, kind] : nouns) {
                const Match match = matches_.of(noun);
                if (match.length > 0) hard(kind, text_at(at, match));
            }
        }
        if (words_ > 3) return;    // the message's own beginning
        const auto begins = [&](Concept which, Found& found) {
            const Match match = matches_.of(which);
            if (match.length > 0 && !found && counts_here(match, at, starts)) found = {text_at(at, match)};
        };
        if (starts) {
            begins(Concept::translate, out_.translate);
            begins(Concept::chat, out_.chat);
        }
        const Match carry_on = matches_.of(Concept::carry_on);
        if (starts && carry_on.length > 0 && carry_on.length + at + 24 >= text_.size())
            out_.carry_on = {text_at(at, carry_on)};
    }

    void turns(std::size_t at, bool starts) noexcept {
        const auto note = [&](Concept which, Found& found) {
            const Match match = matches_.of(which);
            if (match.length > 0 && !found && counts_here(match, at, starts)) found = {text_at(at, match)};
        };
        note(Concept::correction, out_.correction);
        note(Concept::contradiction, out_.contradiction);
        note(Concept::lookup, out_.lookup);
        note(Concept::translate, out_.translate);
    }

    std::string_view text_;
    Reading out_ = {};
    Matches matches_ = {};
    std::size_t words_ = 0;
    std::size_t start_ = nowhere;              // where the sentence proper begins; nowhere: at the next word
    std::size_t made_ = nowhere;               // the number of the word that is a verb of making, in this sentence
    std::size_t quoted_until_ = 0;
    std::size_t negated_until_ = 0;
    Found think_in_clause_ = {};
    bool in_code_ = false;
    bool in_option_ = false;                   // of a question with answers to choose from
    bool after_comma_ = false;
};

}  // namespace

Reading read(std::string_view plain_text) noexcept { return Reader(plain_text).run(); }

}  // namespace cortex::brain
