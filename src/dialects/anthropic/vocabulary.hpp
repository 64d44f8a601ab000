#pragma once

#include "core/json.hpp"
#include "core/stream_event.hpp"
#include "core/usage.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace cortex::dialects::anthropic {

/// `stop_reason` in neutral words; null and words that this version does not know are `unknown`.
StopReason stop_reason(std::string_view word) noexcept;

/// The `usage` members of one answer. They are running totals: each one that is present replaces the value before.
class UsageTotals {
public:
    void take(const JsonObject& usage) noexcept;
    bool known() const noexcept { return known_; }
    Usage usage() const noexcept;

private:
    std::int64_t input_ = 0;
    std::int64_t cache_read_ = 0;
    std::int64_t cache_write_ = 0;
    std::int64_t cache_write_1h_ = 0;
    std::int64_t output_ = 0;
    std::int64_t thinking_ = 0;
    bool known_ = false;
};

}  // namespace cortex::dialects::anthropic
