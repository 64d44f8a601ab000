#pragma once

#include <cortex/response.hpp>

#include <string>
#include <string_view>

namespace cortex::cli {

class Output;
class ToolTrace;

/// What a person sees of a turn while it runs: on standard output the text, on standard error, dimmed, the model's thinking, and a
/// line for the calls of each round and for each result.
class TurnScreen {
public:
    struct Parts {
        bool text = false;
        bool thinking = false;
        bool tools = false;
    };
    TurnScreen(Output& output, const ToolTrace& trace, Parts parts) : output_(output), trace_(trace), parts_(parts) {}

    void show(const StreamChunk& chunk);
    /// Ends a line that is open.
    void close();

private:
    void show_text(std::string_view text);
    void show_thinking(const std::string& text);
    void show_calls(const StreamChunk& chunk);
    void show_result(const StreamChunk& chunk);

    Output& output_;
    const ToolTrace& trace_;
    Parts parts_;
    bool text_open_ = false;
    bool thinking_open_ = false;
    bool at_a_break_ =
        false;  ///< Between two rounds, whose texts are set apart by blank lines: here the calls do that.
};

}  // namespace cortex::cli
