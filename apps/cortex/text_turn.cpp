#include "text_turn.hpp"

#include "output.hpp"
#include "signals.hpp"
#include "turn.hpp"

#include <cortex/error.hpp>

namespace cortex::cli {

Response show_as_text(Run& run, Signals& signals, Output& output) {
    bool line_open = false;
    const auto on_chunk = [&](const StreamChunk& chunk) {
        if (chunk.chunk_type != ChunkType::content || chunk.content.empty()) return;
        output.write_text(chunk.content);
        line_open = chunk.content.back() != '\n';
    };
    const auto close_line = [&] {
        if (line_open) output.write("\n");
    };
    try {
        Response response = follow(run, signals, output, on_chunk);
        close_line();
        return response;
    } catch (const Error&) {
        close_line();
        throw;
    } catch (const Interrupted&) {
        close_line();
        throw;
    }
}

Response show_whole_text(Run& run, Signals& signals, Output& output) {
    Response response = follow(run, signals, output, [](const StreamChunk&) {});
    output.write(response.content + "\n");
    return response;
}

}  // namespace cortex::cli
