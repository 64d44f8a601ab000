#include "turn_screen.hpp"

#include "output.hpp"
#include "tools/tool_trace.hpp"

#include <algorithm>

namespace cortex::cli {

void TurnScreen::show(const StreamChunk& chunk) {
    switch (chunk.chunk_type) {
        case ChunkType::content:
            if (parts_.text && !chunk.content.empty()) show_text(chunk.content);
            break;
        case ChunkType::thinking:
            if (parts_.thinking && !chunk.thinking_delta.empty()) show_thinking(chunk.thinking_delta);
            break;
        case ChunkType::tool_execution:
            close();   // whatever comes next, a spinner too, begins a line
            at_a_break_ = true;
            if (parts_.tools) show_calls(chunk);
            break;
        case ChunkType::tool_result:
            close();
            if (parts_.tools) show_result(chunk);
            break;
        case ChunkType::continuation: break;   // the answer goes on where it ended; the metadata tell who wrote it
    }
}

void TurnScreen::close() {
    if (thinking_open_) write_stderr("\n");
    thinking_open_ = false;
    if (text_open_) output_.write("\n");
    text_open_ = false;
}

void TurnScreen::show_text(std::string_view text) {
    if (at_a_break_) text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
    if (text.empty()) return;
    at_a_break_ = false;
    if (thinking_open_) close();
    output_.write_text(text);
    text_open_ = text.back() != '\n';
}

void TurnScreen::show_thinking(const std::string& text) {
    if (text_open_) close();
    // Dimmed piece by piece, so that a terminal is left as it was wherever the turn ends.
    write_stderr(dimmed(without_controls(text)));
    thinking_open_ = text.back() != '\n';
}

void TurnScreen::show_calls(const StreamChunk& chunk) {
    std::string names;
    for (const std::string& name : chunk.tools) names += (names.empty() ? "" : ", ") + name;
    write_stderr(dimmed("[calling " + without_controls(names) + "]") + "\n");
}

void TurnScreen::show_result(const StreamChunk& chunk) {
    const std::string line = trace_.take(chunk.tool_call_id);
    const std::string text = "[" + without_controls(chunk.tool_name) + (chunk.success ? "" : " failed") +
                             (line.empty() ? "" : ": " + without_controls(line)) + "]";
    write_stderr(dimmed(text) + "\n");
}

}  // namespace cortex::cli
