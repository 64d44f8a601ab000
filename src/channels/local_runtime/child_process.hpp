#pragma once

#include "core/result.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace cortex::channels {

/// An open descriptor, closed when it goes.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

struct ChildSpec {
    std::vector<std::string> argv = {};           ///< The first is the program's path; no search along PATH.
    std::vector<std::string> environment = {};    ///< The whole of it, "NAME=value" each.
    std::filesystem::path log = {};               ///< Standard error is written here, from its beginning; empty: /dev/null.
    bool log_output = false;                      ///< Standard output goes to the log as well, not to `output()`.
    /// What the child gets when the *thread* that spawned it ends, the whole process included (PR_SET_PDEATHSIG).
    int death_signal = 9;
};

/// A program in a session and process group of its own, with no descriptor of ours but its three. Standard input is a
/// socket that stays open as long as this object: the child can take its end for ours. Ended and reaped with the object.
class ChildProcess {
public:
    /// The calling thread must outlive the child: see `ChildSpec::death_signal`.
    static Result<ChildProcess> spawn(const ChildSpec& spec);

    ChildProcess() = default;
    ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    explicit operator bool() const noexcept { return pid_ > 0; }
    pid_t pid() const noexcept { return pid_; }
    int output() const noexcept { return output_.get(); }
    /// Readable once the child has ended.
    int end_signal() const noexcept { return pidfd_.get(); }

    /// All of it, or false when the child does not listen any more.
    bool send(std::string_view bytes) noexcept;

    /// Its wait status once it has ended within `limit`, and then at every later call.
    std::optional<int> wait(std::chrono::milliseconds limit) noexcept;

    /// Asks the group to end, insists after `grace`, and reaps.
    void terminate(std::chrono::milliseconds grace) noexcept;

private:
    pid_t pid_ = -1;
    Descriptor pidfd_;
    Descriptor input_;
    Descriptor output_;
    std::optional<int> status_;
};

/// "exit code 1", "signal 9".
std::string describe_wait_status(int status);

/// The present environment without the variables that `drop` names.
std::vector<std::string> environment_without(bool (*drop)(std::string_view name));

}  // namespace cortex::channels
