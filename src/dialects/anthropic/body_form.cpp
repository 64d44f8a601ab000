#include "dialects/anthropic/body_form.hpp"

#include "core/text.hpp"

namespace cortex::dialects::anthropic {

std::vector<std::string_view> needed_betas(const ModelCall& call) {
    const bool interleaves = call.params.thinking_form() == LegalParams::ThinkingForm::budget && call.model->thinking.interleaves_by_header &&
                             call.prefix != nullptr && !call.prefix->tools.empty();
    if (!interleaves) return {};
    return {"interleaved-thinking-2025-05-14"};
}

std::vector<std::string> split_betas(std::string_view list) {
    std::vector<std::string> out;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view part = trim(list.substr(0, comma));
        if (!part.empty()) out.emplace_back(part);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return out;
}

}  // namespace cortex::dialects::anthropic
