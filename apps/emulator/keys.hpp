#pragma once
// Which API keys are good.

#include "text_util.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

class KeyRing {
public:
    explicit KeyRing(std::vector<std::string> accepted) : accepted_(std::move(accepted)) {}

    /// Without a list, any key is good that does not call itself bad.
    [[nodiscard]] bool accepts(std::string_view key) const {
        if (!accepted_.empty()) {
            return std::find(accepted_.begin(), accepted_.end(), key) != accepted_.end();
        }
        const std::string text = lower(key);
        return !text.empty() && text.find("wrong") == std::string::npos && text.find("invalid") == std::string::npos &&
               text.find("bad") == std::string::npos;
    }

    [[nodiscard]] bool lists_keys() const noexcept { return !accepted_.empty(); }

private:
    std::vector<std::string> accepted_;
};

}  // namespace emulator
