#pragma once

#include "core/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex {

// Both readers count to the nanosecond. A date that the clock cannot count to ("9999-12-31" for never) becomes the first or
// last day that leaves room for some arithmetic: 1678-01-01T00:00:00Z or 2261-12-31T23:59:59Z. A leap second is the next minute.

/// An HTTP date (RFC 9110, 5.6.7: the fixed form and both obsolete ones), also with a fraction of a second, as some services
/// write it. Independent of the locale. White space around it is allowed.
std::optional<WallTime> parse_http_date(std::string_view text);

/// A date and time of day as clouds write them (RFC 3339 and its neighbours): `2026-11-28T12:00:00Z`, with a fraction of any
/// length, with an offset (`+00:00`, `+0000`), with `UTC` in place of `Z`, with a space in place of `T`, or without any zone,
/// which means UTC. Nothing for anything else, a date that no calendar has included.
std::optional<WallTime> parse_iso8601(std::string_view text);

/// `2026-11-28T12:00:00Z`, whole seconds, rounded down.
std::string format_iso8601(WallTime when);

/// `20261128T120000Z`, as AWS signatures write it.
std::string format_basic(WallTime when);

}  // namespace cortex
