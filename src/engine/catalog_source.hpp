#pragma once

#include "core/catalog.hpp"
#include "core/credential.hpp"

#include <memory>
#include <string>

namespace cortex {

/// The catalogue with the rows of the file `models_path`, else of the one that CORTEX_MODELS_PATH names. Fails with a
/// ConfigError that contains the path.
Result<std::shared_ptr<const Catalog>> load_catalog(const std::string& models_path, const World& world);

}  // namespace cortex
