#include "preview_text.hpp"

namespace cortex::cli {

std::string preview_text(const RequestPreview& preview) {
    std::string text = preview.method + " " + preview.url + "\n";
    for (const auto& [name, value] : preview.headers) text += name + ": " + value + "\n";
    text += "\n" + preview.body + "\n\n";
    text += "provider: " + preview.provider + "\n";
    text += "model: " + preview.model + "\n";
    for (const std::string& decision : preview.decisions) text += "decision: " + decision + "\n";
    text += "Nothing was sent.\n";
    return text;
}

}  // namespace cortex::cli
