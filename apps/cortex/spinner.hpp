#pragma once

#include <chrono>
#include <cstddef>

namespace cortex::cli {

/// A sign of life on standard error while nothing arrives; only where that is a terminal.
class Spinner {
public:
    Spinner();
    Spinner(const Spinner&) = delete;
    Spinner& operator=(const Spinner&) = delete;
    ~Spinner() { stop(); }

    /// How long to wait for news before the next `tick`, in milliseconds; -1 for ever.
    int wait_ms() const noexcept { return running_ ? 120 : -1; }
    void tick();
    void label(const char* what) noexcept { label_ = what; }
    /// Counts anew from now. The cursor must stand at the beginning of a line.
    void start() noexcept;
    /// Leaves the line as it was found, until the next `tick`.
    void hide() noexcept;
    /// Hides, and stays away.
    void stop() noexcept;

private:
    const bool terminal_;
    bool running_;
    bool shown_ = false;
    std::size_t frame_ = 0;
    const char* label_ = "waiting";
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace cortex::cli
