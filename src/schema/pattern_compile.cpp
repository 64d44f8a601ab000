// The reader of patterns: text to a tree, the tree to steps. The tree is there because a counted repetition is written out as
// copies of what it repeats.

#include "schema/pattern.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <limits>
#include <optional>
#include <tuple>

namespace cortex::schema {
namespace {

constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t largest_count = 100'000;
constexpr int deepest_group = 100;

struct Part {
    enum Kind { nothing, set, sequence, choice, repeat, assertion };
    Kind kind = nothing;
    std::uint32_t number = 0;               ///< set: its number; assertion: the step's kind.
    std::uint32_t least = 0, most = 0;      ///< repeat
    std::vector<std::uint32_t> inner = {};  ///< Numbers of parts.
};

CodeSet range_set(std::initializer_list<std::pair<char32_t, char32_t>> ranges) {
    CodeSet set;
    for (const auto& [first, last] : ranges) set.add(first, last);
    return set;
}

/// \d \w \s, and their opposites in capitals.
std::optional<CodeSet> class_of(char32_t letter) {
    CodeSet set;
    switch (letter) {
        case 'd': case 'D': set = range_set({{'0', '9'}}); break;
        case 'w': case 'W': set = range_set({{'0', '9'}, {'a', 'z'}, {'A', 'Z'}, {'_', '_'}}); break;
        case 's': case 'S':   // ECMA-262 WhiteSpace and LineTerminator
            set = range_set({{9, 13}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029},
                             {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}});
            break;
        default: return std::nullopt;
    }
    if (letter < 'a') set.invert();
    return set;
}

}  // namespace

class PatternCompiler {
public:
    explicit PatternCompiler(std::string_view text) { pattern_.text_ = text; }

    Result<Pattern> run() {
        const std::uint32_t root = choice(0);
        if (failure_.empty() && !done()) fail("a ')' closes nothing");
        if (failure_.empty()) emit(root);
        push({PatternStep::accept, 0, 0});
        if (!failure_.empty())
            return ErrorInfo{.code = ErrorCode::config,
                             .message = fmt::format("the pattern {} cannot be used: {} (at byte {})", shown(), failure_, failed_at_)};
        pattern_.anchored_ = begins_at_start(root);
        for (CodeSet& set : pattern_.sets_) set.seal();
        pattern_.prepare_small();
        return std::move(pattern_);
    }

private:
    std::string shown() const { return pattern_.text_.size() <= 80 ? pattern_.text_ : pattern_.text_.substr(0, 77) + "..."; }
    std::string_view text() const noexcept { return pattern_.text_; }
    bool done() const noexcept { return at_ >= pattern_.text_.size() || !failure_.empty(); }
    char peek() const noexcept { return pattern_.text_[at_]; }
    bool take(std::string_view wanted) noexcept {
        if (text().substr(at_, wanted.size()) != wanted) return false;
        at_ += wanted.size();
        return true;
    }
    char32_t next() noexcept { return next_code_point(text(), at_); }
    void fail(std::string_view reason) {
        if (!failure_.empty()) return;
        failure_ = reason;
        failed_at_ = at_;
    }

    std::uint32_t add(Part part) {
        parts_.push_back(std::move(part));
        return static_cast<std::uint32_t>(parts_.size() - 1);
    }
    std::uint32_t add_set(CodeSet set) {
        pattern_.sets_.push_back(std::move(set));
        return add({.kind = Part::set, .number = static_cast<std::uint32_t>(pattern_.sets_.size() - 1)});
    }
    std::uint32_t add_assertion(PatternStep::Kind kind) { return add({.kind = Part::assertion, .number = kind}); }

    std::uint32_t choice(int depth) {
        std::vector<std::uint32_t> ways;
        do ways.push_back(sequence(depth));
        while (failure_.empty() && take("|"));
        return ways.size() == 1 ? ways.front() : add({.kind = Part::choice, .inner = std::move(ways)});
    }

    std::uint32_t sequence(int depth) {
        std::vector<std::uint32_t> terms;
        while (!done() && peek() != '|' && peek() != ')') {
            std::uint32_t term = atom(depth);
            if (!failure_.empty()) break;
            term = repeated(term);
            terms.push_back(term);
        }
        return add({.kind = Part::sequence, .inner = std::move(terms)});
    }

