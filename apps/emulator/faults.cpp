#include "faults.hpp"

#include "checks.hpp"
#include "text_util.hpp"

#include <charconv>

namespace emulator {

namespace {

int number_in(std::string_view text, std::string_view whole) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1) {
        refuse("--fault " + std::string(whole), "'" + std::string(text) + "' is no count");
    }
    return number;
}

}  // namespace

Step read_fault(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, ':');
    const std::string_view kind = parts.front();
    Step step;
    if (parts.size() > 1) {
        step.times = number_in(parts[1], text);
    }
    for (std::size_t i = 2; i < parts.size(); ++i) {
        const std::size_t equals = parts[i].find('=');
        if (equals == std::string_view::npos) {
            refuse("--fault " + std::string(text), "'" + std::string(parts[i]) + "' should be header=value");
        }
        step.headers.emplace_back(std::string(parts[i].substr(0, equals)), std::string(parts[i].substr(equals + 1)));
    }
    if (!kind.empty() && kind.find_first_not_of("0123456789") == std::string_view::npos) {
        const int status = number_in(kind, text);
        if (status < 400 || status > 599) {
            refuse("--fault " + std::string(text), "a status is between 400 and 599");
        }
        step.error = ErrorAnswer{status, {}, {}, {}};
    } else if (kind == "cut") {
        step.delivery.cut_after_bytes = 400;
    } else if (kind == "reset") {
        step.delivery.cut_after_bytes = 400;
        step.delivery.reset = true;
    } else if (kind == "hang") {
        step.delivery.hang_after_bytes = 400;
    } else if (kind == "drop") {
        step.delivery.drop = true;
    } else if (kind == "malformed") {
        step.faults.malformed_after_deltas = 1;
    } else if (kind == "stream-error") {
        step.faults.error_after_deltas = 1;
    } else if (kind == "exception") {
        step.frame = FrameFault{FrameFault::Kind::exception, 0, "throttlingException", "Too many requests", 0, {}};
    } else if (kind == "bad-crc") {
        step.frame.kind = FrameFault::Kind::message_crc;
        step.frame.after_events = 2;
    } else if (kind == "html") {
        step.raw =
            RawAnswer{502, {{"content-type", "text/html"}}, "<html><body><h1>502 Bad Gateway</h1></body></html>\n"};
    } else if (kind == "empty") {
        step.raw = RawAnswer{200, {{"content-type", "application/json"}}, {}};
    } else if (kind == "slow") {
        step.delivery.gap_ms = 150;
        if (parts.size() == 1) {
            step.times = -1;
        }
    } else {
        refuse("--fault " + std::string(text), "unknown fault");
    }
    return step;
}

std::string_view fault_help() noexcept {
    return "Faults of the first requests, KIND[:COUNT[:HEADER=VALUE]...]; may be repeated, and they come in that "
           "order:\n"
           "  529:2                  two overloaded answers (any status 400-599)\n"
           "  429:1:retry-after=1    one rate limit with a header\n"
           "  cut:1  reset:1         the connection closes (FIN, RST) inside the answer\n"
           "  hang:1                 the answer stops and the connection stays open\n"
           "  drop:1                 the connection closes before any answer\n"
           "  malformed:1            broken JSON in the stream\n"
           "  stream-error:1         an error event in the stream\n"
           "  exception:1  bad-crc:1 a throttling exception before any content, a corrupt frame (Bedrock's stream)\n"
           "  html:1  empty:1        a proxy's 502 page; a 200 with an empty body\n"
           "  slow                   150 ms between two events, always";
}

}  // namespace emulator
