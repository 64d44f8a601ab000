#pragma once

#include <optional>
#include <string>

namespace cortex::channels {

/// Cuts what arrives on a descriptor into lines.
class LineReader {
public:
    explicit LineReader(int fd) noexcept : fd_(fd) {}

    /// One read. False at the end of the input.
    bool fill();
    /// The next whole line without its newline.
    std::optional<std::string> next();

private:
    int fd_;
    std::string pending_;
};

}  // namespace cortex::channels
