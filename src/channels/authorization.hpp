#pragma once

#include "core/credential.hpp"
#include "core/http.hpp"

#include <string_view>

namespace cortex::channels {

/// Adds the credential's secret: an api_key as `key_header`, a bearer token as `Authorization: Bearer`. A header of
/// that name that is already there stays (the user wrote it). Nothing for Kind::none.
void add_secret(HttpRequest& request, const Credential& credential, std::string_view key_header);

}  // namespace cortex::channels
