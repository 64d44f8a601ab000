#include "openai_fields.hpp"
#include "openai_schema.hpp"
#include "openai_words.hpp"
#include "responses.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

using namespace openai;

namespace {

constexpr std::string_view hosted =
    "web_search web_search_2025_08_26 web_search_preview file_search mcp code_interpreter image_generation computer "
    "computer_use_preview shell local_shell apply_patch tool_search namespace programmatic_tool_calling";

bool is_hosted(std::string_view type) {
    const auto all = words(hosted);
    return std::find(all.begin(), all.end(), type) != all.end();
}

void check_function(const ResponsesCall& call, const json::object& tool, const std::string& path) {
    const json::value& name = needed(tool, "name", path);
    check_name(name, path + ".name");
    const json::object* parameters = object_at(tool, "parameters", path);
    if (call.local) {
        return;
    }
    only_known(tool, path, "type name description parameters strict async defer_loading output_schema");
    (void)string_at(tool, "description", path);
    const std::string owner = "function " + in_quotes(std::string(name.get_string()));
    if (parameters != nullptr && text_of(*parameters, "type") != "object") {
        reject("Invalid schema for " + owner + ": schema must be a JSON Schema of 'type: \"object\"'.",
               path + ".parameters", "invalid_function_parameters");
    }
    if (bool_at(tool, "strict", path).value_or(false)) {
        check_strict_schema(
            parameters != nullptr ? *parameters : json::object(),
            {owner, path + ".parameters", "invalid_function_parameters", call.model.starts_with("ft:")});
    }
}

void check_custom(const json::object& tool, const std::string& path) {
    check_name(needed(tool, "name", path), path + ".name");
    only_known(tool, path, "type name description format defer_loading");
    if (const json::object* format = object_at(tool, "format", path)) {
        allow(text_of(*format, "type"), path + ".format.type", "text grammar");
        if (text_of(*format, "type") == "grammar") {
            needed(*format, "definition", path + ".format");
            allow(text_of(*format, "syntax"), path + ".format.syntax", "lark regex");
        }
    }
}

std::vector<std::string> check_tools(const ResponsesCall& call) {
    std::vector<std::string> names;
    const json::array* tools = array_at(call.body, "tools");
    if (tools == nullptr) {
        return names;
    }
    std::size_t index = 0;
    for (const json::value& item : *tools) {
        const std::string path = path_to("tools", index++);
        if (!item.is_object()) {
            wrong_type(item, path, "an object");
        }
        const json::object& tool = item.get_object();
        const json::value& type_value = needed(tool, "type", path);
        if (!type_value.is_string()) {
            wrong_type(type_value, path + ".type", "a string");
        }
        const std::string type(type_value.get_string());
        if (type == "function") {
            check_function(call, tool, path);
        } else if (type == "custom") {
            check_custom(tool, path);
        } else if (!is_hosted(type)) {
            allow(type, path + ".type", "function custom " + std::string(hosted));
        }
        names.push_back(type == "function" || type == "custom" ? text_of(tool, "name") : type);
    }
    return names;
}

void check_offered(const std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        reject("Tool choice " + in_quotes(name) + " not found in 'tools' parameter.", "tool_choice");
    }
}

}  // namespace

void check_response_tools(const ResponsesCall& call) {
    const std::vector<std::string> names = check_tools(call);
    const json::value* choice = member(call.body, "tool_choice");
    if (choice == nullptr || choice->is_null()) {
        return;
    }
    if (choice->is_string()) {
        allow(choice->get_string(), "tool_choice", "none auto required");
        if (choice->get_string() == "required" && names.empty()) {
            reject("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice");
        }
        return;
    }
    if (!choice->is_object()) {
        wrong_type(*choice, "tool_choice", "one of a string or an object");
    }
    const json::object& wish = choice->get_object();
    const json::value& type_value = needed(wish, "type", "tool_choice");
    if (!type_value.is_string()) {
        wrong_type(type_value, "tool_choice.type", "a string");
    }
    const std::string type(type_value.get_string());
    if (type == "function" || type == "custom") {
        needed(wish, "name", "tool_choice");
        only_known(wish, "tool_choice", "type name");
        check_offered(names, text_of(wish, "name"));
    } else if (type == "allowed_tools") {
        allow(text_of(wish, "mode"), "tool_choice.mode", "auto required");
        needed(wish, "tools", "tool_choice");
        for (const json::value& tool : *array_at(wish, "tools", "tool_choice")) {
            check_offered(names, tool.is_object() ? text_of(tool.get_object(), "name") : std::string());
        }
    } else {
        allow(type, "tool_choice.type", "function custom allowed_tools " + std::string(hosted));
        check_offered(names, type);
    }
}

}  // namespace emulator
