#include "net/crc32.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace cortex::net {
namespace {

static_assert(std::endian::native == std::endian::little, "eight bytes are taken at a time, the first one lowest");

using Table = std::array<std::uint32_t, 256>;

/// Table k tells what a byte does that is followed by k others: eight look-ups at once instead of eight in a row.
constexpr std::array<Table, 8> make_tables() {
    std::array<Table, 8> out{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        out[0][byte] = crc;
    }
    for (std::size_t k = 1; k < out.size(); ++k)
        for (std::size_t byte = 0; byte < 256; ++byte)
            out[k][byte] = (out[k - 1][byte] >> 8U) ^ out[0][out[k - 1][byte] & 0xFFU];
    return out;
}

constexpr std::array<Table, 8> tables = make_tables();

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far) noexcept {
    std::uint32_t crc = ~so_far;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        word ^= crc;
        crc = tables[7][word & 0xFFU] ^ tables[6][(word >> 8U) & 0xFFU] ^ tables[5][(word >> 16U) & 0xFFU] ^
              tables[4][(word >> 24U) & 0xFFU] ^ tables[3][(word >> 32U) & 0xFFU] ^ tables[2][(word >> 40U) & 0xFFU] ^
              tables[1][(word >> 48U) & 0xFFU] ^ tables[0][word >> 56U];
    }
    for (; left > 0; --left, ++at) crc = (crc >> 8U) ^ tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xFFU];
    return ~crc;
}

}  // namespace cortex::net
