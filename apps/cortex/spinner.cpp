#include "spinner.hpp"

#include "output.hpp"

#include <array>
#include <string>

namespace cortex::cli {
namespace {

constexpr const char* erase_line = "\r\x1b[K";

}  // namespace

Spinner::Spinner() : terminal_(stderr_is_terminal()), running_(terminal_) {}

void Spinner::tick() {
    if (!running_) return;
    constexpr std::array<const char*, 4> frames{"-", "\\", "|", "/"};
    const auto waited = std::chrono::steady_clock::now() - began_;
    // A quick answer needs no sign of life.
    if (waited < std::chrono::milliseconds(400)) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
    write_stderr(std::string(erase_line) + frames[frame_++ % frames.size()] + " " + label_ + " " +
                 std::to_string(seconds) + " s");
    shown_ = true;
}

void Spinner::start() noexcept {
    hide();
    running_ = terminal_;
    began_ = std::chrono::steady_clock::now();
}

void Spinner::hide() noexcept {
    if (shown_) write_stderr(erase_line);
    shown_ = false;
}

void Spinner::stop() noexcept {
    running_ = false;
    hide();
}

}  // namespace cortex::cli
