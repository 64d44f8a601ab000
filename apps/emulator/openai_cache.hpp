#pragma once
// Prompt caching: which beginnings of prompts were seen.

#include <string>
#include <unordered_set>
#include <vector>

namespace emulator {

class PromptPrefixes {
public:
    /// Remembers a prompt of these parts, of which the first holds the tools, and gives the tokens with which an earlier
    /// one of the same owner began: a multiple of 128, from 1,024 on.
    [[nodiscard]] std::size_t charge(const std::string& owner, const std::vector<std::string>& parts);

    void clear() { seen_.clear(); }

private:
    std::unordered_set<std::string> seen_;  ///< digests
};

}  // namespace emulator
