#pragma once

#include "core/json.hpp"

#include <string>

namespace probe {

/// Signs the request that the object describes and gives one JSON object: `authorization`, and the headers that were added.
std::string signed_request(const cortex::JsonObject& request);

/// The service account's assertion, or its self-signed token, for the file, scope and time that the object names.
std::string assertion(const cortex::JsonObject& request);

}  // namespace probe
