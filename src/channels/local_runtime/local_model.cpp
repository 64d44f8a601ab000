#include <cortex/error.hpp>
#include <cortex/local_model.hpp>

#include "channels/local_runtime/fetch.hpp"
#include "channels/local_runtime/home.hpp"
#include "channels/local_runtime/recipe.hpp"
#include "core/text.hpp"

#include <unistd.h>

namespace cortex::local_model {

namespace {

const channels::WeightRecipe& recipe_or_throw(std::string_view name) {
    if (const auto* recipe = channels::find_recipe(name)) return *recipe;
    std::vector<std::string> names;
    for (const auto& recipe : channels::known_recipes()) names.push_back(recipe.weights.name);
    throw_error({.code = ErrorCode::config,
                 .message = "No local model is called \"" + replace_invalid_utf8(name) + "\". Choose " + join_or(names) + "."});
}

}  // namespace

std::vector<Weights> known() {
    std::vector<Weights> all;
    for (const auto& recipe : channels::known_recipes()) all.push_back(recipe.weights);
    return all;
}

std::filesystem::path home() { return channels::Home::from_environment().root(); }

Status status(std::string_view name) {
    const auto& recipe = recipe_or_throw(name);
    const auto home = channels::Home::from_environment();
    Status result;
    result.weights = recipe.weights;
    result.path = home.weights(recipe.weights.name);
    std::error_code missing;
    const auto size = std::filesystem::file_size(result.path, missing);
    result.fetched = !missing;
    result.size_bytes = missing ? 0 : size;
    result.verified = result.fetched && channels::weights_verified(home, recipe);
    if (const auto own = channels::environment_value("CORTEX_LLAMA_SERVER"); !own.empty()) {
        result.runtime = own;
        result.runtime_installed = ::access(own.c_str(), X_OK) == 0;
    } else {
        const auto& runtime = channels::pinned_runtime();
        result.runtime = runtime.package + " " + runtime.version;
        result.runtime_installed = channels::runtime_installed(home, runtime);
    }
    return result;
}

Status pull(const PullOptions& options) {
    const auto& recipe = recipe_or_throw(options.name);
    const auto before = status(options.name);
    if (before.runtime_installed && (before.verified || options.runtime_only)) return before;
    channels::FetchJob job{.recipe = recipe, .runtime = channels::pinned_runtime()};
    job.serve_from_runtime = channels::environment_value("CORTEX_LLAMA_SERVER").empty();
    job.runtime_only = options.runtime_only;
    if (!options.from_file.empty()) job.from_file = std::filesystem::absolute(options.from_file);
    job.progress = options.progress;
    job.stop = options.stop;
    if (auto fetched = channels::fetch(channels::Home::from_environment(), job); !fetched)
        throw_error(std::move(fetched).error());
    if (options.progress) options.progress(1.0, options.runtime_only ? "The runtime is ready" : recipe.weights.name + " is ready");
    return status(options.name);
}

bool remove(std::string_view name) {
    auto removed = channels::remove_weights(channels::Home::from_environment(), recipe_or_throw(name), channels::known_recipes());
    if (!removed) throw_error(std::move(removed).error());
    return *removed;
}

}  // namespace cortex::local_model
