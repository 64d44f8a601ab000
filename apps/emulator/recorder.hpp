#pragma once
// What came in, for tests to look at: kept in memory, and written line by line when asked.

#include "http.hpp"
#include "json_util.hpp"

#include <cstdint>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <string>

namespace emulator {

struct Record {
    std::uint64_t number = 0;
    double time = 0;  ///< seconds since the epoch
    HttpRequest request;
    int status = 0;
    bool scripted = false;
    bool finished = false;
    bool disconnected = false;     ///< the client left before the answer was complete
    std::size_t bytes_sent = 0;    ///< of the answer's body
};

class Recorder {
public:
    /// `keep_secrets`: headers that carry keys are kept as they came; otherwise only the start of their SHA-256 is.
    explicit Recorder(bool keep_secrets) : keep_secrets_(keep_secrets) {}

    /// Throws std::runtime_error when the file cannot be opened.
    void write_to(const std::string& path);

    /// Masks the secrets of the kept copy.
    [[nodiscard]] std::shared_ptr<Record> begin(const HttpRequest& request);
    void finish(const std::shared_ptr<Record>& record);

    [[nodiscard]] json::array list() const;
    void clear() noexcept { records_.clear(); }

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] std::uint64_t disconnects() const noexcept { return disconnects_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& by_route() const noexcept { return by_route_; }

private:
    bool keep_secrets_;
    std::ofstream file_;
    std::deque<std::shared_ptr<Record>> records_;
    std::uint64_t total_ = 0;
    std::uint64_t disconnects_ = 0;
    std::map<std::string, std::uint64_t> by_route_;
};

}  // namespace emulator