    std::uint32_t atom(int depth) {
        if (take("^")) return add_assertion(PatternStep::at_start);
        if (take("$")) return add_assertion(PatternStep::at_end);
        if (take("(")) return group(depth);
        if (take("[")) return add_set(bracket());
        if (take("\\")) return escape();
        if (peek() == '*' || peek() == '+' || peek() == '?' || braces()) {
            fail("there is nothing to repeat");
            return add({});
        }
        if (take(".")) {
            CodeSet set = range_set({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}});
            set.invert();
            return add_set(std::move(set));
        }
        const char32_t code = next();
        return add_set(range_set({{code, code}}));
    }

    std::uint32_t group(int depth) {
        if (depth >= deepest_group) {
            fail("groups are nested too deeply");
            return add({});
        }
        if (take("?")) {
            if (take("<")) {
                if (!done() && (peek() == '=' || peek() == '!')) fail("look-behind is not supported");
                while (!done() && peek() != '>' && peek() != ')') ++at_;
                if (!take(">")) fail("the group's name has no end");
            } else if (!take(":")) {
                fail(!done() && (peek() == '=' || peek() == '!') ? "look-ahead is not supported" : "no such kind of group");
            }
        }
        const std::uint32_t inner = choice(depth + 1);
        if (failure_.empty() && !take(")")) fail("a '(' is not closed");
        return inner;
    }

    std::uint32_t escape() {
        if (done()) {
            fail("a '\\' stands at the end");
            return add({});
        }
        if (take("b")) return add_assertion(PatternStep::at_word_edge);
        if (take("B")) return add_assertion(PatternStep::inside_word);
        if (auto set = class_of(static_cast<unsigned char>(peek()))) {
            ++at_;
            return add_set(std::move(*set));
        }
        const char32_t code = escaped_code();
        return add_set(range_set({{code, code}}));
    }

    /// Behind a backslash: one character, however it is written.
    char32_t escaped_code() {
        const char32_t letter = next();
        switch (letter) {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case 'x': return hexadecimal(2).value_or(0);
            case 'u': return unicode();
            case '0':
                if (!done() && peek() >= '0' && peek() <= '9') fail("octal escapes are not supported");
                return 0;
            case 'c': {
                const char32_t control = done() ? 0 : next();
                const char32_t lower = control | 0x20U;
                if (lower < 'a' || lower > 'z') fail("\\c needs a letter");
                return control % 32;
            }
            case 'p': case 'P': fail("\\p{...} is not supported"); return 0;
            case 'k': fail("back references are not supported"); return 0;
            default: break;
        }
        if (letter >= '1' && letter <= '9') fail("back references are not supported");
        if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) fail("no such escape");
        return letter;
    }

    std::optional<char32_t> hexadecimal(std::size_t digits) {
        char32_t code = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = at_ < text().size() ? peek() : '\0';
            const char lower = static_cast<char>(c | 0x20);
            if (c >= '0' && c <= '9')
                code = code * 16 + static_cast<char32_t>(c - '0');
            else if (lower >= 'a' && lower <= 'f')
                code = code * 16 + static_cast<char32_t>(lower - 'a' + 10);
            else {
                fail("a hexadecimal digit is missing");
                return std::nullopt;
            }
            ++at_;
        }
        return code;
    }

    char32_t unicode() {
        if (take("{")) {
            char32_t code = 0;
            while (!done() && peek() != '}') {
                code = code * 16 + hexadecimal(1).value_or(0);
                if (code > 0x10FFFF) fail("no such character");
            }
            if (!take("}")) fail("a '}' is missing");
            return code;
        }
        const char32_t high = hexadecimal(4).value_or(0);
        if (high < 0xD800 || high >= 0xDC00 || text().substr(at_, 2) != "\\u") return high;
        at_ += 2;
        const char32_t low = hexadecimal(4).value_or(0);
        if (low < 0xDC00 || low >= 0xE000) fail("half of a surrogate pair is missing");
        return 0x10000 + ((high - 0xD800) << 10U) + ((low - 0xDC00) & 0x3FFU);
    }

    CodeSet bracket() {
        CodeSet set;
        const bool inverted = take("^");
        while (!done() && peek() != ']') {
            CodeSet whole;
            const std::optional<char32_t> first = member(whole);
            set.add(whole);
            if (!first) continue;
            if (done() || peek() != '-' || at_ + 1 >= text().size() || text()[at_ + 1] == ']') {
                set.add(*first, *first);
                continue;
            }
            ++at_;
            const std::optional<char32_t> last = member(set);
            if (!last) {   // "a-\d": the dash stands for itself
                set.add(*first, *first);
                set.add('-', '-');
            } else if (*last < *first) {
                fail("a range in brackets runs backwards");
            } else {
                set.add(*first, *last);
            }
        }
        if (!take("]")) fail("a '[' is not closed");
        if (inverted) set.invert();
        return set;
    }

    /// One member of brackets: its character, or nothing where it is a class, which goes into `set`.
    std::optional<char32_t> member(CodeSet& set) {
        if (!take("\\")) return next();
        if (done()) {
            fail("a '\\' stands at the end");
            return std::nullopt;
        }
        if (take("b")) return U'\b';
        if (auto found = class_of(static_cast<unsigned char>(peek()))) {
            ++at_;
            set.add(*found);
            return std::nullopt;
        }
        return escaped_code();
    }

    std::uint32_t repeated(std::uint32_t term) {
        std::uint32_t least = 0, most = unlimited;
        if (done()) return term;
        if (take("+")) {
            least = 1;
        } else if (take("?")) {
            most = 1;
        } else if (!take("*")) {
            const auto counts = braces();
            if (!counts) return term;
            std::tie(least, most) = *counts;
        }
        take("?");   // lazy: finds the same texts
        if (parts_[term].kind == Part::assertion) fail("an anchor cannot be repeated");
        if (most < least) fail("the counts of a repetition run backwards");
        return add({.kind = Part::repeat, .least = least, .most = most, .inner = {term}});
    }

    /// "{2}", "{2,}" or "{2,5}", or nothing and not moved where a brace is only a brace.
    std::optional<std::pair<std::uint32_t, std::uint32_t>> braces() {
        const std::size_t before = at_;
        const auto number = [this]() -> std::optional<std::uint32_t> {
            std::optional<std::uint32_t> value;
            for (; !done() && peek() >= '0' && peek() <= '9'; ++at_)
                value = std::min(largest_count, value.value_or(0) * 10 + static_cast<std::uint32_t>(peek() - '0'));
            return value;
        };
        if (take("{")) {
            if (const auto least = number()) {
                std::uint32_t most = *least;
                if (take(",")) most = number().value_or(unlimited);
                if (take("}")) return std::pair(*least, most);
            }
        }
        at_ = before;
        return std::nullopt;
    }

    std::uint32_t here() const noexcept { return static_cast<std::uint32_t>(pattern_.steps_.size()); }
    std::uint32_t push(PatternStep step) {
        if (pattern_.steps_.size() >= Pattern::max_steps)
            fail(fmt::format("written out, it has more than {} steps", Pattern::max_steps));
        else
            pattern_.steps_.push_back(step);
        return here() - 1;
    }

    void emit(std::uint32_t number) {
        if (!failure_.empty()) return;
        const Part& part = parts_[number];
        switch (part.kind) {
            case Part::nothing: break;
            case Part::set: push({PatternStep::one, part.number, 0}); break;
            case Part::assertion: push({static_cast<PatternStep::Kind>(part.number), 0, 0}); break;
            case Part::sequence:
                for (const std::uint32_t term : part.inner) emit(term);
                break;
            case Part::choice: emit_choice(part); break;
            case Part::repeat: emit_repeat(part); break;
        }
    }

    void emit_choice(const Part& part) {
        std::vector<std::uint32_t> ends;
        for (std::size_t i = 0; i + 1 < part.inner.size() && failure_.empty(); ++i) {
            const std::uint32_t fork = push({PatternStep::fork, here() + 1, 0});
            emit(part.inner[i]);
            ends.push_back(push({PatternStep::jump, 0, 0}));
            pattern_.steps_[fork].second = here();
        }
        emit(part.inner.back());
        for (const std::uint32_t end : ends) pattern_.steps_[end].first = here();
    }

    void emit_repeat(const Part& part) {
        // What takes no step can be repeated as often as it likes without changing anything.
        for (std::uint32_t i = 0; i < part.least && failure_.empty(); ++i) {
            const std::uint32_t before = here();
            emit(part.inner.front());
            if (here() == before) return;
        }
        if (part.most == unlimited) {
            const std::uint32_t fork = push({PatternStep::fork, here() + 1, 0});
            emit(part.inner.front());
            push({PatternStep::jump, fork, 0});
            pattern_.steps_[fork].second = here();
            return;
        }
        // Each further copy may be left for the end at once, so that a search never follows a chain of them.
        std::vector<std::uint32_t> forks;
        for (std::uint32_t i = part.least; i < part.most && failure_.empty(); ++i) {
            const std::uint32_t before = here();
            forks.push_back(push({PatternStep::fork, before + 1, 0}));
            emit(part.inner.front());
            if (here() == before + 1) break;
        }
        for (const std::uint32_t fork : forks) pattern_.steps_[fork].second = here();
    }

    bool begins_at_start(std::uint32_t number) const {
        const Part& part = parts_[number];
        switch (part.kind) {
            case Part::assertion: return part.number == PatternStep::at_start;
            case Part::sequence: return !part.inner.empty() && begins_at_start(part.inner.front());
            case Part::choice:
                for (const std::uint32_t way : part.inner)
                    if (!begins_at_start(way)) return false;
                return true;
            default: return false;
        }
    }

    Pattern pattern_;
    std::vector<Part> parts_;
    std::size_t at_ = 0;
    std::string failure_;
    std::size_t failed_at_ = 0;
};

Result<Pattern> Pattern::compile(std::string_view text) { return PatternCompiler(text).run(); }

}  // namespace cortex::schema
