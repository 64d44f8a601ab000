#pragma once

#include "core/rng.hpp"

namespace cortex::test {

/// Always the same number: jitter that a test can predict. Zero means no jitter.
class ConstantRng final : public Rng {
public:
    explicit ConstantRng(std::uint64_t value = 0) : value_(value) {}
    std::uint64_t next() override { return value_; }

private:
    std::uint64_t value_;
};

}  // namespace cortex::test
