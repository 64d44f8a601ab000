#include "explain.hpp"

#include <array>
#include <cstdio>

namespace cortex::cli {
namespace {

std::string two_decimals(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    return text.data();
}

std::string because(const std::vector<std::string>& reasons) {
    std::string text;
    for (const std::string& reason : reasons) text += "  because: " + reason + "\n";
    return text;
}

std::string routing_text(const ResponseMetadata& metadata) {
    const RoutingReport& routing = metadata.routing;
    std::string text = "routing: ";
    if (!routing.kind.empty()) text += "kind " + routing.kind + ", ";
    text += "complexity " + two_decimals(routing.complexity) + ", uncertainty " + two_decimals(routing.uncertainty) +
            ", need " + two_decimals(routing.need) + ", threshold " + two_decimals(routing.threshold);
    if (!routing.role.empty()) text += ", role " + routing.role;
    if (!routing.path.empty()) text += " (" + routing.path + ")";
    text += ", model " + metadata.model_used;
    if (!metadata.provider.empty()) text += " of " + metadata.provider;
    return text + "\n" + because(routing.reasons);
}

std::string thinking_text(const ThinkingReport& thinking) {
    std::string text = std::string("thinking: ") + (thinking.enabled ? "on" : "off");
    if (!thinking.form.empty()) text += ", form " + thinking.form;
    if (thinking.budget > 0) text += ", budget " + std::to_string(thinking.budget) + " tokens";
    if (!thinking.effort.empty()) text += ", effort " + thinking.effort;
    text += ", " + std::to_string(thinking.tokens) + " tokens used";
    return text + "\n" + because(thinking.reasons);
}

std::string rounds_text(const ResponseMetadata& metadata) {
    if (metadata.steps_taken == 0) return {};
    std::string text =
        "tools: " + std::to_string(metadata.steps_taken) + (metadata.steps_taken == 1 ? " round, " : " rounds, ");
    for (std::size_t i = 0; i < metadata.tools_called.size(); ++i)
        text += (i == 0 ? "" : ", ") + metadata.tools_called[i];
    return text + "\n";
}

}  // namespace

std::string explanation(const ResponseMetadata& metadata) {
    return routing_text(metadata) + thinking_text(metadata.thinking) + rounds_text(metadata);
}

}  // namespace cortex::cli
