#pragma once

namespace cortex::cli {

/// SIGINT and SIGTERM of this process. Made once, at the start of `main`.
///
/// Until `listen`, and for a second signal while the first is being obeyed, the program ends at once with 128 + signal. While
/// listening, a signal makes `fd()` readable, and whoever polls it decides what stops.
class Signals {
public:
    Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    void listen() noexcept;
    /// The next signal ends the program. One that has arrived and was not taken stays pending.
    void stop_listening() noexcept;
    /// The signal that is pending, or 0. Having taken one, the next ends the program.
    int take() noexcept;
    int fd() const noexcept { return read_end_; }
    /// The program is about to end with `code`: what has not wound up a second from now is left as it is.
    static void leave_soon(int code) noexcept;

private:
    int read_end_ = -1;
};

/// A signal has arrived and nobody has taken it: what blocks should give up. May be asked anywhere.
int pending_signal() noexcept;

/// Thrown where a signal ends what is being done.
struct Interrupted {
    int signal = 0;
    bool told = false;  ///< The user has read of it.
};

}  // namespace cortex::cli
