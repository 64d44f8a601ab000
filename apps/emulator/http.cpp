#include "http.hpp"

#include "text_util.hpp"

#include <algorithm>

namespace emulator {

const std::string* find_header(const Headers& headers, std::string_view name) noexcept {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [name](const auto& header) { return same_ignoring_case(header.first, name); });
    return found == headers.end() ? nullptr : &found->second;
}

}  // namespace emulator
