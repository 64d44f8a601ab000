#include "gemini_call.hpp"
#include "gemini_error.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

bool is_property_name(std::string_view name) {
    const std::string allowed = std::string(letters) + "0123456789";
    return !name.empty() && name.size() <= 64 && letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

void check_object(const json::object& schema, const std::string& path, bool names_properties) {
    const json::object& properties = object_in(schema, "properties");
    for (const auto& property : properties) {
        const std::string here = path + ".properties[" + std::string(property.key()) + "]";
        if (names_properties && !is_property_name(property.key())) {
            refuse_content(here,
                           "property names start with a letter or an underscore, hold only letters, digits and "
                           "underscores, and have at most 64 characters.");
        }
        check_gemini_schema(as_object(property.value()), here, names_properties);
    }
    for (const std::string_view list : {"required", "propertyOrdering"}) {
        std::size_t index = 0;
        for (const json::value& name : list_in(schema, list)) {
            const std::string here = path + "." + (list == "required" ? "required" : "property_ordering") + "[" +
                                     std::to_string(index++) + "]";
            if (!properties.contains(name.get_string())) {
                refuse_content(here, "property is not defined");
            }
        }
    }
}

void check_text(const json::object& schema, const std::string& path, const std::string& type) {
    if (schema.contains("enum") && !type.empty() && type != "STRING") {
        refuse_content(path + ".enum", "only allowed for STRING type");
    }
    for (const json::value& word : list_in(schema, "enum")) {
        if (word.get_string().empty()) {
            refuse_content(path + ".enum", "cannot be empty");
        }
    }
    const std::string format = text_of(schema, "format");
    if (type == "STRING" && !format.empty() && format != "enum" && format != "date-time") {
        refuse_content(path + ".format", "only 'enum' and 'date-time' are supported for STRING type");
    }
}

}  // namespace

void check_gemini_schema(const json::object& schema, const std::string& path, bool names_properties) {
    const std::string type = text_of(schema, "type");
    if (type.empty() && !schema.contains("anyOf") && !schema.contains("ref") && !schema.contains("enum")) {
        refuse_content(path + ".type", "must be specified");
    }
    if (schema.contains("properties") && !type.empty() && type != "OBJECT") {
        refuse_content(path + ".properties", "only allowed for OBJECT type");
    }
    if (type == "ARRAY" && !schema.contains("items") && !schema.contains("prefixItems")) {
        refuse_content(path + ".items", "missing field.");
    }
    check_text(schema, path, type);
    check_object(schema, path, names_properties);
    if (schema.contains("items")) {
        check_gemini_schema(object_in(schema, "items"), path + ".items", names_properties);
    }
    for (const std::string_view list : {"anyOf", "prefixItems"}) {
        std::size_t index = 0;
        for (const json::value& inner : list_in(schema, list)) {
            check_gemini_schema(
                as_object(inner),
                path + "." + (list == "anyOf" ? "any_of" : "prefix_items") + "[" + std::to_string(index++) + "]",
                names_properties);
        }
    }
}

void check_json_schema(const json::value& value, const std::string& path) {
    // The documented keywords, and `$schema` and `default`, which the service was seen to pass over.
    constexpr std::array<std::string_view, 23> known{"$schema",         "$id",
                                                     "$defs",           "$ref",
                                                     "$anchor",         "type",
                                                     "format",          "title",
                                                     "default",         "enum",
                                                     "description",     "items",
                                                     "minItems",        "maxItems",
                                                     "minimum",         "maximum",
                                                     "anyOf",           "oneOf",
                                                     "prefixItems",     "required",
                                                     "properties",      "additionalProperties",
                                                     "propertyOrdering"};
    if (value.is_bool()) {
        return;
    }
    if (!value.is_object()) {
        refuse_field(path, "Invalid value at '" + path + "', a schema is an object.");
    }
    const json::object& schema = value.get_object();
    for (const auto& item : schema) {
        const std::string_view name = item.key();
        if (schema.contains("$ref") && !name.starts_with('$')) {
            refuse_content(path, "a schema with `$ref` may hold only fields that start with `$`, not `" +
                                     std::string(name) + "`.");
        }
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            refuse_content(path, "the field `" + std::string(name) + "` is not supported.");
        }
    }
    for (const std::string_view map : {"properties", "$defs"}) {
        for (const auto& inner : object_in(schema, map)) {
            check_json_schema(inner.value(), path + "." + std::string(map) + "." + std::string(inner.key()));
        }
    }
    for (const std::string_view one : {"items", "additionalProperties"}) {
        if (const json::value* inner = member(schema, one)) {
            check_json_schema(*inner, path + "." + std::string(one));
        }
    }
    for (const std::string_view list : {"anyOf", "oneOf", "prefixItems"}) {
        std::size_t index = 0;
        for (const json::value& inner : list_in(schema, list)) {
            check_json_schema(inner, path + "." + std::string(list) + "." + std::to_string(index++));
        }
    }
}

json::object as_json_schema(const json::object& schema) {
    json::object result;
    for (const auto& item : schema) {
        const std::string_view name = item.key();
        if (name == "type" && item.value().is_string()) {
            result["type"] = lower(item.value().get_string());
        } else if (name == "properties" && item.value().is_object()) {
            json::object properties;
            for (const auto& property : item.value().get_object()) {
                properties[property.key()] = property.value().is_object()
                                                 ? json::value(as_json_schema(property.value().get_object()))
                                                 : property.value();
            }
            result["properties"] = std::move(properties);
        } else if (item.value().is_object() && name == "items") {
            result["items"] = as_json_schema(item.value().get_object());
        } else if (name == "anyOf" && item.value().is_array()) {
            json::array choices;
            for (const json::value& inner : item.value().get_array()) {
                choices.push_back(inner.is_object() ? json::value(as_json_schema(inner.get_object())) : inner);
            }
            result["anyOf"] = std::move(choices);
        } else {
            result[name] = item.value();
        }
    }
    return result;
}

}  // namespace emulator
