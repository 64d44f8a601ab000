#pragma once

#include "dialects/failure.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace cortex::dialects {

/// How a word of google.rpc.Code is judged, as the HTTP mapping of Google's API design guide and the repeats of its SDKs have it. Nothing for a
/// word that is none.
std::optional<Verdict> judge_google_status(std::string_view word) noexcept;

/// "34.4s", as protobuf writes a duration in JSON; nothing for one that does not lie ahead.
std::optional<std::chrono::milliseconds> protobuf_duration(std::string_view text);

}  // namespace cortex::dialects
