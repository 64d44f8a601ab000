#pragma once
// The part of JSON Schema that `strict: true` takes.

#include "json_util.hpp"

#include <string>

namespace emulator::openai {

/// Where a schema stands in the request, for the sentence that refuses it.
struct SchemaPlace {
    std::string owner;  ///< "function 'add'"
    std::string param;
    std::string code;
    bool fine_tuned = false;  ///< models of one's own take fewer keywords
};

/// Throws 400 "Invalid schema for OWNER: In context=('properties', 'a'), ..."
void check_strict_schema(const json::object& schema, const SchemaPlace& place);

/// Whether the strict rules hold.
[[nodiscard]] bool fits_strict(const json::object& schema);

}  // namespace emulator::openai
