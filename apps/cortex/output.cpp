#include "output.hpp"

#include "signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace cortex::cli {
namespace {

void wait_until_writable(int fd) {
    pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
    ::poll(&waiting, 1, -1);   // a signal ends it too; the next write tells
}

/// The length of a control character at `at` that must not reach a terminal, or 0.
std::size_t control_length(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0x7F || (byte < 0x20 && byte != '\n' && byte != '\t')) return 1;
    // U+0080 to U+009F: the eight-bit twins of ESC and its kind.
    if (byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0x80 &&
        static_cast<unsigned char>(text[at + 1]) < 0xA0)
        return 2;
    return 0;
}

}  // namespace

Output::Output() : terminal_(::isatty(STDOUT_FILENO) == 1) {
    struct stat what = {};
    if (::fstat(STDOUT_FILENO, &what) == 0 && (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode)))
        watch_fd_ = STDOUT_FILENO;
}

void Output::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EINTR) {
            if (const int signal = pending_signal()) throw Interrupted{signal};
        } else if (errno == EAGAIN) {
            wait_until_writable(STDOUT_FILENO);
            if (const int signal = pending_signal()) throw Interrupted{signal};
        } else if (errno == EPIPE || errno == ECONNRESET) {
            throw ReaderGone{};
        } else {
            throw OutputFailed{errno};
        }
    }
}

void Output::write_text(std::string_view text) {
    if (terminal_)
        write(without_controls(text));
    else
        write(text);
}

void Output::require_open() const {
    const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) throw OutputFailed{EBADF};
}

bool stderr_is_terminal() noexcept {
    if (::isatty(STDERR_FILENO) != 1) return false;
    const char* kind = std::getenv("TERM");
    return kind != nullptr && std::string_view(kind) != "dumb" && *kind != '\0';
}

std::string dimmed(const std::string& text) {
    const char* plain = std::getenv("NO_COLOR");
    if (!stderr_is_terminal() || (plain != nullptr && *plain != '\0')) return text;
    return "\x1b[2m" + text + "\x1b[0m";
}

void write_stderr(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR || pending_signal() != 0)
            return;
    }
}

void say(std::string_view sentence) {
    std::string line = "cortex: " + without_controls(sentence);
    std::replace(line.begin(), line.end(), '\n', ' ');
    write_stderr(line + "\n");
}

std::string without_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t length = control_length(text, at)) {
            if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) out += '\n';
            at += length;
        } else {
            out += text[at++];
        }
    }
    return out;
}

void claim_standard_descriptors() noexcept {
    for (int fd = 0; fd < 3; ++fd) {
        if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        // Standard output stays unwritable on purpose: an answer that goes nowhere is an error.
        const int placed = ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
        if (placed > fd) ::close(placed);
    }
}

}  // namespace cortex::cli
