#include "gemini_error.hpp"
#include "gemini_shape.hpp"
#include "gemini_turns.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::size_t inline_limit = 20U * 1024U * 1024U;        // of a request to an older model
constexpr std::size_t newer_inline_limit = 100U * 1024U * 1024U;

std::string at(std::string_view list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]";
}

void check_media(std::string_view type, const std::string& path) {
    constexpr std::array<std::string_view, 5> images{"image/png", "image/jpeg", "image/webp", "image/heic",
                                                     "image/heif"};
    const bool known = std::find(images.begin(), images.end(), type) != images.end() || type.starts_with("audio/") ||
                       type.starts_with("video/") || type.starts_with("text/") || type == "application/pdf" ||
                       type == "application/json";
    if (type.empty()) {
        refuse_content(path + ".mime_type", "MIME type must be given.");
    }
    if (!known) {
        refuse_argument("Unsupported MIME type: " + std::string(type));
    }
}

void check_response_parts(const GeminiCall& call, const json::object& response, const std::string& path) {
    const json::array& parts = list_in(response, "parts");
    if (!parts.empty() && call.rules->family == "2.5") {
        refuse_content(path + ".parts", "Multimodal function responses are not supported by this model.");
    }
    std::size_t index = 0;
    for (const json::value& item : parts) {
        const std::string here = path + "." + at("parts", index++);
        const json::object& part = as_object(item);
        if (part.size() != 1) {
            refuse_content(here + ".data", "required oneof field 'data' must have one initialized field");
        }
        const json::object& data = as_object(part.begin()->value());
        check_media(text_of(data, "mimeType"), here + ".inline_data");
    }
}

void check_part(const GeminiCall& call, const json::object& part, bool of_model, const std::string& path) {
    const std::string_view data = data_of(part);
    if (data.empty()) {
        refuse_content(path + ".data", "required oneof field 'data' must have one initialized field");
    }
    json::object others = part;
    others.erase(data);
    if (const std::string_view second = data_of(others); !second.empty()) {
        refuse_field(path, "Invalid value at '" + path + "' (oneof), oneof field 'data' is already set. Cannot set '" +
                               std::string(second) + "'");
    }
    if (of_model == (data == "functionResponse") && (of_model || data == "functionCall")) {
        refuse_content(
            path, "a " + snake_case(data) + " does not belong in a content of role " + (of_model ? "model." : "user."));
    }
    if (data == "functionCall" && text_of(object_in(part, data), "name").empty()) {
        refuse_content(path + ".function_call.name", "Name cannot be empty.");
    }
    if (data == "functionResponse") {
        const json::object& response = object_in(part, data);
        if (text_of(response, "name").empty()) {
            refuse_content(path + ".function_response.name", "Name cannot be empty.");
        }
        if (!response.contains("response")) {
            refuse_content(path + ".function_response.response", "response must be set.");
        }
        check_response_parts(call, response, path + ".function_response");
    }
    if (data == "inlineData") {
        check_media(text_of(object_in(part, data), "mimeType"), path + ".inline_data");
        if (text_of(object_in(part, data), "data").empty()) {
            refuse_content(path + ".inline_data.data", "data must not be empty.");
        }
    }
    if (data == "fileData" && text_of(object_in(part, data), "fileUri").empty()) {
        refuse_content(path + ".file_data.file_uri", "file_uri must be given.");
    }
}

void check_system(const GeminiCall& call) {
    if (!call.body.contains("systemInstruction")) {
        return;
    }
    std::size_t index = 0;
    const json::array& parts = list_in(call.part("systemInstruction"), "parts");
    if (parts.empty()) {
        refuse_content("system_instruction.parts", "contents.parts must not be empty.");
    }
    for (const json::value& part : parts) {
        const std::string path = "system_instruction." + at("parts", index++);
        check_part(call, as_object(part), false, path);
        if (data_of(as_object(part)) != "text") {
            refuse_content(path, "the system instruction holds text only.");
        }
    }
}

[[noreturn]] void refuse_count() {
    refuse_argument(
        "Please ensure that the number of function response parts is equal to the number of function call "
        "parts of the function call turn.");
}

void check_answers(const std::vector<PlacedPart>& calls, const GeminiTurn* next) {
    const std::vector<PlacedPart> responses =
        next != nullptr ? next->all("functionResponse") : std::vector<PlacedPart>();
    if (responses.size() != calls.size()) {
        refuse_count();
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const json::object& call = object_in(*calls[i].part, "functionCall");
        const json::object& response = object_in(*responses[i].part, "functionResponse");
        if (next->parts[i].part != responses[i].part) {
            refuse_argument("Please ensure that function response turn comes immediately after a function call turn.");
        }
        if (text_of(call, "name") != text_of(response, "name")) {
            refuse_content(responses[i].path() + ".function_response.name",
                           "the response is of `" + text_of(response, "name") + "`, the call in its place is of `" +
                               text_of(call, "name") + "`.");
        }
        const std::string id = text_of(response, "id");
        if (!id.empty() && id != text_of(call, "id")) {
            refuse_content(responses[i].path() + ".function_response.id",
                           "the id is not that of the call in its place.");
        }
    }
}

void check_order(const GeminiCall& call) {
    const std::vector<GeminiTurn> turns = turns_of(call.body);
    for (std::size_t i = 0; i < turns.size(); ++i) {
        const GeminiTurn* next = i + 1 < turns.size() ? &turns[i + 1] : nullptr;
        if (turns[i].model) {
            const std::vector<PlacedPart> calls = turns[i].all("functionCall");
            if (!calls.empty() && i == 0) {
                refuse_argument(
                    "Please ensure that function call turn comes immediately after a user turn or after a "
                    "function response turn.");
            }
            if (!calls.empty()) {
                check_answers(calls, next);
            }
        } else if (!turns[i].all("functionResponse").empty() && (i == 0 || turns[i - 1].all("functionCall").empty())) {
            refuse_argument("Please ensure that function response turn comes immediately after a function call turn.");
        }
    }
    if (call.rules->newer && turns.back().model) {
        refuse_argument("Requests ending with a model turn are not supported.");
    }
}

void check_size(const GeminiCall& call) {
    std::size_t bytes = 0;
    for (const json::value& content : list_in(call.body, "contents")) {
        for (const json::value& part : list_in(as_object(content), "parts")) {
            bytes += text_of(object_in(as_object(part), "inlineData"), "data").size();
        }
    }
    if (bytes > (call.rules->family == "2.5" ? inline_limit : newer_inline_limit)) {
        throw Refused(gemini_error(413, "Request payload size exceeds the limit."));
    }
}

}  // namespace

void check_gemini_contents(const GeminiCall& call) {
    check_system(call);
    const json::array& contents = list_in(call.body, "contents");
    if (contents.empty()) {
        refuse_content("contents", "contents is not specified");
    }
    std::size_t number = 0;
    for (const json::value& item : contents) {
        const std::string path = at("contents", number++);
        const json::object& content = as_object(item);
        const std::string role = text_of(content, "role");
        if (!role.empty() && role != "user" && role != "model" && role != "function") {
            refuse_argument("Please use a valid role: user, model.");
        }
        const json::array& parts = list_in(content, "parts");
        if (parts.empty()) {
            refuse_content(path + ".parts", "contents.parts must not be empty.");
        }
        std::size_t index = 0;
        for (const json::value& part : parts) {
            check_part(call, as_object(part), role == "model", path + "." + at("parts", index++));
        }
    }
    check_size(call);
    check_order(call);
}

}  // namespace emulator
