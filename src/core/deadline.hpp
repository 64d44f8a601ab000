#pragma once

#include "core/clock.hpp"

#include <algorithm>
#include <optional>

namespace cortex {

/// A point in time by which work must be done; no limit by default. Passed down, it only ever shrinks.
class Deadline {
public:
    Deadline() = default;
    static Deadline at(SteadyTime when) { return Deadline(when); }
    static Deadline after(SteadyTime now, std::chrono::milliseconds span) { return Deadline(now + span); }

    bool limited() const noexcept { return when_.has_value(); }
    bool passed(SteadyTime now) const noexcept { return when_ && now >= *when_; }
    /// Time left, never negative; `fallback` where there is no limit.
    std::chrono::milliseconds left(SteadyTime now, std::chrono::milliseconds fallback) const noexcept {
        if (!when_) return fallback;
        return std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(*when_ - now));
    }
    std::optional<SteadyTime> when() const noexcept { return when_; }

private:
    explicit Deadline(SteadyTime when) : when_(when) {}
    std::optional<SteadyTime> when_;
};

}  // namespace cortex
