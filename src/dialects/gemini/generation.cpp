#include "dialects/gemini/generation.hpp"

#include <algorithm>

namespace cortex::dialects::gemini {

bool is_third_generation(const ModelCall& call) noexcept {
    std::string_view name = call.wire_model;
    if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    constexpr std::string_view family = "gemini-";
    if (name.starts_with(family)) {
        name.remove_prefix(family.size());
        const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
        if (digits > 0) return digits > 1 || name.front() >= '3';
        if (name.ends_with("-latest")) return true;
    }
    return call.model != nullptr && call.model->thinking.by_word;
}

}  // namespace cortex::dialects::gemini
