#include "world/processes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace cortex::world {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

ProcessRequest shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

Result<ProcessOutput> run(const ProcessRequest& request, const std::stop_token& stop = {}) {
    return PosixProcesses().run(request, stop);
}

TEST(WorldProcesses, output_errors_and_exit_code) {
    const auto got = run(shell("printf out; printf err >&2; exit 7"));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->out, "out");
    EXPECT_EQ(got->err, "err");
    EXPECT_EQ(got->exit_code, 7);
    EXPECT_EQ(run({.argv = {"true"}})->exit_code, 0);
    EXPECT_EQ(run(shell("kill -TERM $$"))->exit_code, 128 + SIGTERM);
}

TEST(WorldProcesses, arguments_are_no_shell_text) {
    const auto got = run({.argv = {"printf", "%s|", "a b", "$HOME", "; exit 1", ""}});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->out, "a b|$HOME|; exit 1||");
}

TEST(WorldProcesses, standard_input_is_empty) { EXPECT_EQ(run({.argv = {"cat"}})->out, ""); }

TEST(WorldProcesses, variables_are_added_and_replace_those_of_the_host) {
    ASSERT_NE(::getenv("PATH"), nullptr);
    ProcessRequest request = shell("printf '%s %s' \"$ADDED\" \"$PATH\"");
    request.add_environment = {{"ADDED", "x=y"}, {"PATH", "/nowhere"}};
    EXPECT_EQ(run(request)->out, "x=y /nowhere");
    EXPECT_EQ(run(shell("printf %s \"$PATH\""))->out, ::getenv("PATH"));
}

TEST(WorldProcesses, both_streams_are_drained_at_once) {
    // More than a pipe holds, first on the stream that a careless reader reads last.
    const auto got = run(shell("head -c 300000 /dev/zero >&2; head -c 400000 /dev/zero"));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->err.size(), 300'000U);
    EXPECT_EQ(got->out.size(), 400'000U);
}

TEST(WorldProcesses, a_program_that_cannot_be_started_is_named_and_its_arguments_are_not) {
    for (const char* name : {"cortex-no-such-program", "/nowhere/program", "/dev/null", "/"}) {
        const auto got = run({.argv = {name, "--token=private"}});
        ASSERT_FALSE(got) << name;
        EXPECT_EQ(got.error().code, ErrorCode::config);
        EXPECT_THAT(got.error().message, HasSubstr(name));
        EXPECT_THAT(got.error().message, Not(HasSubstr("private")));
    }
    EXPECT_EQ(run({}).error().code, ErrorCode::config);
    EXPECT_EQ(run({.argv = {""}}).error().code, ErrorCode::config);
    EXPECT_EQ(run({.argv = {"echo", std::string("a\0b", 3)}}).error().code, ErrorCode::config);
}

/// Whether a process of that number runs; a zombie does not.
bool alive(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string number;
    std::string name;
    std::string state;
    return (file >> number >> name >> state) && state != "Z" && state != "X";
}

/// A script that starts a child of its own, says both their numbers in a file, and never ends.
class Endless {
public:
    enum class Note { pipe, file };   ///< A pipe makes the script wait for its reader, and the reader for the script.
    explicit Endless(Note note) {
        std::string pattern = testing::TempDir() + "cortex_processes_XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        ready_ = folder_ / "ready";
        if (note == Note::pipe) ::mkfifo(ready_.c_str(), 0600);
    }
    Endless(const Endless&) = delete;
    Endless& operator=(const Endless&) = delete;
    ~Endless() { std::filesystem::remove_all(folder_); }

    ProcessRequest request() const {
        return shell("sleep 1000 & echo $$ $! > '" + ready_.string() + "'; wait; echo private");
    }
    /// Whether both numbers are there; with a pipe, once they are.
    bool read_note() { return static_cast<bool>(std::ifstream(ready_) >> own_ >> child_); }
    void expect_gone() const {
        ASSERT_FALSE(own_.empty());
        // The program itself was reaped. Its child gets its signal with it, and whoever adopts it reaps it.
        EXPECT_FALSE(alive(own_));
        while (alive(child_)) std::this_thread::yield();
    }

private:
    std::filesystem::path folder_;
    std::filesystem::path ready_;
    std::string own_;
    std::string child_;
};

TEST(WorldProcesses, a_stop_kills_the_whole_group_at_once) {
    Endless program(Endless::Note::pipe);
    std::stop_source stop;
    std::jthread stopper([&] {
        program.read_note();
        stop.request_stop();
    });
    const auto got = run(program.request(), stop.get_token());
    stopper.join();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::cancelled);
    EXPECT_THAT(got.error().message, Not(HasSubstr("private")));
    program.expect_gone();
}

