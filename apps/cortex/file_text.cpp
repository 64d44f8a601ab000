#include "file_text.hpp"

#include <cortex/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace cortex::cli {

std::string read_file(const std::string& path, const char* advice) {
    const auto refuse = [&](int error) {
        throw_error({.code = ErrorCode::config,
                     .message = (path.empty() ? std::string("A file without a name") : path) + " cannot be read: " + std::strerror(error) + ". " + advice});
    };
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) refuse(errno);
    constexpr std::size_t largest = std::size_t{16} << 20U;
    std::string text;
    char buffer[16384];
    for (;;) {
        const auto count = ::read(fd, buffer, sizeof buffer);
        if (count < 0) {
            const int error = errno;
            if (error == EINTR) continue;
            ::close(fd);
            refuse(error);
        }
        if (count == 0) break;
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > largest) {
            ::close(fd);
            refuse(EFBIG);
        }
    }
    ::close(fd);
    return text;
}

}  // namespace cortex::cli
