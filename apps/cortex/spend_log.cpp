#include "spend_log.hpp"

#include <cortex/error.hpp>
#include <cortex/local_model.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace cortex::cli {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

void make_private_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (folder.empty() || std::filesystem::exists(folder, ignored)) return;
    make_private_folder(folder.parent_path());
    ::mkdir(folder.c_str(), S_IRWXU);
}

/// Whether the file ends within a line, as one does whose writer was killed or whose disk was full.
bool ends_within_a_line(int fd, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

void append(const std::filesystem::path& path, const std::vector<SpendRecord>& records) {
    std::string text;
    for (const SpendRecord& record : records) text += to_line(record) + "\n";
    if (text.empty()) return;
    make_private_folder(path.parent_path());
    // Not to wait for a reader, should somebody have put a pipe there.
    const Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, S_IRUSR | S_IWUSR));
    struct stat what = {};
    if (file.get() < 0 || ::fstat(file.get(), &what) != 0 || !S_ISREG(what.st_mode)) return;
    if (ends_within_a_line(file.get(), what.st_size)) text.insert(text.begin(), '\n');
    // Half a line, from a disk that is full, is passed over by the reader.
    [[maybe_unused]] const auto written = ::write(file.get(), text.data(), text.size());
}

[[noreturn]] void unreadable(const std::filesystem::path& path, int error) {
    throw_error({.code = ErrorCode::storage,
                 .message = path.string() + " cannot be read: " + std::strerror(error) +
                            ". Make it readable, or move it away: it is begun anew."});
}

}  // namespace

std::filesystem::path spend_log_path() { return local_model::home() / "costs.jsonl"; }

void append_to_spend_log(const std::filesystem::path& path, const std::vector<SpendRecord>& records) noexcept {
    try {
        append(path, records);
    } catch (...) {   // no memory left for a bill
    }
}

SpendLog read_spend_log(const std::filesystem::path& path) {
    struct stat what = {};
    if (::stat(path.c_str(), &what) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        unreadable(path, errno);
    }
    if (!S_ISREG(what.st_mode)) unreadable(path, S_ISDIR(what.st_mode) ? EISDIR : EINVAL);
    errno = 0;
    std::ifstream file(path);
    if (!file) unreadable(path, errno);
    SpendLog log{.records = {}, .damaged = 0, .there = true};
    for (std::string line; std::getline(file, line);) {
        if (line.empty()) continue;
        if (auto record = parse_line(line))
            log.records.push_back(*std::move(record));
        else
            ++log.damaged;
    }
    if (file.bad()) unreadable(path, EIO);
    return log;
}

SpendWatch::~SpendWatch() {
    try {
        append_to_spend_log(spend_log_path(), spent_between(before_, engine_.costs(), std::chrono::system_clock::now()));
    } catch (...) {   // as above
    }
}

}  // namespace cortex::cli
