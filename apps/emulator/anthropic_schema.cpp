// What the service asks of a tool's input schema, strict or not.

#include "anthropic_call.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace emulator {

namespace {

// Deeper than any schema that a person writes; keeps a hostile one from the end of the stack.
constexpr int deepest = 64;

bool is_property_key(std::string_view key) {
    return !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    });
}

bool one_of_words(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_type(const json::value& value) {
    return value.is_string() && one_of_words(std::string_view(value.get_string()),
                                             {"array", "boolean", "integer", "null", "number", "object", "string"});
}

bool are_distinct_texts(const json::value& value) {
    const json::array* list = value.if_array();
    std::set<std::string> seen;
    return list != nullptr && std::all_of(list->begin(), list->end(), [&seen](const json::value& item) {
               return item.is_string() && seen.emplace(item.get_string()).second;
           });
}

bool is_type_list(const json::value& value) {
    const json::array* list = value.if_array();
    return list != nullptr && !list->empty() && are_distinct_texts(value) &&
           std::all_of(list->begin(), list->end(), is_type);
}

bool is_schema(const json::value& value, int depth);

bool are_schemas(const json::value& value, int depth) {
    if (const json::array* list = value.if_array()) {
        return !list->empty() && std::all_of(list->begin(), list->end(),
                                             [depth](const json::value& item) { return is_schema(item, depth); });
    }
    return false;
}

bool is_schema_table(const json::value& value, int depth) {
    const json::object* table = value.if_object();
    return table != nullptr && std::all_of(table->begin(), table->end(),
                                           [depth](const auto& item) { return is_schema(item.value(), depth); });
}

// Draft 2020-12's own rules for its keywords; what it does not know is allowed.
bool is_legal_keyword(std::string_view name, const json::value& value, int depth) {
    if (name == "type") {
        return is_type(value) || is_type_list(value);
    }
    if (one_of_words(name, {"properties", "patternProperties", "$defs", "dependentSchemas"})) {
        return is_schema_table(value, depth);
    }
    if (one_of_words(name, {"items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "contains",
                            "propertyNames", "not", "if", "then", "else"})) {
        return is_schema(value, depth);
    }
    if (one_of_words(name, {"allOf", "anyOf", "oneOf", "prefixItems"})) {
        return are_schemas(value, depth);
    }
    if (name == "required") {
        return are_distinct_texts(value);
    }
    if (name == "enum") {
        return value.is_array();
    }
    if (one_of_words(name, {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})) {
        return value.is_number();
    }
    if (name == "multipleOf") {
        return number_of(value).value_or(0) > 0;
    }
    if (one_of_words(name, {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
                            "minContains", "maxContains"})) {
        const std::optional<double> number = number_of(value);
        return number && *number >= 0 && *number == static_cast<double>(static_cast<std::int64_t>(*number));
    }
    if (name == "uniqueItems") {
        return value.is_bool();
    }
    if (one_of_words(name,
                     {"pattern", "format", "title", "description", "$ref", "$id", "$schema", "$anchor", "$comment"})) {
        return value.is_string();
    }
    return true;
}

bool is_schema(const json::value& value, int depth) {
    if (value.is_bool()) {
        return true;
    }
    const json::object* schema = value.if_object();
    return schema != nullptr && depth > 0 && std::all_of(schema->begin(), schema->end(), [depth](const auto& item) {
               return is_legal_keyword(item.key(), item.value(), depth - 1);
           });
}

}  // namespace

void check_input_schema(const json::value& schema, const std::string& path) {
    if (!schema.is_object()) {
        refuse(path, "Input does not match the expected shape.");
    }
    const json::object& object = schema.get_object();
    if (want_string(require(object, "type", path), join(path, "type")) != "object") {
        refuse(join(path, "type"), "Input should be 'object'");
    }
    if (const json::value* properties = member(object, "properties"); properties != nullptr && !properties->is_null()) {
        const std::string here = join(path, "properties");
        for (const auto& item : want_object(*properties, here)) {
            if (!is_property_key(item.key())) {
                refuse(here, "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'");
            }
        }
    }
    if (object.contains("oneOf") || object.contains("allOf") || object.contains("anyOf")) {
        refuse(path, "input_schema does not support oneOf, allOf, or anyOf at the top level");
    }
    if (!is_schema(schema, deepest)) {
        refuse(
            path,
            "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12).");
    }
}

}  // namespace emulator
