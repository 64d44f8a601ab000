#pragma once

#include "core/json.hpp"
#include "schema/schema.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace cortex::schema {

/// "" where the instance fits, else the violation's sentence; "refused: ..." where the schema does not compile.
inline std::string judge(std::string_view schema, std::string_view instance) {
    const auto compiled = Schema::compile(schema);
    if (!compiled) return "refused: " + compiled.error().message;
    JsonParser parser;
    const JsonValue* value = parser.parse(instance);
    if (value == nullptr) return "the instance is no JSON";
    const auto violation = compiled->check(*value);
    return violation ? violation->sentence() : std::string();
}

/// Why the schema does not compile; "" where it does.
inline std::string refusal(std::string_view schema) {
    const auto compiled = Schema::compile(schema);
    return compiled ? std::string() : compiled.error().message;
}

}  // namespace cortex::schema
