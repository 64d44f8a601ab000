#include "channels/path_segment.hpp"

#include "core/percent.hpp"

namespace cortex::channels {

std::string path_segment(std::string_view id) { return percent_encode(id, ":@"); }

}  // namespace cortex::channels
