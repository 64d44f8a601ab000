#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace cortex {

/// Randomness, injected. Not safe to share between threads: each owner has its own.
struct Rng {
    virtual ~Rng() = default;
    virtual std::uint64_t next() = 0;
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
};

/// Seeded from the operating system.
class SystemRng final : public Rng {
public:
    SystemRng() {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        engine_.seed(seed);
    }
    std::uint64_t next() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

/// `digits` lower-case hexadecimal digits.
std::string random_hex(Rng& rng, std::size_t digits);

}  // namespace cortex
