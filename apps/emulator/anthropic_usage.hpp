#pragma once
// Token counting and the prompt cache, as far as a client can see them.

#include "anthropic_call.hpp"

#include <chrono>
#include <map>
#include <string>

namespace emulator {

struct InputTokens {
    std::size_t fresh = 0;   ///< `input_tokens`: neither read from the cache nor written to it
    std::size_t read = 0;
    std::size_t written_5m = 0;
    std::size_t written_1h = 0;

    [[nodiscard]] std::size_t total() const noexcept { return fresh + read + written_5m + written_1h; }
};

/// Everything the model reads, in tokens of four bytes; images and documents count a fixed sum.
[[nodiscard]] std::size_t count_input(const AnthropicCall& call);

/// Remembers the prefixes that cache marks wrote. One account and one model share entries, nobody else.
class PromptCache {
public:
    using Clock = std::chrono::steady_clock;

    /// What this request reads and writes; a hit renews its entry.
    [[nodiscard]] InputTokens charge(const AnthropicCall& call, Clock::time_point now);

    void clear() noexcept { entries_.clear(); }

private:
    struct Entry {
        Clock::time_point expires;
        Clock::duration lifetime;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace emulator
