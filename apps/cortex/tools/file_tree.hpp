#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::cli {

/// What a request for a file or folder came to: a text for the model, or one sentence why not.
struct FileAnswer {
    bool ok = false;
    std::string text = {};
};

/// The files below one folder, for somebody who is not trusted with the rest. Paths are relative to the folder; a path that is
/// absolute, has "..", or leads outside by a symbolic link is refused by the kernel or by name, and so is everything that is
/// not a plain file: a device, a pipe, a socket, a file of /proc or /sys. Nothing is ever written.
/// Threads: may be shared.
class FileTree {
public:
    static constexpr std::size_t piece = 64 * 1024;  ///< Bytes of a file in one answer.
    static constexpr std::size_t most_entries = 500;  ///< Of a folder in one answer.

    /// Throws ConfigError where the folder cannot be opened. The folder is held open: what is put in its place later is not seen.
    /// `kernel_walks` false: as on a kernel without openat2, where no symbolic link is followed at all.
    explicit FileTree(const std::string& root, bool kernel_walks = true);
    FileTree(const FileTree&) = delete;
    FileTree& operator=(const FileTree&) = delete;
    ~FileTree();

    /// The text of a file from byte `offset` on, at most `piece` bytes of it; what is left out is told in a last line.
    FileAnswer read(std::string_view path, std::int64_t offset) const;
    /// The names in a folder, sorted, one a line: "name/" for a folder, "name (123 bytes)" for a file.
    FileAnswer list(std::string_view path) const;

private:
    int open(const std::vector<std::string>& parts, int flags) const;
    int open_file(const std::vector<std::string>& parts, std::string& reason) const;

    int root_ = -1;
    bool kernel_walks_;
};

}  // namespace cortex::cli
