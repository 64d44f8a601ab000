#include "engine/catalog_source.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace cortex {

Result<std::shared_ptr<const Catalog>> load_catalog(const std::string& models_path, const World& world) {
    const std::string path = !models_path.empty() ? models_path : env_value(world, "CORTEX_MODELS_PATH").value_or("");
    if (path.empty()) return Catalog::load();
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("The model catalogue {} cannot be read. Name a JSON file in models_path or CORTEX_MODELS_PATH.", path)};
    return Catalog::load(text.str(), path);
}

}  // namespace cortex
