#include "openai_cache.hpp"

#include "crypto.hpp"
#include "text_util.hpp"

namespace emulator {

std::size_t PromptPrefixes::charge(const std::string& owner, const std::vector<std::string>& parts) {
    constexpr std::size_t least_tokens = 1024;  // below, and between steps of 128, the service caches nothing
    constexpr std::size_t step = 128;
    Digest digest = sha256(owner);
    std::size_t bytes = 0;
    std::size_t cached = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        digest = sha256(std::string(bytes_of(digest)) + parts[i]);
        bytes += parts[i].size();
        const bool seen = i > 0 && !seen_.emplace(bytes_of(digest)).second;
        if (seen && estimated_tokens(bytes) >= least_tokens) {
            cached = estimated_tokens(bytes) / step * step;
        }
    }
    return cached;
}

}  // namespace emulator
