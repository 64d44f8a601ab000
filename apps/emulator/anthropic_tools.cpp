#include "anthropic_call.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

// Tools that the service itself defines; their own fields are taken as they come.
constexpr std::array<std::string_view, 11> defined_tools{
    "bash_",      "text_editor_",    "memory_",           "computer_",   "browser_", "web_search_",
    "web_fetch_", "code_execution_", "tool_search_tool_", "mcp_toolset", "advisor_"};

bool is_tool_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

std::size_t optional_parameters(const json::object& schema) {
    const json::value* properties = member(schema, "properties");
    if (properties == nullptr || !properties->is_object()) {
        return 0;
    }
    const json::value* required = member(schema, "required");
    const std::size_t needed = required != nullptr && required->is_array() ? required->get_array().size() : 0;
    const std::size_t all = properties->get_object().size();
    return all > needed ? all - needed : 0;
}

// Counts the parameters that take more than one type; compiled grammars may hold few of them.
std::size_t union_parameters(const json::value& schema) {
    std::size_t count = 0;
    if (const json::array* list = schema.if_array()) {
        for (const json::value& item : *list) {
            count += union_parameters(item);
        }
    } else if (const json::object* object = schema.if_object()) {
        const json::value* type = member(*object, "type");
        count += object->contains("anyOf") || (type != nullptr && type->is_array()) ? 1U : 0U;
        for (const auto& item : *object) {
            count += union_parameters(item.value());
        }
    }
    return count;
}

// The name of a definition that refers to itself on any path below `schema`; empty: none does.
std::string circular_definition(const json::value& schema, const json::object& definitions,
                                std::vector<std::string>& open) {
    if (const json::array* list = schema.if_array()) {
        for (const json::value& item : *list) {
            if (std::string name = circular_definition(item, definitions, open); !name.empty()) {
                return name;
            }
        }
        return {};
    }
    const json::object* object = schema.if_object();
    if (object == nullptr) {
        return {};
    }
    if (const std::string reference = text_of(*object, "$ref"); reference.starts_with("#/$defs/")) {
        const std::string name = reference.substr(std::string_view("#/$defs/").size());
        if (std::find(open.begin(), open.end(), name) != open.end()) {
            return name;
        }
        if (const json::value* target = member(definitions, name)) {
            open.push_back(name);
            std::string found = circular_definition(*target, definitions, open);
            open.pop_back();
            return found;
        }
    }
    for (const auto& item : *object) {
        if (item.key() != "$defs") {
            if (std::string name = circular_definition(item.value(), definitions, open); !name.empty()) {
                return name;
            }
        }
    }
    return {};
}

void check_recursion(const json::value& schema, const std::string& path) {
    const json::object* object = schema.if_object();
    const json::value* definitions = object != nullptr ? member(*object, "$defs") : nullptr;
    if (definitions == nullptr || !definitions->is_object()) {
        return;
    }
    std::vector<std::string> open;
    if (const std::string name = circular_definition(schema, definitions->get_object(), open); !name.empty()) {
        refuse(path, "Invalid schema: Circular reference detected in schema definitions: " + name + " -> " + name +
                         ". Self-referencing or mutually-referencing definitions are not supported.");
    }
}

void check_custom_tool(const json::object& tool, const std::string& path) {
    only_fields(tool, path,
                {"name", "description", "input_schema", "cache_control", "strict", "defer_loading", "allowed_callers",
                 "input_examples", "eager_input_streaming", "type"});
    const std::string name_path = join(path, "name");
    const std::string_view name = want_string(require(tool, "name", path), name_path);
    if (name.empty()) {
        refuse(name_path, "String should have at least 1 character");
    }
    if (!is_tool_name(name)) {
        refuse(name_path, "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'");
    }
    if (const json::value* description = member(tool, "description")) {
        want_string(*description, join(path, "description"));
    }
    const json::value& schema = require(tool, "input_schema", path);
    check_input_schema(schema, join(path, "input_schema"));
    for (const std::string_view flag : {std::string_view("strict"), std::string_view("defer_loading")}) {
        if (const json::value* value = member(tool, flag)) {
            want_bool(*value, join(path, flag));
        }
    }
    if (is_true(tool, "strict")) {
        check_recursion(schema, path);
        check_strict_schema(schema, path);
    }
    check_cache_control(tool, path);
}

