#pragma once

#include "channels/local_runtime/home.hpp"
#include "channels/local_runtime/recipe.hpp"
#include "core/result.hpp"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>

namespace cortex::channels {

/// What `fetch` needs to know; `local_model::PullOptions` with the recipes looked up.
struct FetchJob {
    const WeightRecipe& recipe;
    const RuntimeRecipe& runtime;
    bool serve_from_runtime = true;   ///< False where the user serves with a llama-server of his own.
    bool runtime_only = false;
    std::filesystem::path from_file = {};
    std::function<void(double fraction, std::string_view line)> progress = {};
    std::stop_token stop = {};
};

/// Runs the fetching program (scripts/pull.py) to its end or to `stop`.
Result<void> fetch(const Home& home, const FetchJob& job);

bool weights_verified(const Home& home, const WeightRecipe& recipe);
bool runtime_installed(const Home& home, const RuntimeRecipe& runtime);

/// Deletes one model, and the runtime with the last of `all`. Whether anything was there.
Result<bool> remove_weights(const Home& home, const WeightRecipe& recipe, std::span<const WeightRecipe> all);

}  // namespace cortex::channels
