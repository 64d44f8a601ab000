#include "tools/file_tree.hpp"

#include <cortex/error.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace cortex::cli {
namespace {

namespace fs = std::filesystem;

class FileTreeTest : public testing::Test {
protected:
    FileTreeTest() {
        std::string pattern = (fs::temp_directory_path() / "cortex-files-XXXXXX").string();
        base_ = ::mkdtemp(pattern.data());
        fs::create_directories(root() / "sub/deep");
        write(root() / "a.txt", "first\nsecond\n");
        write(root() / "sub/deep/b.md", "# deep");
        write(base_ / "secret.txt", "the secret");
    }
    ~FileTreeTest() override { fs::remove_all(base_); }

    fs::path root() const { return base_ / "root"; }
    static void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

    FileAnswer read(std::string_view path, std::int64_t offset = 0) const {
        return FileTree(root().string()).read(path, offset);
    }
    FileAnswer list(std::string_view path) const { return FileTree(root().string()).list(path); }
    void expect_refused(std::string_view path, std::string_view why) const {
        const FileAnswer answer = read(path);
        EXPECT_FALSE(answer.ok) << path;
        EXPECT_NE(answer.text.find(why), std::string::npos) << answer.text;
        EXPECT_EQ(answer.text.find("the secret"), std::string::npos) << answer.text;
    }

    fs::path base_;
};

TEST_F(FileTreeTest, files_below_the_root_are_read) {
    EXPECT_EQ(read("a.txt").text, "first\nsecond\n");
    EXPECT_EQ(read("./a.txt").text, "first\nsecond\n");
    EXPECT_EQ(read("sub//deep/./b.md").text, "# deep");
    write(root() / "empty", "");
    EXPECT_EQ(read("empty").text, "(the file is empty)");
    write(root() / "name with blanks", "x");
    EXPECT_EQ(read("name with blanks").text, "x");
}

TEST_F(FileTreeTest, what_leads_outside_is_refused) {
    expect_refused("../secret.txt", "\"..\"");
    expect_refused("sub/../../secret.txt", "\"..\"");
    expect_refused("sub/../a.txt", "\"..\"");
    expect_refused((base_ / "secret.txt").string(), "is absolute");
    expect_refused((root() / "a.txt").string(), "is absolute");
    expect_refused(std::string_view("a.txt\0../secret.txt", 19), "NUL");
    fs::create_symlink("../secret.txt", root() / "link");
    expect_refused("link", "outside");
    fs::create_symlink(base_ / "secret.txt", root() / "absolute-link");
    expect_refused("absolute-link", "outside");
    fs::create_directory_symlink("..", root() / "sub/up");
    expect_refused("sub/up/../secret.txt", "\"..\"");
    fs::create_directory_symlink(base_, root() / "out");
    expect_refused("out/secret.txt", "outside");
    fs::create_symlink("/proc/self/environ", root() / "environment");
    expect_refused("environment", "outside");
    fs::create_symlink("loop", root() / "loop");
    expect_refused("loop", "not followed");
}

TEST_F(FileTreeTest, a_link_that_stays_inside_is_followed) {
    fs::create_symlink("sub/deep/b.md", root() / "inner");
    EXPECT_EQ(read("inner").text, "# deep");
    fs::create_symlink("../a.txt", root() / "sub/back");
    EXPECT_EQ(read("sub/back").text, "first\nsecond\n");
}

TEST_F(FileTreeTest, without_the_kernels_help_no_link_is_followed) {
    const FileTree tree(root().string(), false);
    EXPECT_EQ(tree.read("a.txt", 0).text, "first\nsecond\n");
    EXPECT_EQ(tree.read("sub/deep/b.md", 0).text, "# deep");
    EXPECT_EQ(tree.list("sub").text, "deep/");
    EXPECT_EQ(tree.list("").text, "a.txt (13 bytes)\nsub/");
    fs::create_symlink("sub/deep/b.md", root() / "inner");
    fs::create_symlink("../secret.txt", root() / "link");
    fs::create_directory_symlink("..", root() / "up");
    fs::create_directory_symlink("sub", root() / "here");
    for (const char* path : {"inner", "link", "up/secret.txt", "here/deep/b.md", "../secret.txt", "none/x"})
        EXPECT_FALSE(tree.read(path, 0).ok) << path;
    for (const char* path : {"up", "here", ".."}) EXPECT_FALSE(tree.list(path).ok) << path;
}

TEST_F(FileTreeTest, only_plain_files_are_read) {
    expect_refused("sub", "is a folder");
    expect_refused("", "is a folder");
    expect_refused(".", "is a folder");
    expect_refused("none", "does not exist");
    expect_refused("a.txt/b", "not a folder");
    ASSERT_EQ(::mkfifo((root() / "pipe").c_str(), 0600), 0);
    expect_refused("pipe", "pipe");   // and nobody waits for its writer
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = (root() / "socket").string();
    ASSERT_LT(name.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, name.c_str(), name.size());
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    expect_refused("socket", "socket");
    ::close(fd);
    EXPECT_NE(FileTree("/dev").read("null", 0).text.find("device"), std::string::npos);
    EXPECT_NE(FileTree("/proc").read("self/environ", 0).ok, true);
    EXPECT_NE(FileTree("/proc").read("version", 0).text.find("kernel"), std::string::npos);
    EXPECT_NE(FileTree("/").read("proc/cpuinfo", 0).text.find("kernel"), std::string::npos);
}

TEST_F(FileTreeTest, a_long_file_comes_in_pieces_and_says_so) {
    std::string text;
    for (int line = 0; text.size() < FileTree::piece * 2 + 500; ++line)
        text += "line " + std::to_string(line) + " \u20AC\n";
    write(root() / "long", text);
    std::string whole;
    for (std::int64_t offset = 0; offset < static_cast<std::int64_t>(text.size());) {
        const FileAnswer answer = read("long", offset);
        ASSERT_TRUE(answer.ok) << answer.text;
        const std::size_t notice = answer.text.find("\n[bytes " + std::to_string(offset) + " to ");
        const std::string piece = answer.text.substr(0, notice);
        EXPECT_LE(piece.size(), FileTree::piece);
        whole += piece;
        offset += static_cast<std::int64_t>(piece.size());
        if (notice != std::string::npos) {
            EXPECT_NE(answer.text.find(" of " + std::to_string(text.size()) + "; the rest begins at offset " +
                                           std::to_string(offset) + "]",
                                       notice),
                      std::string::npos);
        }
    }
    EXPECT_EQ(whole, text);
    EXPECT_FALSE(read("long", static_cast<std::int64_t>(text.size())).ok);
    EXPECT_FALSE(read("long", -1).ok);
}

TEST_F(FileTreeTest, a_file_beyond_four_gigabytes_is_read_at_its_end) {
    write(root() / "huge", "");
    const std::int64_t size = (std::int64_t{5} << 30) + 3;
    ASSERT_EQ(::truncate((root() / "huge").c_str(), size - 3), 0);
    std::ofstream(root() / "huge", std::ios::app) << "end";
    EXPECT_EQ(read("huge", size - 3).text, "end");
}

TEST_F(FileTreeTest, binary_files_are_named_and_not_shown) {
    write(root() / "image", std::string("\x89PNG\0\1\2", 7));
    const FileAnswer answer = read("image");
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.text, "\"image\" is a binary file of 7 bytes, which is not shown.");
}

