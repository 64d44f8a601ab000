#pragma once

#include "core/rng.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace cortex::property {

/// The engine's randomness and the test's own, both from one seed.
class SeededRng final : public Rng {
public:
    explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override { return engine_(); }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
    bool chance(unsigned percent) { return next() % 100 < percent; }
    template <class T>
    const T& one_of(const std::vector<T>& list) { return list[below(list.size())]; }

private:
    std::mt19937_64 engine_;
};

/// A number of the environment: CORTEX_PROPERTY_RUNS, CORTEX_PROPERTY_SEED.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace cortex::property
