#include "channels/local_runtime/line_reader.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace cortex::channels {

bool LineReader::fill() {
    std::array<char, 4096> buffer;
    ssize_t got = 0;
    do got = ::read(fd_, buffer.data(), buffer.size());
    while (got < 0 && errno == EINTR);
    if (got <= 0) return false;
    pending_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> LineReader::next() {
    const auto end = pending_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    return line;
}

}  // namespace cortex::channels
