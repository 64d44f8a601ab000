#include "tools/file_tree.hpp"

#include "tools/utf8_check.hpp"

#include <cortex/error.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

namespace cortex::cli {
namespace {

class Fd {
public:
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(-1); }
    int get() const noexcept { return fd_; }
    bool open() const noexcept { return fd_ >= 0; }
    void reset(int fd) noexcept {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }

private:
    int fd_;
};

using Parts = std::vector<std::string>;

FileAnswer refuse(std::string_view path, const std::string& reason) {
    return {.text = "\"" + std::string(path.substr(0, 200)) + "\" " + reason + "."};
}

Parts parts_of(std::string_view path) {
    Parts parts;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        if (!part.empty() && part != ".") parts.emplace_back(part);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

/// Why a path is not even looked at, or "".
std::string wrong_path(std::string_view path, const Parts& parts) {
    if (path.find('\0') != std::string_view::npos) return "contains a NUL byte";
    if (path.starts_with('/')) return "is absolute; paths are relative to the folder that may be read";
    if (path.size() > 4000) return "is too long";
    if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return "contains \"..\", which is not followed";
    return {};
}

/// Where the kernel knows no openat2, or a sandbox forbids it: one part after the other, and no symbolic link at all.
int open_by_parts(int root, const Parts& parts, int flags) {
    Fd at(::openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (std::size_t i = 0; at.open() && i + 1 < parts.size(); ++i)
        at.reset(::openat(at.get(), parts[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!at.open()) return -1;
    return ::openat(at.get(), parts.empty() ? "." : parts.back().c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
}

/// Symbolic links are followed as long as they stay below the root; the kernel checks that while it walks, so nothing that is
/// exchanged meanwhile leads out.
int open_beneath(int root, const Parts& parts, int flags) {
    std::string path;
    for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const long fd = ::syscall(SYS_openat2, root, path.empty() ? "." : path.c_str(), &how, sizeof how);
    return static_cast<int>(fd);
}

std::string open_failure(int error) {
    switch (error) {
        case ENOENT: return "does not exist";
        case EACCES:
        case EPERM: return "may not be read by this program";
        case ENOTDIR: return "goes through something that is not a folder";
        case EXDEV: return "leads outside the folder that may be read";
        case ELOOP: return "is a symbolic link that is not followed";
        default: return std::string("cannot be opened: ") + std::strerror(error);
    }
}

/// File systems whose files are windows into the kernel and into other processes.
bool is_kernel_window(int fd) {
    struct statfs where{};
    if (::fstatfs(fd, &where) != 0) return true;
    constexpr std::array<long, 8> windows{PROC_SUPER_MAGIC,   SYSFS_MAGIC,        DEBUGFS_MAGIC,
                                          TRACEFS_MAGIC,      SECURITYFS_MAGIC,   DEVPTS_SUPER_MAGIC,
                                          CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC};
    return std::find(windows.begin(), windows.end(), static_cast<long>(where.f_type)) != windows.end();
}

std::string kind_of(const struct stat& what) {
    if (S_ISDIR(what.st_mode)) return "is a folder; its files can be listed";
    if (S_ISLNK(what.st_mode)) return "is a symbolic link that is not followed";
    if (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode)) return "is a pipe or a socket, which is not read";
    return "is a device, which is not read";
}

std::optional<std::string> read_piece(int fd, std::int64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto count =
            ::pread(fd, bytes.data() + have, size - have, static_cast<off_t>(offset) + static_cast<off_t>(have));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        have += static_cast<std::size_t>(count);
    }
    bytes.resize(have);
    return bytes;
}

std::string printable(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return name;
}

std::string entry_line(int folder, const std::string& name) {
    struct stat what{};
    const std::string shown = printable(name);
    if (::fstatat(folder, name.c_str(), &what, AT_SYMLINK_NOFOLLOW) != 0) return shown;
    if (S_ISDIR(what.st_mode)) return shown + "/";
    if (S_ISREG(what.st_mode)) return shown + " (" + std::to_string(what.st_size) + " bytes)";
    return shown + (S_ISLNK(what.st_mode) ? " (a symbolic link)" : " (not a plain file)");
}

}  // namespace

FileTree::FileTree(const std::string& root, bool kernel_walks)
    : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), kernel_walks_(kernel_walks) {
    if (root_ >= 0) return;
    const int error = errno;
    throw_error({.code = ErrorCode::config,
                 .message = "The folder \"" + root + "\" cannot be opened: " + std::strerror(error) +
                            ". Name an existing folder."});
}

FileTree::~FileTree() { ::close(root_); }

int FileTree::open(const Parts& parts, int flags) const {
    if (kernel_walks_) {
        const int fd = open_beneath(root_, parts, flags);
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return fd;
    }
    return open_by_parts(root_, parts, flags);
}

/// A plain file; -1 and the reason otherwise. Looking comes before opening, as opening a device may already do something.
int FileTree::open_file(const Parts& parts, std::string& reason) const {
    const Fd looked(open(parts, O_PATH));
    struct stat before{};
    if (!looked.open() || ::fstat(looked.get(), &before) != 0) {
        reason = open_failure(errno);
        return -1;
    }
    if (!S_ISREG(before.st_mode)) {
        reason = kind_of(before);
        return -1;
    }
    if (is_kernel_window(looked.get())) {
        reason = "belongs to the kernel (/proc, /sys), and is not read";
        return -1;
    }
    const int fd = open(parts, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        reason = open_failure(errno);
        return -1;
    }
    struct stat after{};
    if (::fstat(fd, &after) != 0 || after.st_dev != before.st_dev || after.st_ino != before.st_ino) {
        ::close(fd);
        reason = "was exchanged while it was opened; try again";
        return -1;
    }
    return fd;
}

FileAnswer FileTree::read(std::string_view path, std::int64_t offset) const {
    const Parts parts = parts_of(path);
    if (const std::string wrong = wrong_path(path, parts); !wrong.empty()) return refuse(path, wrong);
    if (parts.empty()) return refuse(path, "is a folder; its files can be listed");
    std::string reason;
    const Fd file(open_file(parts, reason));
    if (!file.open()) return refuse(path, reason);
    struct stat what{};
    if (::fstat(file.get(), &what) != 0) return refuse(path, open_failure(errno));
    const auto size = static_cast<std::int64_t>(what.st_size);
    if (offset < 0 || (offset > 0 && offset >= size))
        return refuse(path, "has " + std::to_string(size) + " bytes; the offset " + std::to_string(offset) +
                                " is not one of them");

    auto bytes = read_piece(file.get(), offset, piece);
    if (!bytes) return refuse(path, open_failure(errno));
    const bool more = offset + static_cast<std::int64_t>(bytes->size()) < size;
    if (more) bytes->resize(whole_characters(*bytes));
    if (looks_binary(*bytes))
        return refuse(path, "is a binary file of " + std::to_string(size) + " bytes, which is not shown");
    if (bytes->empty()) return {.ok = true, .text = "(the file is empty)"};
    const std::int64_t end = offset + static_cast<std::int64_t>(bytes->size());
    if (more)
        *bytes += "\n[bytes " + std::to_string(offset) + " to " + std::to_string(end) + " of " + std::to_string(size) +
                  "; the rest begins at offset " + std::to_string(end) + "]";
    return {.ok = true, .text = std::move(*bytes)};
}

FileAnswer FileTree::list(std::string_view path) const {
    const Parts parts = parts_of(path);
    if (const std::string wrong = wrong_path(path, parts); !wrong.empty()) return refuse(path, wrong);
    const int fd = open(parts, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    if (fd < 0) return refuse(path, errno == ENOTDIR ? "is not a folder" : open_failure(errno));
    DIR* folder = ::fdopendir(fd);
    if (folder == nullptr) {
        const std::string reason = open_failure(errno);
        ::close(fd);
        return refuse(path, reason);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder)) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most_entries; ++i) text += entry_line(fd, names[i]) + "\n";
    ::closedir(folder);
    if (names.empty()) return {.ok = true, .text = "(the folder is empty)"};
    if (names.size() > most_entries)
        text += "[" + std::to_string(names.size() - most_entries) + " more names are not shown]\n";
    text.pop_back();
    return {.ok = true, .text = std::move(text)};
}

}  // namespace cortex::cli
