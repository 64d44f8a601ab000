#include "openai_chat.hpp"
#include "openai_words.hpp"

#include <algorithm>
#include <array>

namespace emulator {

using openai::allow;
using openai::needed;
using openai::in_quotes;
using openai::reject;
using openai::wrong_type;

namespace {

void check_parts(const json::value& content, const std::string& param, bool text_only) {
    std::size_t index = 0;
    for (const json::value& item : content.get_array()) {
        const std::string here = param + "[" + std::to_string(index++) + "]";
        if (!item.is_object()) {
            wrong_type(item, here, "an object");
        }
        const json::object& part = item.get_object();
        const json::value& type_value = needed(part, "type", here);
        if (!type_value.is_string()) {
            wrong_type(type_value, here + ".type", "a string");
        }
        const std::string_view type = type_value.get_string();
        allow(type, here + ".type", text_only ? "text refusal" : "text image_url input_audio refusal file");
        const std::string_view field = type == "input_audio" ? "input_audio" : type;
        const json::value& value = needed(part, field, here);
        if ((type == "text" || type == "refusal") && !value.is_string()) {
            wrong_type(value, here + "." + std::string(field), "a string");
        }
        if (type == "image_url") {
            if (!value.is_object()) {
                wrong_type(value, here + ".image_url", "an object");
            }
            needed(value.get_object(), "url", here + ".image_url");
        }
    }
}

std::vector<std::string> check_tool_calls(const json::value& value, const std::string& param) {
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
        const std::string type(text_of(call, "type"));
        if (type != "function" && type != "custom") {
            needed(call, "type", here);
            allow(type, here + ".type", "function custom");
        }
        const json::value& function = needed(call, type, here);
        if (!function.is_object()) {
            wrong_type(function, here + "." + type, "an object");
        }
        needed(function.get_object(), "name", here + "." + type);
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

void check_content(const json::object& message, const std::string& role, const std::string& path, bool optional) {
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
        check_parts(*content, path + ".content", role != "user");
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
            check_content(message, role, path, false);
        } else {
            check_unanswered(open, index);
            open.clear();
            after_calls = false;
            const json::value* calls = member(message, "tool_calls");
            const bool has_calls =
                role == "assistant" && calls != nullptr &&
                !(call.local && (calls->is_null() || (calls->is_array() && calls->get_array().empty())));
            if (has_calls) {
                open = check_tool_calls(*calls, path + ".tool_calls");
                after_calls = true;
            }
            check_content(message, role, path,
                          has_calls || (role == "assistant" && (call.local || message.contains("refusal") ||
                                                                message.contains("function_call"))));
        }
        ++index;
    }
    check_unanswered(open, index);
}

}  // namespace emulator
