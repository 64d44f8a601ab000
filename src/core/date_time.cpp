#include "core/date_time.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cortex {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> days{"monday", "tuesday", "wednesday", "thursday",
                                               "friday", "saturday", "sunday"};

/// Date and time of day as they are written, not yet known to exist.
struct Civil {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    chrono::nanoseconds fraction{0};
    chrono::minutes offset{0};
};

/// Reads from the front; the first piece that is not there makes all later ones fail too.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool literal(std::string_view wanted) {
        const bool there = rest_.size() >= wanted.size() && iequals(rest_.substr(0, wanted.size()), wanted);
        if (there) rest_.remove_prefix(wanted.size());
        return there;
    }
    Reader& need(std::string_view wanted) {
        if (!literal(wanted)) fail();
        return *this;
    }
    /// Exactly so many digits.
    Reader& number(std::size_t digits, int& out) {
        if (rest_.size() < digits) return fail();
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest_[i])) return fail();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        out = value;
        return *this;
    }
    Reader& time_of_day(Civil& out) {
        number(2, out.hour).need(":").number(2, out.minute).need(":").number(2, out.second);
        if (rest_.empty() || rest_.front() != '.') return *this;
        rest_.remove_prefix(1);
        if (rest_.empty() || !is_digit(rest_.front())) return fail();
        std::int64_t unit = 100'000'000;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), unit /= 10)
            out.fraction += chrono::nanoseconds(unit * (rest_.front() - '0'));
        return *this;
    }
    Reader& month(int& out) {
        for (std::size_t i = 0; i < months.size(); ++i)
            if (literal(months[i])) {
                out = static_cast<int>(i) + 1;
                return *this;
            }
        return fail();
    }
    /// A day's name, which is not compared with the date.
    Reader& weekday(bool whole) {
        for (const std::string_view name : days)
            if (literal(whole ? name : name.substr(0, 3))) return *this;
        return fail();
    }
    bool sign() const noexcept { return !rest_.empty() && (rest_.front() == '+' || rest_.front() == '-'); }
    Reader& offset(chrono::minutes& out) {
        const int sign = rest_.front() == '-' ? -1 : 1;
        rest_.remove_prefix(1);
        int hour = 0;
        int minute = 0;
        number(2, hour);
        literal(":");
        number(2, minute);
        if (hour > 23 || minute > 59) return fail();
        out = sign * (chrono::hours(hour) + chrono::minutes(minute));
        return *this;
    }
    bool at_end() const noexcept { return !failed_ && rest_.empty(); }

private:
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
    Reader& fail() {
        failed_ = true;
        rest_ = {};
        return *this;
    }

    std::string_view rest_;
    bool failed_ = false;
};

std::optional<WallTime> moment(const Civil& civil) {
    const chrono::year_month_day date{chrono::year(civil.year), chrono::month(static_cast<unsigned>(civil.month)),
                                      chrono::day(static_cast<unsigned>(civil.day))};
    if (!date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 60) return std::nullopt;
    const chrono::sys_seconds seconds = chrono::sys_days(date) + chrono::hours(civil.hour) +
                                        chrono::minutes(civil.minute) + chrono::seconds(civil.second) - civil.offset;
    constexpr chrono::sys_seconds first = chrono::sys_days(chrono::year(1678) / 1 / 1);
    constexpr chrono::sys_seconds last = chrono::sys_days(chrono::year(2262) / 1 / 1) - chrono::seconds(1);
    if (seconds < first) return WallTime(first);
    if (seconds >= last) return WallTime(last);
    return WallTime(seconds) + chrono::duration_cast<WallTime::duration>(civil.fraction);
}

std::optional<WallTime> fixed_form(std::string_view text) {
    Civil out;
    Reader reader(text);
    reader.weekday(false).need(", ").number(2, out.day).need(" ").month(out.month).need(" ").number(4, out.year);
    reader.need(" ").time_of_day(out).need(" gmt");
    return reader.at_end() ? moment(out) : std::nullopt;
}

std::optional<WallTime> rfc850_form(std::string_view text) {
    Civil out;
    Reader reader(text);
    reader.weekday(true).need(", ").number(2, out.day).need("-").month(out.month).need("-").number(2, out.year);
    reader.need(" ").time_of_day(out).need(" gmt");
    out.year += out.year < 69 ? 2000 : 1900;  // as POSIX reads two digits
    return reader.at_end() ? moment(out) : std::nullopt;
}

std::optional<WallTime> asctime_form(std::string_view text) {
    Civil out;
    Reader reader(text);
    reader.weekday(false).need(" ").month(out.month).need(" ");
    if (reader.literal(" "))
        reader.number(1, out.day);
    else
        reader.number(2, out.day);
    reader.need(" ").time_of_day(out).need(" ").number(4, out.year);
    return reader.at_end() ? moment(out) : std::nullopt;
}

/// Writes `value` into the field that ends before `end`.
void put(std::string& text, std::size_t end, std::size_t digits, unsigned value) noexcept {
    for (std::size_t i = 0; i < digits; ++i, value /= 10) text[end - 1 - i] = static_cast<char>('0' + value % 10);
}

struct Written {
    unsigned year, month, day, hour, minute, second;
};

Written written(WallTime when) noexcept {
    const auto day = chrono::floor<chrono::days>(when);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss time(chrono::floor<chrono::seconds>(when - day));
    return {static_cast<unsigned>(static_cast<int>(date.year())), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()), static_cast<unsigned>(time.hours().count()),
            static_cast<unsigned>(time.minutes().count()), static_cast<unsigned>(time.seconds().count())};
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
    text = trim(text);
    for (const auto form : {fixed_form, rfc850_form, asctime_form})
        if (const auto when = form(text)) return when;
    return std::nullopt;
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
    Civil out;
    Reader reader(text);
    reader.number(4, out.year).need("-").number(2, out.month).need("-").number(2, out.day);
    if (!reader.literal(" ")) reader.need("T");
    reader.time_of_day(out);
    if (reader.sign())
        reader.offset(out.offset);
    else if (!reader.literal("Z"))
        reader.literal("UTC");
    return reader.at_end() ? moment(out) : std::nullopt;
}

std::string format_iso8601(WallTime when) {
    const Written parts = written(when);
    std::string out = "0000-00-00T00:00:00Z";
    put(out, 4, 4, parts.year);
    put(out, 7, 2, parts.month);
    put(out, 10, 2, parts.day);
    put(out, 13, 2, parts.hour);
    put(out, 16, 2, parts.minute);
    put(out, 19, 2, parts.second);
    return out;
}

std::string format_basic(WallTime when) {
    const Written parts = written(when);
    std::string out = "00000000T000000Z";
    put(out, 4, 4, parts.year);
    put(out, 6, 2, parts.month);
    put(out, 8, 2, parts.day);
    put(out, 11, 2, parts.hour);
    put(out, 13, 2, parts.minute);
    put(out, 15, 2, parts.second);
    return out;
}

}  // namespace cortex
