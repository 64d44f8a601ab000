#include "channels/google_location.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::channels {
namespace {

Result<void> check_name(std::string_view field, std::string_view name, std::string_view example) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (!name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits)) return {};
    return ErrorInfo{.code = ErrorCode::config,
                     .message = fmt::format("{} is no name that Google Cloud gives. Use lower-case letters, digits and hyphens, as in {}.", field, example)};
}

}  // namespace

std::string vertex_base_url(std::string_view location, std::string_view universe_domain, std::string_view version) {
    if (location == "global") return fmt::format("https://aiplatform.{}/{}", universe_domain, version);
    if (location == "us" || location == "eu") return fmt::format("https://aiplatform.{}.rep.{}/{}", location, universe_domain, version);
    return fmt::format("https://{}-aiplatform.{}/{}", location, universe_domain, version);
}

Result<void> check_location(std::string_view location, std::string_view field, std::string_view example) { return check_name(field, location, example); }

Result<void> check_project(std::string_view project, std::string_view field) {
    const std::size_t colon = project.rfind(':');
    return check_name(field, project.substr(colon == std::string_view::npos ? 0 : colon + 1), "my-project-1234");
}

}  // namespace cortex::channels
