#include "openai_fields.hpp"
#include "openai_words.hpp"
#include "responses.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

using namespace openai;

namespace {

/// What an item of a type holds.
struct ItemForm {
    std::string_view type;
    std::string_view id_mark;  ///< empty: any id
    std::string_view needed;
    std::string_view optional;
};

constexpr std::array forms{
    ItemForm{"message", "msg", "role content", "id status phase"},
    ItemForm{"reasoning", "rs", "summary", "id encrypted_content content status"},
    ItemForm{"function_call", "fc", "call_id name arguments", "id status namespace"},
    ItemForm{"function_call_output", {}, "call_id output", "id status"},
    ItemForm{"custom_tool_call", "ctc", "call_id name input", "id status namespace"},
    ItemForm{"custom_tool_call_output", {}, "call_id output", "id status"},
    ItemForm{"item_reference", {}, "id", {}},
    ItemForm{"compaction", "cmp", "encrypted_content", "id"},
    ItemForm{"configuration_update", {}, {}, "id reasoning text"},
};

// Items of tools that the service runs itself; taken as they are.
constexpr std::string_view hosted =
    "web_search_call file_search_call computer_call computer_call_output code_interpreter_call image_generation_call "
    "local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output "
    "mcp_list_tools mcp_approval_request mcp_approval_response mcp_call tool_search_call tool_search_output "
    "additional_tools";

bool is_hosted(std::string_view type) {
    const auto all = words(hosted);
    return std::find(all.begin(), all.end(), type) != all.end();
}

const ItemForm* find_form(std::string_view type) {
    const auto found =
        std::find_if(forms.begin(), forms.end(), [type](const ItemForm& form) { return form.type == type; });
    return found == forms.end() ? nullptr : &*found;
}

void check_text_field(const json::object& object, std::string_view name, const std::string& path) {
    if (!needed(object, name, path).is_string()) {
        wrong_type(object.at(name), path_to(path, name), "a string");
    }
}

void check_part(const ResponsesCall& call, const json::object& part, const std::string& type, const std::string& path) {
    if (type == "input_text" || type == "output_text" || type == "summary_text") {
        check_text_field(part, "text", path);
    } else if (type == "refusal") {
        check_text_field(part, "refusal", path);
    } else if (type == "input_image") {
        const json::value* url = member(part, "image_url");
        if (url != nullptr && !url->is_null() && !call.local) {
            check_image_url(*url, path + ".image_url");
        } else if ((url == nullptr || url->is_null()) && !string_at(part, "file_id", path)) {
            (void)needed(part, "image_url", path);
        }
        check_image_detail(part, path);
    } else if (type == "input_file" && !call.local) {
        check_file(part, path, true);
    }
    if (call.local) {
        return;
    }
    const std::string_view known = type == "input_text"     ? "type text prompt_cache_breakpoint"
                                   : type == "output_text"  ? "type text annotations logprobs"
                                   : type == "summary_text" ? "type text"
                                   : type == "refusal"      ? "type refusal"
                                   : type == "input_image"  ? "type image_url file_id detail prompt_cache_breakpoint"
                                   : type == "input_file"
                                       ? "type file_id file_data file_url filename detail prompt_cache_breakpoint"
                                       : "type input_audio";
    only_known(part, path, known);
}

void check_parts(const ResponsesCall& call, const json::value& content, const std::string& path,
                 std::string_view types) {
    if (content.is_string()) {
        return;
    }
    if (!content.is_array()) {
        wrong_type(content, path, "one of an array of objects or string");
    }
    std::size_t index = 0;
    for (const json::value& item : content.get_array()) {
        const std::string here = path_to(path, index++);
        if (!item.is_object()) {
            wrong_type(item, here, "an object");
        }
        const json::value& type = needed(item.get_object(), "type", here);
        if (!type.is_string()) {
            wrong_type(type, here + ".type", "a string");
        }
        allow(type.get_string(), here, types);
        check_part(call, item.get_object(), std::string(type.get_string()), here);
    }
}

void check_message(const ResponsesCall& call, const json::object& item, const std::string& path) {
    const json::value& role_value = needed(item, "role", path);
    if (!role_value.is_string()) {
        wrong_type(role_value, path + ".role", "a string");
    }
    const std::string_view role = role_value.get_string();
    allow(role, path + ".role", "assistant system developer user");
    check_parts(call, needed(item, "content", path), path + ".content",
                role == "assistant" ? "output_text refusal"
                : role == "user"    ? "input_text input_image input_file input_audio"
                                    : "input_text");
    if (const auto phase = string_at(item, "phase", path)) {
        if (role != "assistant" && !call.local) {
            reject("Unknown parameter: " + in_quotes(path + ".phase") + ".", path + ".phase", "unknown_parameter");
        }
        allow(*phase, path + ".phase", "commentary final_answer");
    }
}

void check_reasoning_item(const ResponsesCall& call, const json::object& item, const std::string& path) {
    const json::array* summary = array_at(item, "summary", path);
    if (summary == nullptr) {
        wrong_type(item.at("summary"), path + ".summary", "an array of objects");
    }
    check_parts(call, *summary, path + ".summary", "summary_text");
    if (string_at(item, "encrypted_content", path) || call.local) {
        return;
    }
    // Stored ones were put in its place already.
    const auto id = string_at(item, "id", path);
    if (!id) {
        (void)needed(item, "encrypted_content", path);
    }
    throw Rejection(404, "invalid_request_error",
                    "Item with id '" + id.value_or("") +
                        "' not found. Items are not persisted when `store` is set to false. Try again with `store` set "
                        "to true, or remove this item from your input.",
                    "input");
}

void check_item(const ResponsesCall& call, const json::object& item, const std::string& path) {
    const json::value* type_value = member(item, "type");
    if (type_value != nullptr && !type_value->is_string()) {
        wrong_type(*type_value, path + ".type", "a string");
    }
    const std::string type = item_type(item);
    if (is_hosted(type)) {
        return;
    }
    const ItemForm* form = find_form(type);
    if (form == nullptr) {
        std::string all;
        for (const ItemForm& known : forms) {
            all += std::string(known.type) + " ";
        }
        allow(type, path, all + std::string(hosted));
        return;
    }
    for (const std::string_view name : words(form->needed)) {
        (void)needed(item, name, path);
    }
    if (!call.local) {
        only_known(item, path, "type " + std::string(form->needed) + " " + std::string(form->optional));
        if (const auto id = string_at(item, "id", path)) {
            check_length(*id, path + ".id", 64);
            if (!id->starts_with(form->id_mark)) {
                reject("Invalid " + in_quotes(path + ".id") + ": " + in_quotes(*id) +
                           ". Expected an ID that begins with " + in_quotes(form->id_mark) + ".",
                       path + ".id", "invalid_value");
            }
        }
        if (const auto status = string_at(item, "status", path)) {
            allow(*status, path + ".status", "in_progress completed incomplete");
        }
    }
    if (type == "message") {
        check_message(call, item, path);
    } else if (type == "reasoning") {
        check_reasoning_item(call, item, path);
    } else if (type == "item_reference") {
        throw Rejection(404, "invalid_request_error", "Item with id '" + text_of(item, "id") + "' not found.", "input");
    } else if (type == "compaction") {
        reject("The encrypted content for item " + text_of(item, "id") +
                   " could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
               {}, "invalid_encrypted_content");
    } else if (type == "configuration_update") {
        if (call.rules != nullptr && call.rules->generation < 600) {
            reject("Items of type 'configuration_update' are not supported with this model.", path);
        }
    } else {
        check_text_field(item, "call_id", path);
        const std::string id = text_of(item, "call_id");
        if (id.empty()) {
            reject("Invalid " + in_quotes(path + ".call_id") +
                       ": empty string. Expected a string with minimum length 1, but "
                       "got an empty string instead.",
                   path + ".call_id", "empty_string");
        }
        check_length(id, path + ".call_id", 64);
        if (type.ends_with("_output")) {
            check_parts(call, item.at("output"), path + ".output", "input_text input_image input_file");
        } else {
            check_name(item.at("name"), path + ".name");
            check_text_field(item, type == "function_call" ? "arguments" : "input", path);
        }
    }
}

}  // namespace

