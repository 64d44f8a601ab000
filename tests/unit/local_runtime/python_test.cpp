#include "channels/local_runtime/python.hpp"

#include "unit/local_runtime/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace cortex;
using namespace cortex::channels;
using namespace cortex::channels::testing;
using ::testing::HasSubstr;

namespace {

/// Folders with programs called `python3` that end with a given exit code, whatever they are asked.
class FindPython : public ::testing::Test {
protected:
    std::string folder_with(const std::string& program, int exit_code) {
        const auto bin = folder.path() / ("bin" + std::to_string(++folders));
        write_file(bin / program, "#!/bin/sh\nexit " + std::to_string(exit_code) + "\n");
        std::filesystem::permissions(bin / program, std::filesystem::perms::owner_all);
        return bin.string();
    }

    TempFolder folder;
    int folders = 0;
};

constexpr int fits = 0;
constexpr int too_old = 3;
constexpr int without_venv = 4;

}  // namespace

TEST_F(FindPython, takes_the_first_that_will_do) {
    const auto old = folder_with("python3", too_old);
    const auto good = folder_with("python3", fits);
    EXPECT_EQ(*find_python(old + ":" + good + ":" + folder_with("python3", fits)), good + "/python3");
}

TEST_F(FindPython, knows_versioned_names_behind_an_old_one) {
    const auto old = folder_with("python3", too_old);
    const auto newer = folder_with("python3.12", fits);
    EXPECT_EQ(*find_python(old + ":" + newer), newer + "/python3.12");
}

TEST_F(FindPython, says_what_to_install_where_none_is) {
    for (const auto& path : {std::string(), std::string("::/nowhere"), folder_with("python3", too_old)}) {
        const auto none = find_python(path);
        ASSERT_FALSE(none) << path;
        EXPECT_EQ(none.error().code, ErrorCode::config);
        EXPECT_THAT(none.error().message, HasSubstr("Python 3.10 or later"));
    }
}

TEST_F(FindPython, says_what_to_install_where_only_venv_is_missing) {
    const auto none = find_python(folder_with("python3", without_venv));
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("install python3-venv"));
}

TEST_F(FindPython, finds_one_on_this_machine_and_runs_a_script_with_its_input) {
    const auto python = find_python();
    ASSERT_TRUE(python) << python.error().message;
    const std::string script = "import sys; print('read', sys.stdin.buffer.readline().decode().strip())\n";
    ChildSpec spec;
    spec.argv = python_command(*python, script, "test-script");
    spec.environment = environment_without([](std::string_view) { return false; });
    auto child = ChildProcess::spawn(spec);
    ASSERT_TRUE(child);
    ASSERT_TRUE(child->send(script + "one line\n"));
    LineReader lines(child->output());
    std::optional<std::string> line;
    while (!(line = lines.next()) && lines.fill()) {}
    EXPECT_EQ(line, "read one line");
}
