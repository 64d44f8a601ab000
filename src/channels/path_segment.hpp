#pragma once

#include <string>
#include <string_view>

namespace cortex::channels {

/// A model's id as one segment of a URL's path: what would end the segment or start a query is percent-encoded; `:` and `@`
/// stay, as the vendors' SDKs leave them.
std::string path_segment(std::string_view id);

}  // namespace cortex::channels
