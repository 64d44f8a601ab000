#pragma once

#include <string>

namespace cortex::cli {

class Signals;

/// The user's side of a chat: one message a line, from a terminal (whose own line editing is used) or a pipe.
class ChatInput {
public:
    explicit ChatInput(Signals& signals);

    enum class Kind { line, end, signal };
    struct Item {
        Kind kind = Kind::end;
        std::string line = {};   ///< Without its end, "\n" or "\r\n".
        int signal = 0;
    };

    /// Prompts where a person types and reads, and waits for a line, the end of input or a signal.
    Item next();
    /// A person types here.
    bool interactive() const noexcept { return interactive_; }

private:
    bool take_line(std::string& line);

    Signals& signals_;
    bool interactive_;
    bool ended_ = false;
    std::string buffer_;
    std::size_t searched_ =
        0;   ///< No line ends before here, so that a long line is not read again for each piece of it.
};

}  // namespace cortex::cli
