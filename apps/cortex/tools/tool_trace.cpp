#include "tools/tool_trace.hpp"

#include <utility>

namespace cortex::cli {
namespace {

// A model may call more often than anybody asks.
constexpr std::size_t most_lines = 1000;

}  // namespace

Tool ToolTrace::watched(Tool tool) const {
    tool.execute = [lines = lines_, execute = std::move(tool.execute)](const ToolCall& call) {
        ToolOutcome outcome = execute(call);
        std::string line = one_line(call.arguments, 60) + " -> " + one_line(outcome.content, 80);
        const std::lock_guard lock(lines->mutex);
        if (lines->by_call.size() >= most_lines) lines->by_call.clear();
        lines->by_call[call.id] = std::move(line);
        return outcome;
    };
    return tool;
}

std::string ToolTrace::take(const std::string& call_id) const {
    const std::lock_guard lock(lines_->mutex);
    const auto found = lines_->by_call.find(call_id);
    if (found == lines_->by_call.end()) return {};
    std::string line = std::move(found->second);
    lines_->by_call.erase(found);
    return line;
}

std::string one_line(std::string_view text, std::size_t most) {
    std::string out;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool begins = (byte & 0xC0U) != 0x80U;
        if (begins && ++characters > most) return out + "...";
        out += byte < 0x20 || byte == 0x7F ? ' ' : text[at];
    }
    return out;
}

}  // namespace cortex::cli
