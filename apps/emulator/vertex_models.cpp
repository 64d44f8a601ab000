#include "vertex.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

// The ids of Google's model pages; up to 4.6 the models run in single regions too.
constexpr std::array<VertexModel, 15> models{{{"claude-fable-5-2", "claude-fable-5-2"},
                                              {"claude-fable-5-1", "claude-fable-5-1"},
                                              {"claude-fable-5", "claude-fable-5"},
                                              {"claude-opus-5-5", "claude-opus-5-5"},
                                              {"claude-opus-5", "claude-opus-5"},
                                              {"claude-opus-4-8", "claude-opus-4-8"},
                                              {"claude-opus-4-7", "claude-opus-4-7"},
                                              {"claude-opus-4-6", "claude-opus-4-6", true},
                                              {"claude-opus-4-5@20251101", "claude-opus-4-5-20251101", true},
                                              {"claude-sonnet-5-5", "claude-sonnet-5-5"},
                                              {"claude-sonnet-5", "claude-sonnet-5"},
                                              {"claude-sonnet-4-6", "claude-sonnet-4-6", true},
                                              {"claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929", true},
                                              {"claude-haiku-5-5", "claude-haiku-5-5"},
                                              {"claude-haiku-4-5@20251001", "claude-haiku-4-5-20251001", true}}};

bool all_of(std::string_view text, std::string_view allowed) noexcept {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

const VertexModel* find_vertex_model(std::string_view id) noexcept {
    const auto found =
        std::find_if(models.begin(), models.end(), [id](const VertexModel& model) { return model.id == id; });
    return found == models.end() ? nullptr : &*found;
}

bool is_location(std::string_view text) noexcept {
    if (text == "global" || text == "us" || text == "eu") {
        return true;
    }
    // us-east5, northamerica-northeast1
    const std::size_t hyphen = text.find('-');
    const std::size_t digit = text.find_first_of("0123456789");
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    return hyphen != std::string_view::npos && digit != std::string_view::npos && hyphen < digit &&
           all_of(text.substr(0, hyphen), letters) && all_of(text.substr(hyphen + 1, digit - hyphen - 1), letters) &&
           all_of(text.substr(digit), "0123456789");
}

}  // namespace emulator
