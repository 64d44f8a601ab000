#include "responses.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string text_in(const json::object& item, std::string_view name) {
    const json::value* content = member(item, name);
    if (content == nullptr) {
        return {};
    }
    if (content->is_string()) {
        return std::string(content->get_string());
    }
    std::string text;
    if (const json::array* parts = content->if_array()) {
        for (const json::value& part : *parts) {
            if (part.is_object() && part.get_object().contains("text")) {
                text += (text.empty() ? "" : "\n") + text_of(part.get_object(), "text");
            }
        }
    }
    return text;
}

bool is_call(std::string_view type) { return type == "function_call" || type == "custom_tool_call"; }
bool is_outcome(std::string_view type) { return type == "function_call_output" || type == "custom_tool_call_output"; }

std::string name_of_call(const json::array& items, std::size_t before, const std::string& id) {
    for (std::size_t i = before; i-- > 0;) {
        const json::object& item = items[i].get_object();
        if (is_call(item_type(item)) && text_of(item, "call_id") == id) {
            return text_of(item, "name");
        }
    }
    return {};
}

void read_tools(const ResponsesCall& call, Prompt& prompt) {
    if (const json::value* tools = member(call.body, "tools"); tools != nullptr && tools->is_array()) {
        for (const json::value& value : tools->get_array()) {
            const json::object& tool = value.get_object();
            const std::string type = text_of(tool, "type");
            const json::value* schema = member(tool, "parameters");
            if (type == "function") {
                prompt.tools.push_back({text_of(tool, "name"), schema != nullptr && schema->is_object()
                                                                   ? schema->get_object()
                                                                   : json::object()});
            } else if (type == "custom") {
                prompt.tools.push_back(
                    {text_of(tool, "name"),
                     {{"type", "object"}, {"properties", json::object{{"input", json::object{{"type", "string"}}}}}}});
            }
        }
    }
    if (const json::value* parallel = member(call.body, "parallel_tool_calls");
        parallel != nullptr && parallel->is_bool()) {
        prompt.parallel_tools = parallel->get_bool();
    }
    const json::value* choice = member(call.body, "tool_choice");
    if (choice == nullptr) {
        return;
    }
    if (choice->is_string()) {
        prompt.wish = choice->get_string() == "none"       ? ToolWish::none
                      : choice->get_string() == "required" ? ToolWish::forced
                                                           : ToolWish::free;
    } else if (choice->is_object() && text_of(choice->get_object(), "type") == "allowed_tools") {
        const json::array& allowed = choice->get_object().at("tools").get_array();
        prompt.wish = text_of(choice->get_object(), "mode") == "required" ? ToolWish::forced : ToolWish::free;
        std::erase_if(prompt.tools, [&allowed](const OfferedTool& tool) {
            return std::none_of(allowed.begin(), allowed.end(), [&tool](const json::value& item) {
                return item.is_object() && text_of(item.get_object(), "name") == tool.name;
            });
        });
    } else if (choice->is_object() && choice->get_object().contains("name")) {
        prompt.wish = ToolWish::named;
        prompt.named_tool = text_of(choice->get_object(), "name");
    }
}

void read_format(const ResponsesCall& call, Prompt& prompt) {
    const json::value* text = member(call.body, "text");
    const json::value* format = text != nullptr && text->is_object() ? member(text->get_object(), "format") : nullptr;
    if (format == nullptr || !format->is_object()) {
        return;
    }
    prompt.json_object = text_of(format->get_object(), "type") == "json_object";
    if (const json::value* schema = member(format->get_object(), "schema"); schema != nullptr && schema->is_object()) {
        prompt.schema = schema->get_object();
    }
}

void read_turn(const json::array& items, Prompt& prompt) {
    bool newest = true;   // not yet past the items that came since the model's last answer
    bool counted = false;  // the answer that is being read called tools, and counts
    for (std::size_t i = items.size(); i-- > 0;) {
        const json::object& item = items[i].get_object();
        const std::string type = item_type(item);
        const bool asks = type == "message" && text_of(item, "role") == "user";
        if (is_outcome(type)) {
            counted = false;
            if (newest) {
                prompt.outcomes.insert(prompt.outcomes.begin(), {name_of_call(items, i, text_of(item, "call_id")),
                                                                 text_in(item, "output"), false});
            }
        } else if (asks) {
            counted = false;
            prompt.task_text = text_in(item, "content");
            if (newest) {
                prompt.user_text = prompt.task_text;
            }
            // What follows results directly goes with them (pictures of a tool), unless it scripts calls of its own.
            const bool with_results = i > 0 && is_outcome(item_type(items[i - 1].get_object()));
            if (!with_results || asks_for_calls(prompt.task_text)) {
                break;
            }
        } else if (is_output_item(item)) {
            newest = false;
            prompt.rounds += is_call(type) && !counted ? 1U : 0U;
            counted = counted || is_call(type);
        }
    }
}

}  // namespace

Prompt prompt_of(const ResponsesCall& call) {
    Prompt prompt;
    read_turn(call.items, prompt);
    read_tools(call, prompt);
    read_format(call, prompt);
    prompt.thinks = call.reasons;
    const auto limit = integer_of(call.body, "max_output_tokens");
    prompt.max_tokens =
        static_cast<std::size_t>(limit.value_or(call.rules != nullptr ? call.rules->max_output : 1'000'000));
    return prompt;
}

}  // namespace emulator
