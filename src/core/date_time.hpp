#pragma once

#include "core/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex {

/// An HTTP date (RFC 9110, 5.6.7: the fixed form and both obsolete ones).
std::optional<WallTime> parse_http_date(std::string_view text);

/// A date and time of day as clouds write them (RFC 3339 and its neighbours): `2026-11-28T12:00:00Z`, with a fraction of any
/// length, with an offset (`+00:00`, `+0000`), with `UTC` in place of `Z`, or without any zone, which means UTC. Nothing for
/// anything else, a date that no calendar has included.
std::optional<WallTime> parse_iso8601(std::string_view text);

/// `2026-11-28T12:00:00Z`, whole seconds, rounded down.
std::string format_iso8601(WallTime when);

/// `20261128T120000Z`, as AWS signatures write it.
std::string format_basic(WallTime when);

}  // namespace cortex
