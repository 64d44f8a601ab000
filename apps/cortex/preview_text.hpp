#pragma once

#include <cortex/session.hpp>

#include <string>

namespace cortex::cli {

/// A request that would be sent, for people: the request line, its headers, the exact body, and why it is so.
std::string preview_text(const RequestPreview& preview);

}  // namespace cortex::cli
