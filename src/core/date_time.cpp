#include "core/date_time.hpp"

#include "core/text.hpp"

#include <ctime>

namespace cortex {

std::optional<WallTime> parse_http_date(std::string_view text) {
    const std::string date(trim(text));
    for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* end = ::strptime(date.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') return std::chrono::system_clock::from_time_t(::timegm(&parts));
    }
    return std::nullopt;
}

}  // namespace cortex
