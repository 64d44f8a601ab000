#include "schema/pattern.hpp"

#include <algorithm>
#include <bit>

namespace cortex::schema {
namespace {

constexpr char32_t last_code = 0x10FFFF;

bool is_word(char32_t code) noexcept {
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_';
}

/// The steps that a search stands on at one place of the text: each at most once, in no order that matters.
class Front {
public:
    explicit Front(std::size_t size) : slot_(size, 0) { members_.reserve(size); }

    bool add(std::uint32_t step) {
        const std::uint32_t slot = slot_[step];
        if (slot < members_.size() && members_[slot] == step) return false;
        slot_[step] = static_cast<std::uint32_t>(members_.size());
        members_.push_back(step);
        return true;
    }
    void clear() noexcept { members_.clear(); }
    const std::vector<std::uint32_t>& members() const noexcept { return members_; }

private:
    std::vector<std::uint32_t> members_;
    std::vector<std::uint32_t> slot_;
};

struct Place {
    bool start = false, end = false, word_before = false, word_after = false;
};

class Search {
public:
    explicit Search(const std::vector<PatternStep>& steps) : steps_(steps), now_(steps.size()), next_(steps.size()) {}

    Front& now() noexcept { return now_; }
    Front& next() noexcept { return next_; }

    /// Adds the step and all that it leads to without reading; true if that includes acceptance.
    bool enter(Front& front, std::uint32_t first, const Place& place) {
        waiting_.assign(1, first);
        while (!waiting_.empty()) {
            const std::uint32_t at = waiting_.back();
            waiting_.pop_back();
            if (!front.add(at)) continue;
            const PatternStep& step = steps_[at];
            bool passes = false;
            switch (step.kind) {
                case PatternStep::accept: return true;
                case PatternStep::one: break;
                case PatternStep::fork: waiting_.push_back(step.second); [[fallthrough]];
                case PatternStep::jump: waiting_.push_back(step.first); break;
                case PatternStep::at_start: passes = place.start; break;
                case PatternStep::at_end: passes = place.end; break;
                case PatternStep::at_word_edge: passes = place.word_before != place.word_after; break;
                case PatternStep::inside_word: passes = place.word_before == place.word_after; break;
            }
            if (passes) waiting_.push_back(at + 1);
        }
        return false;
    }

private:
    const std::vector<PatternStep>& steps_;
    Front now_, next_;
    std::vector<std::uint32_t> waiting_;
};

}  // namespace

void CodeSet::add(char32_t first, char32_t last) {
    for (char32_t code = first; code <= last && code < 128; ++code) ascii[code / 64] |= std::uint64_t{1} << (code % 64);
    if (last >= 128) ranges.emplace_back(std::max<char32_t>(first, 128), last);
}

void CodeSet::add(const CodeSet& other) {
    ascii[0] |= other.ascii[0];
    ascii[1] |= other.ascii[1];
    ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end());
}

void CodeSet::seal() {
    std::sort(ranges.begin(), ranges.end());
    std::vector<std::pair<char32_t, char32_t>> merged;
    for (const auto& range : ranges) {
        if (!merged.empty() && range.first <= merged.back().second + 1)
            merged.back().second = std::max(merged.back().second, range.second);
        else
            merged.push_back(range);
    }
    ranges = std::move(merged);
}

void CodeSet::invert() {
    seal();
    ascii[0] = ~ascii[0];
    ascii[1] = ~ascii[1];
    std::vector<std::pair<char32_t, char32_t>> gaps;
    char32_t from = 128;
    for (const auto& [first, last] : ranges) {
        if (first > from) gaps.emplace_back(from, first - 1);
        from = last + 1;
    }
    if (from <= last_code) gaps.emplace_back(from, last_code);
    ranges = std::move(gaps);
}

bool CodeSet::has_wide(char32_t code) const noexcept {
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), code,
                                        [](char32_t wanted, const auto& range) { return wanted < range.first; });
    return after != ranges.begin() && code <= std::prev(after)->second;
}

char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at++);
    if (lead < 0x80) return lead;
    const std::size_t more = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
    if (more == 0 || lead >= 0xF5 || at + more > text.size()) return 0xFFFD;
    char32_t code = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80) return 0xFFFD;
        code = code << 6U | (byte(at + i) & 0x3FU);
    }
    at += more;
    return code;
}

void Pattern::prepare_small() {
    const bool fits = steps_.size() <= 64 && std::none_of(steps_.begin(), steps_.end(), [](const PatternStep& step) {
                          return step.kind == PatternStep::at_word_edge || step.kind == PatternStep::inside_word;
                      });
    if (!fits) return;
    auto small = std::make_shared<Small>();
    Search search(steps_);
    Front front(steps_.size());
    for (unsigned where = 0; where < 4; ++where) {
        const Place place{.start = (where & 1U) != 0, .end = (where & 2U) != 0};
        for (std::uint32_t first = 0; first < steps_.size(); ++first) {
            front.clear();
            const bool accepts = search.enter(front, first, place);
            for (const std::uint32_t step : front.members())
                if (steps_[step].kind == PatternStep::one) small->reach[where][first] |= std::uint64_t{1} << step;
            // The acceptance is the last step; no other may have been followed once it was met.
            if (accepts) small->reach[where][first] |= std::uint64_t{1} << (steps_.size() - 1);
        }
    }
    small->accepting = std::uint64_t{1} << (steps_.size() - 1);
    small_ = std::move(small);
}

bool Pattern::found_by_small(std::string_view text, std::size_t& budget) const {
    const Small& small = *small_;
    std::uint64_t now = small.reach[text.empty() ? 3 : 1][0];
    for (std::size_t at = 0;;) {
        if ((now & small.accepting) != 0) return true;
        if (at == text.size() || (anchored_ && now == 0)) return false;
        const auto work = static_cast<std::size_t>(std::popcount(now)) + 1;
        if (work >= budget) {
            budget = 0;
            return false;
        }
        budget -= work;
        const char32_t code = next_code_point(text, at);
        const std::uint64_t* const reach = small.reach[at == text.size() ? 2 : 0];
        std::uint64_t next = anchored_ ? 0 : reach[0];
        for (; now != 0; now &= now - 1) {
            const auto step = static_cast<std::size_t>(std::countr_zero(now));
            if (sets_[steps_[step].first].has(code)) next |= reach[step + 1];
        }
        now = next;
    }
}

bool Pattern::found_in(std::string_view text, std::size_t& budget) const {
    if (small_) return found_by_small(text, budget);
    Search search(steps_);
    bool word_before = false;
    for (std::size_t at = 0;;) {
        const bool end = at == text.size();
        std::size_t behind = at;
        const char32_t code = end ? 0 : next_code_point(text, behind);
        const Place place{.start = at == 0, .end = end, .word_before = word_before, .word_after = !end && is_word(code)};
        // What survived the last character waits in `next`, as steps whose surroundings were not known until now.
        for (const std::uint32_t step : search.next().members())
            if (search.enter(search.now(), step, place)) return true;
        search.next().clear();
        if ((at == 0 || !anchored_) && search.enter(search.now(), 0, place)) return true;
        if (end || (anchored_ && search.now().members().empty())) return false;

        const std::size_t work = search.now().members().size() + 1;
        if (work >= budget) {
            budget = 0;
            return false;
        }
        budget -= work;
        for (const std::uint32_t step : search.now().members())
            if (steps_[step].kind == PatternStep::one && sets_[steps_[step].first].has(code)) search.next().add(step + 1);
        search.now().clear();
        word_before = place.word_after;
        at = behind;
    }
}

}  // namespace cortex::schema
