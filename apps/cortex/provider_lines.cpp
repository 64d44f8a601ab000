#include "provider_lines.hpp"

#include <array>
#include <ctime>

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
    if (provider.health != "healthy") line += "  health: " + provider.health;
    return line;
}

std::string utc_time(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    std::array<char, 40> text{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return "a time that no calendar has";
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return {text.data(), size};
}

}  // namespace cortex::cli