std::string item_type(const json::object& item) {
    const std::string type = text_of(item, "type");
    return type.empty() && item.contains("role") ? "message" : type;
}

bool is_output_item(const json::object& item) {
    const std::string type = item_type(item);
    return type == "message" ? text_of(item, "role") == "assistant" : type.ends_with("_call");
}

void check_items(const ResponsesCall& call) {
    for (std::size_t i = call.first_own; i < call.items.size(); ++i) {
        const std::string path = path_to("input", i - call.first_own);
        if (!call.items[i].is_object()) {
            wrong_type(call.items[i], path, "an object");
        }
        check_item(call, call.items[i].get_object(), path);
    }
}

void check_item_pairs(const ResponsesCall& call) {
    std::vector<std::pair<std::string, std::string>> open;  // type and id of calls that have no output yet
    for (std::size_t i = 0; i < call.items.size(); ++i) {
        const json::object& item = call.items[i].get_object();
        const std::string type = item_type(item);
        const std::string id = text_of(item, "call_id");
        if (type == "function_call" || type == "custom_tool_call") {
            open.emplace_back(type, id);
        } else if (type == "function_call_output" || type == "custom_tool_call_output") {
            const std::string wanted = type.substr(0, type.size() - std::string_view("_output").size());
            const auto found = std::find(open.begin(), open.end(), std::pair(wanted, id));
            if (found == open.end()) {
                reject("No tool call found for " +
                           std::string(type == "function_call_output" ? "function call" : "custom tool call") +
                           " output with call_id " + id + ".",
                       "input");
            }
            open.erase(found);
        } else if (type == "reasoning") {
            std::size_t next = i + 1;
            while (next < call.items.size() && item_type(call.items[next].get_object()) == "reasoning") {
                ++next;
            }
            if (next == call.items.size() || !is_output_item(call.items[next].get_object())) {
                reject("Item '" + text_of(item, "id") +
                           "' of type 'reasoning' was provided without its required following item.",
                       "input");
            }
        }
    }
    if (!open.empty()) {
        reject("No tool output found for " +
                   std::string(open.front().first == "function_call" ? "function call " : "custom tool call ") +
                   open.front().second + ".",
               "input");
    }
}

}  // namespace emulator
