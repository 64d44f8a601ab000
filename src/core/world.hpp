#pragma once

#include "core/deadline.hpp"
#include "core/http.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex {

/// Files, as a credential source sees them.
struct Files {
    virtual ~Files() = default;
    /// The whole file; nothing where there is none (a missing folder on the way counts as that). Fails with a ConfigError that
    /// names the path for what cannot be read, is no regular file, or holds more than `limit` bytes.
    virtual Result<std::optional<std::string>> read(const std::string& path, std::size_t limit = std::size_t{1} << 20U) const = 0;
    /// Replaces the file as a whole, mode 0600: a reader sees the old content or the new, also after a crash. The folder is
    /// made if it is missing (0700). Fails with a StorageError that names the path.
    virtual Result<void> replace(const std::string& path, std::string_view content) const = 0;
};

struct ProcessRequest {
    std::vector<std::string> argv = {};   ///< argv[0] is looked up in PATH. No shell.
    std::vector<std::pair<std::string, std::string>> add_environment = {};
    std::chrono::milliseconds timeout{60'000};
    std::size_t output_limit = std::size_t{1} << 20U;   ///< Of each stream; a program that writes more is killed.
};

struct ProcessOutput {
    int exit_code = 0;   ///< 128 + the signal's number where one ended it.
    std::string out = {};
    std::string err = {};
};

/// Programs that are run to their end.
struct Processes {
    virtual ~Processes() = default;
    /// Standard input is empty, no descriptor of ours is inherited, the program has a process group of its own. Fails (`config`:
    /// cannot be started; `timeout`; `protocol`: wrote more than the limit; `cancelled`: `stop`); then the whole group was killed.
    virtual Result<ProcessOutput> run(const ProcessRequest& request, const std::stop_token& stop) const = 0;
};

/// A whole answer.
struct HttpAnswer {
    HttpHead head = {};
    std::string body = {};
};

/// One request at a time, waited for.
struct Web {
    virtual ~Web() = default;
    /// Any status is an answer. Redirects are not followed. Fails as a transport does: NetworkError, TimeoutError,
    /// ProtocolError (a body above 1 MiB), ConfigError (plain http to somewhere else), `cancelled` (`stop`).
    virtual Result<HttpAnswer> exchange(HttpRequest request, const std::stop_token& stop) const = 0;
};

/// Everything outside the process that a credential source may touch, replaceable in tests. What the pointers lead to
/// outlives every copy.
struct World {
    std::function<std::optional<std::string>(std::string_view name)> env = {};
    const Clock* clock = nullptr;
    Deadline deadline = {};
    const Files* files = nullptr;
    const Processes* processes = nullptr;
    const Web* web = nullptr;
    /// Waits before a repeat; returns early when `stop` is asked for.
    std::function<void(std::chrono::milliseconds, const std::stop_token&)> pause = {};
    /// So many bytes that nobody can guess.
    std::function<std::string(std::size_t)> random = {};
    std::stop_token stop = {};
};

/// The variable's value, where it is set and not empty (an empty variable counts as unset).
std::optional<std::string> env_value(const World& world, std::string_view name);

}  // namespace cortex
