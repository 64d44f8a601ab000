#include "channels/local_runtime/model_file.hpp"

#include "channels/local_runtime/fetch.hpp"
#include "channels/local_runtime/home.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

namespace cortex::channels {

Result<std::filesystem::path> find_model_file(std::string_view model_path) {
    if (!model_path.empty()) return std::filesystem::path(model_path);
    if (const auto named = environment_value("CORTEX_LOCAL_MODEL"); !named.empty()) return std::filesystem::path(named);
    const auto home = Home::from_environment();
    const auto& recipe = known_recipes().front();
    if (weights_verified(home, recipe)) return home.weights(recipe.weights.name);
    return ErrorInfo{.code = ErrorCode::config,
                     .message = "The small local model is not on this machine (" + home.weights(recipe.weights.name).string() +
                                "). Fetch it with `cortex local pull`, set model_path or CORTEX_LOCAL_MODEL to a GGUF file, "
                                "or set base_url to a server that runs already.",
                     .provider = "local"};
}

Result<void> check_model_file(const std::filesystem::path& path) {
    std::error_code trouble;
    const bool regular = std::filesystem::is_regular_file(path, trouble);
    std::ifstream in(path, std::ios::binary);
    std::array<char, 4> magic{};
    if (!regular || !in)
        return ErrorInfo{.code = ErrorCode::config,
                         .message = "The model file " + path.string() + " cannot be read. "
                                    "Check model_path or CORTEX_LOCAL_MODEL, or fetch the default with `cortex local pull`.",
                         .provider = "local"};
    if (!in.read(magic.data(), magic.size()) || std::string_view(magic.data(), magic.size()) != "GGUF")
        return ErrorInfo{.code = ErrorCode::config,
                         .message = "The model file " + path.string() + " is no GGUF file. "
                                    "Set model_path or CORTEX_LOCAL_MODEL to one.",
                         .provider = "local"};
    return {};
}

}  // namespace cortex::channels
