#include "dialects/anthropic/answer_format.hpp"

#include "core/json.hpp"
#include "dialects/strict_schema.hpp"

#include <algorithm>
#include <array>

namespace cortex::dialects::anthropic {
namespace {

constexpr std::array<std::string_view, 13> refused{"minimum",  "maximum",  "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
                                                   "minItems", "maxItems", "pattern",          "$ref",             "$defs",      "definitions"};

/// A property of such a name counts too; then the schema is only told.
bool names_one(const JsonValue& value) {
    if (const auto* list = value.if_array()) return std::any_of(list->begin(), list->end(), names_one);
    const auto* object = value.if_object();
    return object != nullptr && std::any_of(object->begin(), object->end(), [](const auto& member) {
               return std::find(refused.begin(), refused.end(), json_view(member.key())) != refused.end() || names_one(member.value());
           });
}

}  // namespace

bool holds_answers_to(std::string_view schema) {
    if (!fits_strict_subset(schema)) return false;
    JsonParser parser;
    const JsonValue* value = parser.parse(schema);
    return value != nullptr && !names_one(*value);
}

}  // namespace cortex::dialects::anthropic
