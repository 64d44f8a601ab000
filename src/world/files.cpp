#include "world/files.hpp"

#include "world/descriptor.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace cortex::world {
namespace {

namespace fs = std::filesystem;

ErrorInfo unreadable(const std::string& path, std::string_view why, std::string_view remedy) {
    return {.code = ErrorCode::config, .message = fmt::format("{} cannot be read: {}. {}", path, why, remedy)};
}

ErrorInfo unwritable(const std::string& path, int number) {
    return {.code = ErrorCode::storage,
            .message = fmt::format("{} cannot be written: {}. Check its folder's permissions and free space.", path,
                                   std::generic_category().message(number))};
}

bool has_zero(std::string_view path) noexcept { return path.find('\0') != std::string_view::npos; }

/// All of `content`, or errno.
int write_all(int fd, std::string_view content) noexcept {
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

/// The folder and those above it, 0700, where they are missing. Zero, or errno.
int make_folders(const fs::path& folder) {
    fs::path so_far;
    for (const fs::path& part : folder) {
        so_far /= part;
        if (::mkdir(so_far.c_str(), 0700) == 0 || errno == EEXIST) continue;
        const int number = errno;
        // Where one may not make a folder there may be one all the same: "/" and "/home", or a file system that is read-only.
        std::error_code ignored;
        if (!fs::is_directory(so_far, ignored)) return number;
    }
    return 0;
}

/// A new file beside the one that it is to replace; removed again unless it took its place.
class Draft {
public:
    explicit Draft(const fs::path& target) : name_(target.string() + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (file_) ::unlink(name_.c_str());
    }

    /// Zero, or errno.
    int become(const fs::path& target, std::string_view content) {
        if (!file_) return errno;
        if (::fchmod(file_.get(), 0600) != 0) return errno;
        if (const int number = write_all(file_.get(), content); number != 0) return number;
        // Before the name is given: else a crash could leave an empty file under it.
        if (::fsync(file_.get()) != 0) return errno;
        if (::rename(name_.c_str(), target.c_str()) != 0) return errno;
        file_.close();
        return 0;
    }

private:
    std::string name_;
    Descriptor file_;
};

}  // namespace

Result<std::optional<std::string>> PosixFiles::read(const std::string& path, std::size_t limit) const {
    if (path.empty()) return std::optional<std::string>();
    if (has_zero(path)) return unreadable("A path", "it holds a zero byte", "Correct the setting that names it.");
    // Without waiting: a pipe that nobody writes to must not hold us before we see that it is one.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
        return unreadable(path, std::generic_category().message(errno), "Check the permissions of the file and its folders.");
    }
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0)
        return unreadable(path, std::generic_category().message(errno), "Check the file system.");
    if (S_ISDIR(facts.st_mode)) return unreadable(path, "it is a folder", "Name a file.");
    if (!S_ISREG(facts.st_mode)) return unreadable(path, "it is no regular file", "Name a file.");

    // Files of /proc and /sys say that they are empty, or larger than they are: only the end counts.
    std::string content;
    const auto announced = static_cast<std::size_t>(std::max<off_t>(facts.st_size, 0));
    std::size_t room = std::min(announced, limit) + 1;
    while (content.size() <= limit) {
        const std::size_t used = content.size();
        content.resize(used + room);
        const ssize_t count = ::read(file.get(), content.data() + used, room);
        const int number = errno;
        content.resize(used + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && number == EINTR) continue;
        if (count < 0) return unreadable(path, std::generic_category().message(number), "Check the file system.");
        if (count == 0) return std::optional(std::move(content));
        room = std::clamp<std::size_t>(limit + 1 - std::min(content.size(), limit + 1), 1, 4096);
    }
    return unreadable(path, fmt::format("it holds more than {} bytes", limit), "Is it the right file?");
}

Result<void> PosixFiles::replace(const std::string& path, std::string_view content) const {
    if (path.empty() || has_zero(path))
        return ErrorInfo{.code = ErrorCode::storage, .message = "A path to write to is empty or holds a zero byte. Correct it."};
    fs::path target(path);
    std::error_code failure;
    // A link stays one: the file that it leads to is replaced.
    if (fs::is_symlink(target, failure))
        if (const fs::path led_to = fs::canonical(target, failure); !failure) target = led_to;
    if (const fs::path folder = target.parent_path(); !folder.empty())
        if (const int number = make_folders(folder); number != 0) return unwritable(path, number);
    Draft draft(target);
    if (const int number = draft.become(target, content); number != 0) return unwritable(path, number);
    // So that the new name outlives a crash too; some file systems cannot, and then the old content is what is there.
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); open) ::fsync(open.get());
    return {};
}

}  // namespace cortex::world
