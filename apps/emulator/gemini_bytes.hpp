#pragma once
// Bytes as proto3 JSON spells them.

#include <optional>
#include <string>
#include <string_view>

namespace emulator {

/// Both alphabets of base64, with or without padding. Nothing for anything else.
[[nodiscard]] std::optional<std::string> bytes_of_any_base64(std::string_view text);

}  // namespace emulator