void check_tool_choice(const AnthropicCall& call, const std::vector<std::string>& names) {
    const json::value* value = member(call.body, "tool_choice");
    if (value == nullptr || value->is_null()) {
        return;
    }
    const json::object& choice = want_object(*value, "tool_choice");
    const std::string type(want_string(require(choice, "type", "tool_choice"), "tool_choice.type"));
    if (type != "auto" && type != "any" && type != "tool" && type != "none") {
        refuse("tool_choice",
               "Input tag '" + type +
                   "' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'");
    }
    const std::string path = join("tool_choice", type);
    if (type == "none") {
        only_fields(choice, path, {"type"});
    } else if (type == "tool") {
        only_fields(choice, path, {"type", "name", "disable_parallel_tool_use"});
    } else {
        only_fields(choice, path, {"type", "disable_parallel_tool_use"});
    }
    if (const json::value* flag = member(choice, "disable_parallel_tool_use")) {
        want_bool(*flag, join(path, "disable_parallel_tool_use"));
    }
    if (names.empty()) {
        refuse("tool_choice", "may only be specified while providing tools");
    }
    if (type == "tool") {
        const std::string_view name = want_string(require(choice, "name", path), join(path, "name"));
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            refuse("tool_choice", "Tool '" + std::string(name) + "' not found in provided tools");
        }
    }
    if (type == "any" || type == "tool") {
        if (!call.rules->forced_tool) {
            refuse("tool_choice", "type \"tool\" and \"any\" are not supported for this model.");
        }
        if (call.thinking == ThinkingMode::manual) {
            refuse("", "Thinking may not be enabled when tool_choice forces tool use.");
        }
        if (call.max_tokens == 0) {
            refuse("max_tokens", "`max_tokens: 0` is not supported with a forced tool choice");
        }
    }
}

}  // namespace

void check_tools(const AnthropicCall& call) {
    std::vector<std::string> names;
    if (const json::value* value = member(call.body, "tools"); value != nullptr && !value->is_null()) {
        std::size_t index = 0;
        std::size_t strict = 0;
        std::size_t optional = 0;
        std::size_t unions = 0;
        bool too_complex = false;
        for (const json::value& item : want_array(*value, "tools")) {
            const std::string path = join("tools", index++);
            const json::object& tool = want_object(item, path);
            const json::value* type_value = member(tool, "type");
            const std::string type = type_value == nullptr || type_value->is_null()
                                         ? std::string("custom")
                                         : std::string(want_string(*type_value, join(path, "type")));
            if (type == "custom") {
                check_custom_tool(tool, join(path, "custom"));
                if (is_true(tool, "strict")) {
                    ++strict;
                    optional += optional_parameters(tool.at("input_schema").get_object());
                    const std::size_t own = union_parameters(tool.at("input_schema"));
                    unions += own;
                    // Sixteen spread over tools were seen to pass, sixteen in one schema not.
                    too_complex = too_complex || own >= 16 || unions > 16;
                }
            } else if (std::none_of(defined_tools.begin(), defined_tools.end(),
                                    [&type](std::string_view prefix) { return type.starts_with(prefix); })) {
                refuse(path, "Input tag '" + type + "' found using 'type' does not match any of the expected tags");
            }
            std::string name = text_of(tool, "name");
            if (!name.empty()) {
                if (std::find(names.begin(), names.end(), name) != names.end()) {
                    refuse("tools", "Tool names must be unique.");
                }
                names.push_back(std::move(name));
            }
        }
        if (strict > 20) {
            refuse("", "Too many strict tools (" + std::to_string(strict) +
                           "). The maximum number of strict tools supported is 20. Try reducing the number of tools "
                           "marked as strict.");
        }
        if (too_complex) {
            refuse(
                "",
                "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool schemas.");
        }
        if (optional > 24) {
            refuse("", "Schemas contains too many optional parameters (" + std::to_string(optional) +
                           "), which would make grammar compilation inefficient. Reduce the number of optional "
                           "parameters in your "
                           "tool schemas (limit: 24).");
        }
    }
    check_tool_choice(call, names);
}

void check_strict_schema(const json::value& schema, const std::string& path) {
    constexpr std::array<std::string_view, 9> unsupported{"minimum",          "maximum",    "exclusiveMinimum",
                                                          "exclusiveMaximum", "multipleOf", "minLength",
                                                          "maxLength",        "maxItems",   "uniqueItems"};
    if (const json::array* list = schema.if_array()) {
        for (const json::value& item : *list) {
            check_strict_schema(item, path);
        }
        return;
    }
    const json::object* object = schema.if_object();
    if (object == nullptr) {
        return;
    }
    const std::string type = text_of(*object, "type");
    for (const std::string_view name : unsupported) {
        if (object->contains(name) && !type.empty()) {
            refuse(path, "For '" + type + "' type, property '" + std::string(name) + "' is not supported");
        }
    }
    if (type == "object") {
        const json::value* extra = member(*object, "additionalProperties");
        if (extra == nullptr || !extra->is_bool() || extra->get_bool()) {
            refuse(path, "For 'object' type, 'additionalProperties' must be explicitly set to false");
        }
    }
    for (const auto& item : *object) {
        const std::string_view key = item.key();
        if (key == "properties" || key == "$defs" || key == "definitions") {
            if (const json::object* children = item.value().if_object()) {
                for (const auto& child : *children) {
                    check_strict_schema(child.value(), path);
                }
            }
        } else if (key == "items" || key == "anyOf" || key == "allOf") {
            check_strict_schema(item.value(), path);
        }
    }
}

}  // namespace emulator
