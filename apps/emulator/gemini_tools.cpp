#include "gemini_error.hpp"
#include "gemini_shape.hpp"
#include "gemini_turns.hpp"

#include <algorithm>
#include <set>

namespace emulator {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::size_t longest_name = 128;

bool is_function_name(std::string_view name) {
    const std::string allowed = std::string(letters) + "0123456789.:-";
    return !name.empty() && name.size() <= longest_name && letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

void check_name(std::string_view name, const std::string& path) {
    if (!is_function_name(name)) {
        refuse_content(path + ".name",
                       "[FIELD_INVALID] Invalid function name. Must start with a letter or an underscore. Must be "
                       "alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a "
                       "maximum length of 128.");
    }
}

void check_parameters(const json::object& declaration, const std::string& path) {
    if (const json::value* schema = member(declaration, "parametersJsonSchema")) {
        if (declaration.contains("parameters")) {
            refuse_content(path, "only one of parameters and parameters_json_schema may be set.");
        }
        check_json_schema(*schema, path + ".parameters_json_schema");
    }
    if (!declaration.contains("parameters")) {
        return;
    }
    const json::object& parameters = object_in(declaration, "parameters");
    if (text_of(parameters, "type") != "OBJECT") {
        refuse_content(path + ".parameters", "schema should be of type OBJECT.");
    }
    check_gemini_schema(parameters, path + ".parameters", true);
}

void check_answer_schema(const json::object& declaration, const std::string& path) {
    if (const json::value* schema = member(declaration, "responseJsonSchema")) {
        if (declaration.contains("response")) {
            refuse_content(path, "only one of response and response_json_schema may be set.");
        }
        check_json_schema(*schema, path + ".response_json_schema");
    }
}

std::set<std::string> check_declarations(const GeminiCall& call) {
    std::set<std::string> names;
    bool built_in = false;
    std::size_t number = 0;
    for (const json::value& item : list_in(call.body, "tools")) {
        const std::string path = "tools[" + std::to_string(number++) + "]";
        const json::object& tool = as_object(item);
        if (tool.empty()) {
            refuse_content(path + ".tool_type", "required one_of 'tool_type' must have one initialized field");
        }
        built_in = built_in || tool.size() > (tool.contains("functionDeclarations") ? 1U : 0U);
        std::size_t index = 0;
        for (const json::value& entry : list_in(tool, "functionDeclarations")) {
            const std::string here = path + ".function_declarations[" + std::to_string(index++) + "]";
            const json::object& declaration = as_object(entry);
            const std::string name = text_of(declaration, "name");
            check_name(name, here);
            if (!names.insert(name).second) {
                refuse_argument("Duplicate function declaration found: " + name);
            }
            check_parameters(declaration, here);
            check_answer_schema(declaration, here);
        }
    }
    if (built_in && !names.empty() && call.rules->family == "2.5") {
        refuse_argument("Tool use with function calling is unsupported");
    }
    return names;
}

void check_calling(const GeminiCall& call, const std::set<std::string>& names) {
    const json::object& config = object_in(call.part("toolConfig"), "functionCallingConfig");
    const std::string mode = text_of(config, "mode");
    const bool must = mode == "ANY" || mode == "VALIDATED";
    if (must && names.empty()) {
        refuse_argument("Function calling config is set without function_declarations.");
    }
    const json::array& allowed = list_in(config, "allowedFunctionNames");
    if (!allowed.empty() && !must) {
        refuse_argument(
            "Allowed function names should only be set when the function calling mode is ANY or VALIDATED.");
    }
    for (const json::value& name : allowed) {
        if (!names.contains(std::string(name.get_string()))) {
            refuse_argument("The allowed function name '" + std::string(name.get_string()) +
                            "' is not in the function_declarations.");
        }
    }
}

void check_server_tools(const GeminiCall& call) {
    const bool included = is_true(call.part("toolConfig"), "includeServerSideToolInvocations");
    for (const GeminiTurn& turn : turns_of(call.body)) {
        for (const PlacedPart& placed : turn.parts) {
            if (!included && (placed.part->contains("toolCall") || placed.part->contains("toolResponse"))) {
                refuse_content(placed.path(),
                               "server side tool invocations need tool_config.include_server_side_tool_invocations.");
            }
        }
    }
}

}  // namespace

void check_gemini_tools(const GeminiCall& call) {
    check_calling(call, check_declarations(call));
    check_server_tools(call);
}

void check_gemini_call(GeminiCall& call) {
    check_gemini_config(call);
    check_gemini_tools(call);
    check_gemini_contents(call);
    const std::string cached = text_of(call.body, "cachedContent");
    if (!cached.empty()) {
        if (call.rules->is_4()) {
            refuse_argument("Explicit caching is not supported for this model.");
        }
        if (cached.find("cachedContents/") == std::string::npos) {
            refuse_content("cached_content", "Invalid CachedContent name: must be `cachedContents/{id}`.");
        }
        throw Refused(gemini_error(403, "CachedContent not found (or permission denied)"));
    }
}

}  // namespace emulator
