#pragma once

#include "core/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace cortex::schema {

/// JSON Schema's equality: numbers by value (1 and 1.0 are equal, true and 1 are not), objects without regard to order.
bool equal(const JsonValue& a, const JsonValue& b) noexcept;

/// Equal values have equal hashes.
std::uint64_t hash(const JsonValue& value) noexcept;

/// The places of two equal items, or nothing. The time grows with the array's size, not with its square.
std::optional<std::pair<std::size_t, std::size_t>> equal_items(const JsonArray& items);

}  // namespace cortex::schema
