#include "openai_chat.hpp"
#include "openai_fields.hpp"
#include "openai_words.hpp"

#include <algorithm>
#include <array>

namespace emulator {

using namespace openai;

namespace {

// What each kind of part holds beside its type.
void check_part(const json::object& part, const std::string& type, const std::string& here, bool local) {
    const json::value& value = needed(part, type, here);
    const std::string path = path_to(here, type);
    if (!local) {
        only_known(part, here, "type prompt_cache_breakpoint " + type);
        if (const json::object* mark = object_at(part, "prompt_cache_breakpoint", here)) {
            only_known(*mark, path_to(here, "prompt_cache_breakpoint"), "mode");
            allow(text_of(*mark, "mode"), path_to(here, "prompt_cache_breakpoint.mode"), "explicit");
        }
    }
    if (type == "text" || type == "refusal") {
        if (!value.is_string()) {
            wrong_type(value, path, "a string");
        }
        return;
    }
    if (!value.is_object()) {
        wrong_type(value, path, "an object");
    }
    const json::object& object = value.get_object();
    if (type == "image_url") {
        const json::value& url = needed(object, "url", path);
        if (!local) {
            check_image_url(url, path_to(path, "url"));
            check_image_detail(object, path);
        }
    } else if (type == "input_audio") {
        needed(object, "data", path);
        needed(object, "format", path);
        allow(text_of(object, "format"), path_to(path, "format"), "wav mp3");
    } else {
        check_file(object, path, false);
    }
}

std::string_view parts_of(const std::string& role, const ChatCall& call) {
    if (role == "assistant") {
        return "text refusal";
    }
    if (role != "user") {
        return "text";
    }
    return call.on_azure() ? "text image_url input_audio" : "text image_url input_audio file";
}

void check_parts(const json::value& content, const std::string& param, const std::string& role, const ChatCall& call) {
    if (content.get_array().empty() && !call.local) {
        reject("Invalid " + in_quotes(param) +
                   ": empty array. Expected an array with minimum length 1, but got an empty array instead.",
               param, "empty_array");
    }
    std::size_t index = 0;
    for (const json::value& item : content.get_array()) {
        const std::string here = path_to(param, index++);
        if (!item.is_object()) {
            wrong_type(item, here, "an object");
        }
        const json::object& part = item.get_object();
        const json::value& type_value = needed(part, "type", here);
        if (!type_value.is_string()) {
            wrong_type(type_value, here + ".type", "a string");
        }
        const std::string type(type_value.get_string());
        allow(type, here + ".type", parts_of(role, call));
        check_part(part, type, here, call.local);
    }
}

std::vector<std::string> check_tool_calls(const json::value& value, const std::string& param, bool local) {
    if (!value.is_array()) {
        wrong_type(value, param, "an array of objects");
    }
    if (value.get_array().empty()) {
        reject("Invalid " + in_quotes(param) +
                   ": empty array. Expected an array with minimum length 1, but got an empty array instead.",
               param, "empty_array");
    }
    std::vector<std::string> ids;
    std::size_t index = 0;
    for (const json::value& item : value.get_array()) {
        const std::string here = param + "[" + std::to_string(index++) + "]";
        if (!item.is_object()) {
            wrong_type(item, here, "an object");
        }
        const json::object& call = item.get_object();
        const json::value& id = needed(call, "id", here);
        if (!id.is_string()) {
            wrong_type(id, here + ".id", "a string");
        }
        if (!local) {
            check_length(id.get_string(), here + ".id", 40);
        }
        const std::string type(text_of(call, "type"));
        if (type != "function" && type != "custom") {
            needed(call, "type", here);
            allow(type, here + ".type", "function custom");
        }
        const json::value& function = needed(call, type, here);
        if (!function.is_object()) {
            wrong_type(function, here + "." + type, "an object");
        }
        const json::value& name = needed(function.get_object(), "name", here + "." + type);
        if (!local) {
            only_known(call, here, "id type " + type);
            check_name(name, here + "." + type + ".name");
        }
        const json::value& arguments =
            needed(function.get_object(), type == "custom" ? "input" : "arguments", here + "." + type);
        if (!arguments.is_string()) {
            wrong_type(arguments, here + "." + type + ".arguments", "a string");
        }
        ids.emplace_back(id.get_string());
    }
    return ids;
}

void check_unanswered(const std::vector<std::string>& open, std::size_t index) {
    if (open.empty()) {
        return;
    }
    std::string list;
    for (const std::string& id : open) {
        list += (list.empty() ? "" : ", ") + id;
    }
    reject(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following "
        "tool_call_ids did not have response messages: " +
            list,
        "messages.[" + std::to_string(index) + "].role");
}

void check_content(const json::object& message, const std::string& role, const std::string& path, bool optional,
                   const ChatCall& call) {
    const json::value* content = member(message, "content");
    if (content == nullptr || content->is_null()) {
        if (!optional) {
            if (content == nullptr) {
                needed(message, "content", path);
            }
            reject("Invalid value for 'content': expected a string, got null.", path + ".content");
        }
        return;
    }
    if (content->is_array()) {
        check_parts(*content, path + ".content", role, call);
    } else if (!content->is_string()) {
        wrong_type(*content, path + ".content", "one of a string or array of objects");
    }
}

}  // namespace

void check_chat_messages(const ChatCall& call) {
    const json::value& value = needed(call.body, "messages", "");
    if (!value.is_array()) {
        wrong_type(value, "messages", "an array of objects");
    }
    if (value.get_array().empty()) {
        reject(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "messages", "empty_array");
    }
    std::vector<std::string> open;  // calls of the last assistant message that no tool message has answered
    bool after_calls = false;
    std::size_t index = 0;
    for (const json::value& item : value.get_array()) {
        const std::string path = "messages[" + std::to_string(index) + "]";
        if (!item.is_object()) {
            wrong_type(item, path, "an object");
        }
        const json::object& message = item.get_object();
        const json::value& role_value = needed(message, "role", path);
        if (!role_value.is_string()) {
            wrong_type(role_value, path + ".role", "a string");
        }
        const std::string role(role_value.get_string());
        allow(role, path + ".role", "system assistant user function tool developer");
        if (!call.local) {
            for (const auto& field : message) {
                constexpr std::array<std::string_view, 9> known{"role",          "content",      "name",
                                                                "tool_calls",    "tool_call_id", "refusal",
                                                                "function_call", "audio",        "annotations"};
                if (std::find(known.begin(), known.end(), std::string_view(field.key())) == known.end()) {
                    reject("Unknown parameter: " + in_quotes(path + "." + std::string(field.key())) + ".",
                           path + "." + std::string(field.key()), "unknown_parameter");
                }
            }
        }
        if (role == "tool") {
            const json::value& id = needed(message, "tool_call_id", path);
            if (!id.is_string()) {
                wrong_type(id, path + ".tool_call_id", "a string");
            }
            const auto answered = std::find(open.begin(), open.end(), std::string(id.get_string()));
            if (!after_calls || answered == open.end()) {
                reject(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                    "'tool_calls'.",
                    "messages.[" + std::to_string(index) + "].role");
            }
            open.erase(answered);
            check_content(message, role, path, false, call);
        } else {
            check_unanswered(open, index);
            open.clear();
            after_calls = false;
            const json::value* calls = member(message, "tool_calls");
            const bool has_calls =
                role == "assistant" && calls != nullptr &&
                !(call.local && (calls->is_null() || (calls->is_array() && calls->get_array().empty())));
            if (has_calls) {
                open = check_tool_calls(*calls, path + ".tool_calls", call.local);
                after_calls = true;
            } else if (calls != nullptr && !call.local) {
                reject("Unknown parameter: " + in_quotes(path + ".tool_calls") + ".", path + ".tool_calls",
                       "unknown_parameter");
            }
            check_content(message, role, path,
                          has_calls || (role == "assistant" && (call.local || message.contains("refusal") ||
                                                                message.contains("function_call"))),
                          call);
        }
        ++index;
    }
    check_unanswered(open, index);
}

}  // namespace emulator
