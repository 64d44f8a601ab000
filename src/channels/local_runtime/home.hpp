#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cortex::channels {

/// The folder for all that the library keeps outside the project: models/, runtime/, log/, tmp/.
class Home {
public:
    explicit Home(std::filesystem::path root) : root_(std::move(root)) {}

    /// `CORTEX_HOME`, else `.cortex` in the user's home folder. Absolute; nothing is created.
    static Home from_environment();

    const std::filesystem::path& root() const noexcept { return root_; }
    std::filesystem::path models() const { return root_ / "models"; }
    std::filesystem::path log() const { return root_ / "log"; }
    std::filesystem::path tmp() const { return root_ / "tmp"; }
    std::filesystem::path runtime() const { return root_ / "runtime"; }
    std::filesystem::path runtime_python() const { return runtime() / "bin" / "python3"; }

    std::filesystem::path weights(std::string_view name) const { return models() / (std::string(name) + ".gguf"); }
    /// Vouches for the weights: their SHA-256, size and modification time, written after the whole file was hashed.
    std::filesystem::path weights_mark(std::string_view name) const {
        return models() / (std::string(name) + ".gguf.verified");
    }

private:
    std::filesystem::path root_;
};

/// The variable's value; empty where it is not set.
std::string environment_value(const char* name);

}  // namespace cortex::channels
