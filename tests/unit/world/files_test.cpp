#include "world/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace cortex::world {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t plenty = std::size_t{1} << 20U;

class WorldFiles : public testing::Test {
protected:
    WorldFiles() {
        std::string pattern = testing::TempDir() + "cortex_files_XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~WorldFiles() override {
        std::error_code ignored;
        fs::permissions(folder_, fs::perms::owner_all, ignored);
        fs::remove_all(folder_, ignored);
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name)) << content;
        return path(name);
    }
    static std::string content_of(const std::string& name) {
        std::stringstream text;
        text << std::ifstream(name).rdbuf();
        return text.str();
    }
    static mode_t mode_of(const std::string& name) {
        struct stat facts {};
        EXPECT_EQ(::stat(name.c_str(), &facts), 0) << name;
        return facts.st_mode & 07777U;
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    void expect_config_error(const std::string& name, std::string_view part) const {
        const auto got = files.read(name, plenty);
        ASSERT_FALSE(got) << name;
        EXPECT_EQ(got.error().code, ErrorCode::config);
        EXPECT_NE(got.error().message.find(name), std::string::npos) << got.error().message;
        EXPECT_NE(got.error().message.find(part), std::string::npos) << got.error().message;
    }

    fs::path folder_;
    PosixFiles files;
};

TEST_F(WorldFiles, a_file_is_read_whole_also_through_a_link) {
    const std::string text(100'000, 'x');
    const std::string name = write("a", text);
    fs::create_symlink(name, path("link"));
    for (const std::string& each : {name, path("link")}) {
        const auto got = files.read(each, plenty);
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(*got, text);
    }
    write("empty", "");
    EXPECT_EQ(files.read(path("empty"), plenty).value(), std::optional<std::string>(""));
}

TEST_F(WorldFiles, a_file_that_does_not_say_its_size_is_read_whole) {
    const auto got = files.read("/proc/self/status", plenty);
    ASSERT_TRUE(got);
    ASSERT_TRUE(*got);
    EXPECT_NE((*got)->find("Name:"), std::string::npos);
}

TEST_F(WorldFiles, what_is_not_there_is_nothing) {
    EXPECT_EQ(files.read(path("none"), plenty).value(), std::nullopt);
    EXPECT_EQ(files.read(path("none/at/all"), plenty).value(), std::nullopt);
    EXPECT_EQ(files.read(write("file", "") + "/below", plenty).value(), std::nullopt);
    EXPECT_EQ(files.read("", plenty).value(), std::nullopt);
    fs::create_symlink(path("none"), path("dangling"));
    EXPECT_EQ(files.read(path("dangling"), plenty).value(), std::nullopt);
}

TEST_F(WorldFiles, what_is_no_file_is_refused_without_waiting) {
    expect_config_error(folder_.string(), "folder");
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    expect_config_error(path("pipe"), "no regular file");
    fs::create_symlink(path("pipe"), path("to_pipe"));
    expect_config_error(path("to_pipe"), "no regular file");
    expect_config_error("/dev/null", "no regular file");
    fs::create_symlink(path("round"), path("round"));
    expect_config_error(path("round"), "cannot be read");
    EXPECT_FALSE(files.read(std::string("/etc/passwd\0x", 13), plenty));
}

TEST_F(WorldFiles, a_file_that_may_not_be_read_is_an_error) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const std::string name = write("secret", "x");
    fs::permissions(name, fs::perms::none);
    expect_config_error(name, "ermission");
}

TEST_F(WorldFiles, the_limit_is_the_largest_size_that_is_read) {
    const std::string name = write("ten", "0123456789");
    EXPECT_EQ(files.read(name, 10).value(), "0123456789");
    const auto got = files.read(name, 9);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::config);
    EXPECT_NE(got.error().message.find(name + " cannot be read: it holds more than 9 bytes"), std::string::npos);
    EXPECT_EQ(got.error().message.find("0123"), std::string::npos) << "content may be a secret";
    EXPECT_FALSE(files.read("/proc/self/status", 10));
    EXPECT_EQ(files.read(write("none", ""), 0).value(), "");
}

TEST_F(WorldFiles, a_new_file_is_private_and_so_are_the_folders_made_for_it) {
    const std::string name = path("one/two/file");
    ASSERT_TRUE(files.replace(name, "content"));
    EXPECT_EQ(content_of(name), "content");
    EXPECT_EQ(mode_of(name), 0600U);
    EXPECT_EQ(mode_of(path("one")), 0700U);
    EXPECT_EQ(mode_of(path("one/two")), 0700U);
}

TEST_F(WorldFiles, an_old_file_is_replaced_as_a_whole_by_another_one) {
    const std::string name = write("file", "a much longer old content");
    fs::permissions(name, fs::perms::all);
    std::ifstream reader(name);   // a reader that came before
    ASSERT_TRUE(files.replace(name, "new"));
    EXPECT_EQ(content_of(name), "new");
    EXPECT_EQ(mode_of(name), 0600U);
    std::stringstream old;
    old << reader.rdbuf();
    EXPECT_EQ(old.str(), "a much longer old content");
    EXPECT_EQ(entries(), 1U) << "nothing is left beside it";
}

TEST_F(WorldFiles, a_link_stays_a_link) {
    const std::string name = write("real", "old");
    fs::create_symlink("real", path("link"));
    ASSERT_TRUE(files.replace(path("link"), "new"));
    EXPECT_TRUE(fs::is_symlink(path("link")));
    EXPECT_EQ(content_of(name), "new");
}

TEST_F(WorldFiles, a_failure_names_the_path_and_leaves_nothing_behind) {
    fs::create_directory(path("folder"));
    write("file", "");
    for (const std::string& name : {path("folder"), path("file") + "/below"}) {
        const auto got = files.replace(name, "a secret content");
        ASSERT_FALSE(got) << name;
        EXPECT_EQ(got.error().code, ErrorCode::storage);
        EXPECT_NE(got.error().message.find(name), std::string::npos);
        EXPECT_EQ(got.error().message.find("secret content"), std::string::npos);
    }
    EXPECT_EQ(files.replace("", "x").error().code, ErrorCode::storage);
    EXPECT_EQ(entries(), 2U);
}

}  // namespace
}  // namespace cortex::world
