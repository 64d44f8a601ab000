#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::channels {

/// The base URL of Vertex AI at a location, with the API's version: regions have hosts of their own, "global" the bare one,
/// and the multi-regions "us" and "eu" the ones that keep data there.
std::string vertex_base_url(std::string_view location, std::string_view universe_domain, std::string_view version);

/// Fails with a ConfigError that names `field` where the location cannot be part of a host. `example` shows what is right.
Result<void> check_location(std::string_view location, std::string_view field, std::string_view example);

/// Fails with a ConfigError where the project cannot be part of a path. "example.com:my-project", the form of domain-scoped
/// projects, is a project too.
Result<void> check_project(std::string_view project, std::string_view field);

}  // namespace cortex::channels
