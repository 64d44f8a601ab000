#pragma once

#include <string>
#include <string_view>

namespace cortex::cli {

/// The reader of standard output went away (`| head -1`): the program ends quietly.
struct ReaderGone {};

/// Standard output cannot be written: a full disk, or it was closed.
struct OutputFailed {
    int error = 0;   ///< errno
};

/// Standard output: answers, and nothing else. Unbuffered, so that what is written has been seen.
class Output {
public:
    Output();

    bool terminal() const noexcept { return terminal_; }
    /// Throws ReaderGone, OutputFailed, or Interrupted while a slow reader blocks.
    void write(std::string_view text);
    /// Model text: to a terminal without the control characters that could reprogram it.
    void write_text(std::string_view text);
    /// Throws OutputFailed if it was closed before the program began, so that no request is paid for in vain.
    void require_open() const;
    /// For `poll`: becomes POLLERR when the reader goes away; -1 where that cannot be told.
    int watch_fd() const noexcept { return watch_fd_; }

private:
    bool terminal_ = false;
    int watch_fd_ = -1;
};

/// Whether standard error is a terminal that understands cursor movements.
bool stderr_is_terminal() noexcept;

/// The text as something in the background, where standard error is a terminal that can show that (and NO_COLOR is not set).
std::string dimmed(const std::string& text);

/// Writes to standard error as it is; a failure there has nowhere to go.
void write_stderr(std::string_view text) noexcept;
/// One line on standard error: "cortex: " and the sentence, control characters replaced.
void say(std::string_view sentence);

/// Text without control characters other than newline and tab.
std::string without_controls(std::string_view text);

/// A file descriptor below 3 that is closed would be given to the next socket, and the answer written into it.
void claim_standard_descriptors() noexcept;

}  // namespace cortex::cli
