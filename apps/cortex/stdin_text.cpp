#include "stdin_text.hpp"

#include <cortex/error.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cortex::cli {

std::string read_stdin() {
    // No vendor takes a request of this size; without a bound, `yes | cortex run -` would eat the machine's memory.
    constexpr std::size_t largest = std::size_t{256} << 20U;
    constexpr std::size_t step = std::size_t{1} << 20U;
    std::string text;
    for (;;) {
        const std::size_t size = text.size();
        text.resize(size + step);
        const auto count = ::read(STDIN_FILENO, text.data() + size, step);
        text.resize(size + (count > 0 ? static_cast<std::size_t>(count) : 0));
        if (count == 0) return text;
        if (count < 0 && errno != EINTR)
            throw_error({.code = ErrorCode::config,
                         .message = std::string("Standard input cannot be read: ") + std::strerror(errno) +
                                    ". Pipe the prompt into the program, or give it in quotes."});
        if (text.size() > largest)
            throw_error({.code = ErrorCode::config,
                         .message = "The prompt on standard input is larger than 256 MiB. Shorten it."});
    }
}

}  // namespace cortex::cli
