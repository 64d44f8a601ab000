#include "core/rng.hpp"

namespace cortex {

std::string random_hex(Rng& rng, std::size_t digits) {
    constexpr char alphabet[] = "0123456789abcdef";
    std::string out;
    out.reserve(digits);
    while (out.size() < digits) {
        std::uint64_t bits = rng.next();
        for (int i = 0; i < 16 && out.size() < digits; ++i, bits >>= 4U) out.push_back(alphabet[bits & 0xFU]);
    }
    return out;
}

}  // namespace cortex
