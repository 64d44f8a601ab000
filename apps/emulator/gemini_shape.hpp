#pragma once
// The shape of a request: which fields each message has, of which kind, on which host. Says nothing about sense.

#include "gemini_models.hpp"
#include "json_util.hpp"

#include <span>
#include <string_view>

namespace emulator {

/// Where a field exists.
enum class FieldHosts { both, developer, vertex };

enum class FieldKind { text, boolean, int32, int64, number, bytes, word, message, map, any_object, anything };

struct MessageShape;

struct FieldShape {
    std::string_view name;  ///< camelCase; snake_case is understood too
    FieldKind kind = FieldKind::text;
    bool repeated = false;
    const MessageShape* message = nullptr;  ///< of FieldKind::message, or of a map's values
    std::string_view words = {};            ///< of FieldKind::word, space-joined
    FieldHosts hosts = FieldHosts::both;
    std::string_view type = {};             ///< of FieldKind::word: what the refusal calls it
};

struct MessageShape {
    std::span<const FieldShape> fields;
};

[[nodiscard]] const MessageShape& generate_request_shape() noexcept;
[[nodiscard]] const MessageShape& count_request_shape() noexcept;

/// The same message with camelCase names and without nulls. Throws Refused with 400 for an unknown name or a value of
/// another kind.
[[nodiscard]] json::object read_message(const json::object& object, const MessageShape& shape, GeminiHost host);

/// camelCase to snake_case.
[[nodiscard]] std::string snake_case(std::string_view name);

}  // namespace emulator
