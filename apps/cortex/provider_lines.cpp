#include "provider_lines.hpp"

namespace cortex::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

}  // namespace

std::string provider_line(const ProviderStatus& provider) {
    std::string line = padded(provider.name, 12) + " " + padded(std::string(to_string(provider.status)), 9);
    if (!provider.credential_source.empty())
        line += "  credential: " + provider.credential_source;
    else if (!provider.auth_mode.empty())
        line += "  credential: " + std::string(provider.auth_mode == "none" || provider.auth_mode == "embedded"
                                                   ? "none needed"
                                                   : "none found");
    if (!provider.default_model.empty()) line += "  model: " + provider.default_model;
    if (!provider.base_url.empty()) line += "  at " + provider.base_url;
    return line;
}

}  // namespace cortex::cli
