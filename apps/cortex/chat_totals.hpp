#pragma once

#include <cortex/response.hpp>

#include <cstdint>
#include <string>

namespace cortex::cli {

/// What the answered turns of a chat came to.
class ChatTotals {
public:
    void add(const ResponseMetadata& metadata);
    /// "3 turns, 1200 tokens, 0.012000 USD" and a newline.
    std::string text() const;

private:
    int turns_ = 0;
    std::int64_t tokens_ = 0;
    double usd_ = 0.0;
    bool all_priced_ = true;
};

}  // namespace cortex::cli
