#include "core/content.hpp"

namespace cortex {

std::string text_of(const Message& message) {
    std::string out;
    for (const ContentBlock& block : message.content)
        if (const auto* text = block.as<TextBlock>()) out += text->text;
    return out;
}

}  // namespace cortex