TEST(WorldProcesses, a_stop_before_the_start_starts_nothing) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(run({.argv = {"cortex-no-such-program"}}, stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST(WorldProcesses, a_program_that_does_not_end_in_time_is_killed_with_its_group) {
    Endless program(Endless::Note::file);
    ProcessRequest request = program.request();
    // As long as this machine needs to get both of them going.
    for (request.timeout = 100ms; !program.read_note() && request.timeout < 1min; request.timeout *= 2) {
        const auto got = run(request);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::timeout);
        EXPECT_THAT(got.error().message,
                    HasSubstr("The program sh did not end within " + std::to_string(request.timeout.count()) + " ms"));
    }
    program.expect_gone();
}

TEST(WorldProcesses, a_program_that_writes_too_much_is_killed) {
    for (const char* script : {"while :; do printf 0123456789; done", "while :; do printf 0123456789 >&2; done"}) {
        ProcessRequest request = shell(script);
        request.output_limit = 1000;
        const auto got = run(request);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::protocol);
        EXPECT_THAT(got.error().message, HasSubstr("1000 bytes"));
        EXPECT_THAT(got.error().message, Not(HasSubstr("0123")));
    }
    ProcessRequest exact = shell("printf 0123456789");
    exact.output_limit = 10;
    EXPECT_EQ(run(exact)->out, "0123456789");
    exact.output_limit = 9;
    EXPECT_FALSE(run(exact));
}

TEST(WorldProcesses, a_grandchild_that_keeps_the_streams_is_not_waited_for) {
    const auto got = run(shell("sleep 1000 & printf %s $!"));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_TRUE(alive(got->out));
    ::kill(std::stoi(got->out), SIGKILL);
}

TEST(WorldProcesses, no_descriptor_of_the_host_is_inherited) {
    const int careless = ::open("/dev/null", O_RDONLY);   // without close-on-exec
    ASSERT_GE(careless, 3);
    const auto got = run({.argv = {"sh", "-c", "ls /proc/self/fd"}});
    ::close(careless);
    // 3 is what `ls` itself opened to read that folder.
    EXPECT_EQ(got->out, "0\n1\n2\n3\n");
}

TEST(WorldProcesses, the_program_has_a_group_of_its_own_and_signals_as_at_birth) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    struct sigaction before {};
    ASSERT_EQ(::sigaction(SIGPIPE, &ignore, &before), 0);
    sigset_t blocked;
    sigset_t old;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
    const auto got = run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat; echo $$"));
    ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
    ::sigaction(SIGPIPE, &before, nullptr);
    ASSERT_TRUE(got);
    std::istringstream lines(got->out);
    std::string name;
    std::string value;
    for (const char* wanted : {"SigBlk:", "SigIgn:"}) {
        lines >> name >> value;
        EXPECT_EQ(name, wanted);
        // The C library keeps two of the signals above 31 for itself.
        EXPECT_EQ(std::stoull(value, nullptr, 16) & 0x7FFF'FFFFU, 0U) << wanted;
    }
    std::string group;
    std::string pid;
    lines >> group >> pid;
    EXPECT_EQ(group, pid);
    EXPECT_NE(group, std::to_string(::getpgrp()));
}

}  // namespace
}  // namespace cortex::world