TEST_F(FileTreeTest, folders_are_listed_sorted_with_kinds_and_sizes) {
    fs::create_symlink("a.txt", root() / "z-link");
    ASSERT_EQ(::mkfifo((root() / "pipe").c_str(), 0600), 0);
    write(root() / "new\nline", "");
    EXPECT_EQ(list("").text,
              "a.txt (13 bytes)\nnew?line (0 bytes)\npipe (not a plain file)\nsub/\nz-link (a symbolic link)");
    EXPECT_EQ(list("sub").text, "deep/");
    EXPECT_EQ(list("sub/").text, "deep/");
    fs::create_directory(root() / "nothing");
    EXPECT_EQ(list("nothing").text, "(the folder is empty)");
}

TEST_F(FileTreeTest, folders_outside_are_not_listed) {
    fs::create_directory_symlink(base_, root() / "out");
    for (const char* path : {"..", "/", "out", "sub/../..", "a.txt", "none"}) {
        const FileAnswer answer = list(path);
        EXPECT_FALSE(answer.ok) << path;
        EXPECT_EQ(answer.text.find("secret.txt"), std::string::npos);
    }
}

TEST_F(FileTreeTest, a_long_list_is_cut_and_says_so) {
    fs::create_directory(root() / "many");
    for (int i = 0; i < 507; ++i) write(root() / "many" / ("file" + std::to_string(1000 + i)), "");
    const std::string text = list("many").text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 500);
    EXPECT_TRUE(text.ends_with("\n[7 more names are not shown]")) << text.substr(text.size() - 60);
}

TEST_F(FileTreeTest, a_root_that_is_no_folder_is_a_config_error) {
    EXPECT_THROW(FileTree((root() / "none").string()), ConfigError);
    EXPECT_THROW(FileTree((root() / "a.txt").string()), ConfigError);
    EXPECT_THROW(FileTree(""), ConfigError);
}

}  // namespace
}  // namespace cortex::cli
