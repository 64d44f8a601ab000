#include "chat_input.hpp"

#include "output.hpp"
#include "signals.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace cortex::cli {

ChatInput::ChatInput(Signals& signals) : signals_(signals), interactive_(::isatty(STDIN_FILENO) == 1) {}

bool ChatInput::take_line(std::string& line) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        if (!ended_ || buffer_.empty()) return false;
        line = std::move(buffer_);   // the last line may lack its end
        buffer_.clear();
    } else {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
    }
    searched_ = 0;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return true;
}

ChatInput::Item ChatInput::next() {
    signals_.listen();
    std::string line;
    if (interactive_ && ::isatty(STDERR_FILENO) == 1) write_stderr("> ");
    for (;;) {
        if (const int signal = signals_.take()) return {.kind = Kind::signal, .signal = signal};
        if (take_line(line)) return {.kind = Kind::line, .line = std::move(line)};
        if (ended_) return {.kind = Kind::end};
        std::array<pollfd, 2> watched{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
        if (::poll(watched.data(), watched.size(), -1) < 0 || watched[0].revents == 0) continue;
        std::array<char, 65536> bytes;
        const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (count > 0)
            buffer_.append(bytes.data(), static_cast<std::size_t>(count));
        else if (count == 0 || (errno != EINTR && errno != EAGAIN))
            ended_ = true;
    }
}

}  // namespace cortex::cli
