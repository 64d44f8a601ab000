#pragma once

#include "spend_record.hpp"

#include <cortex/engine.hpp>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace cortex::cli {

/// `costs.jsonl` below the home of corteX.
std::filesystem::path spend_log_path();

/// Appends the records to the file in one write, so that several programs may do so at once. The file is its owner's alone, as is a
/// folder that had to be made. What cannot be written is lost without a word: an answer is worth more than its bill.
void append_to_spend_log(const std::filesystem::path& path, const std::vector<SpendRecord>& records) noexcept;

struct SpendLog {
    std::vector<SpendRecord> records = {};
    std::size_t damaged = 0;   ///< Lines that were passed over.
    bool there = false;        ///< False where there is no file.
};

/// Throws StorageError for a file that is there and cannot be read.
SpendLog read_spend_log(const std::filesystem::path& path);

/// While it lives a turn runs; what that used of the engine goes into the file at the end, whatever became of the turn.
class SpendWatch {
public:
    explicit SpendWatch(const Engine& engine) : engine_(engine), before_(engine.costs()) {}
    SpendWatch(const SpendWatch&) = delete;
    SpendWatch& operator=(const SpendWatch&) = delete;
    ~SpendWatch();

private:
    const Engine& engine_;
    const CostReport before_;
};

}  // namespace cortex::cli
