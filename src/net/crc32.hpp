#pragma once

#include <cstdint>
#include <string_view>

namespace cortex::net {

/// The CRC-32 of gzip and Ethernet (reflected 0xEDB88320). `so_far` is the result for the bytes before these.
std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far = 0) noexcept;

}  // namespace cortex::net
