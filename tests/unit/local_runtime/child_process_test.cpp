#include "unit/local_runtime/support.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace cortex;
using namespace cortex::channels;
using namespace cortex::channels::testing;

namespace {

ChildSpec shell(const std::string& command) {
    ChildSpec spec;
    spec.argv = {"/bin/sh", "-c", command};
    spec.environment = {"PATH=/usr/bin:/bin"};
    return spec;
}

std::string first_line(ChildProcess& child) {
    LineReader lines(child.output());
    while (true) {
        if (auto line = lines.next()) return *line;
        if (!lines.fill()) return "(end)";
    }
}

}  // namespace

TEST(ChildProcess, says_why_a_program_cannot_be_started) {
    ChildSpec spec;
    spec.argv = {"/nowhere/program"};
    const auto child = ChildProcess::spawn(spec);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().message, "Cannot start /nowhere/program: No such file or directory.");
}

TEST(ChildProcess, passes_input_and_output) {
    auto child = ChildProcess::spawn(shell("read line; echo got $line"));
    ASSERT_TRUE(child);
    EXPECT_TRUE(child->send("hello\n"));
    EXPECT_EQ(first_line(*child), "got hello");
    EXPECT_EQ(child->wait(std::chrono::seconds(10)), 0);
}

TEST(ChildProcess, gives_the_child_its_environment_and_nothing_of_ours) {
    const EnvironmentVariable secret("CORTEX_TEST_SECRET", "visible");
    auto child = ChildProcess::spawn(shell("echo [$CORTEX_TEST_SECRET]"));
    ASSERT_TRUE(child);
    EXPECT_EQ(first_line(*child), "[]");
}

TEST(ChildProcess, hides_descriptors_that_the_host_left_open) {
    const int careless = ::open("/dev/null", O_RDONLY);  // NOLINT: without O_CLOEXEC on purpose
    ASSERT_GE(careless, 3);
    auto child = ChildProcess::spawn(shell("test -e /proc/self/fd/" + std::to_string(careless) + " && echo open || echo closed"));
    ASSERT_TRUE(child);
    EXPECT_EQ(first_line(*child), "closed");
    ::close(careless);
}

TEST(ChildProcess, is_in_a_session_of_its_own) {
    auto child = ChildProcess::spawn(shell("read line"));
    ASSERT_TRUE(child);
    EXPECT_EQ(::getsid(child->pid()), child->pid());
    EXPECT_NE(::getsid(0), child->pid());
}

TEST(ChildProcess, starts_with_default_signals_and_an_empty_mask) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto old_handler = std::signal(SIGTERM, SIG_IGN);
    auto child = ChildProcess::spawn(shell("kill -TERM $$; echo survived"));
    std::signal(SIGTERM, old_handler);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ASSERT_TRUE(child);
    const auto status = child->wait(std::chrono::seconds(10));
    ASSERT_TRUE(status);
    EXPECT_EQ(describe_wait_status(*status), "signal 15");
}

TEST(ChildProcess, terminate_insists_where_the_child_does_not_listen) {
    auto child = ChildProcess::spawn(shell("trap '' TERM; echo ready; while :; do read line; done"));
    ASSERT_TRUE(child);
    ASSERT_EQ(first_line(*child), "ready");
    const pid_t pid = child->pid();
    child->terminate(std::chrono::milliseconds(50));
    EXPECT_TRUE(ends(pid));
    EXPECT_FALSE(*child);
}

TEST(ChildProcess, terminate_ends_the_grandchildren_too) {
    auto child = ChildProcess::spawn(shell("/bin/sh -c 'echo $$; while :; do read line; done' ; true"));
    ASSERT_TRUE(child);
    const auto grandchild = static_cast<pid_t>(std::stoi(first_line(*child)));
    child->terminate(std::chrono::milliseconds(2000));
    EXPECT_TRUE(ends(grandchild));
}

TEST(ChildProcess, ends_with_its_object) {
    pid_t pid = 0;
    {
        auto child = ChildProcess::spawn(shell("read line"));
        ASSERT_TRUE(child);
        pid = child->pid();
    }
    EXPECT_TRUE(ends(pid));
}

TEST(ChildProcess, sending_to_a_dead_child_fails_without_a_signal) {
    auto child = ChildProcess::spawn(shell("exit 7"));
    ASSERT_TRUE(child);
    const auto status = child->wait(std::chrono::seconds(10));
    ASSERT_TRUE(status);
    EXPECT_EQ(describe_wait_status(*status), "exit code 7");
    EXPECT_FALSE(child->send("anybody there?\n"));
}

TEST(ChildProcess, a_host_that_ignores_its_children_learns_at_least_that_they_ended) {
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    auto child = ChildProcess::spawn(shell("exit 7"));
    ASSERT_TRUE(child);
    EXPECT_TRUE(child->wait(std::chrono::seconds(10)));
    std::signal(SIGCHLD, before);
}
