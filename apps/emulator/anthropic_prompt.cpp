// The neutral view of a Messages request, for the composer.

#include "anthropic.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string result_text(const json::object& block) {
    const json::value* content = member(block, "content");
    if (content == nullptr) {
        return {};
    }
    if (content->is_string()) {
        return std::string(content->get_string());
    }
    std::string text;
    if (const json::array* list = content->if_array()) {
        for (const json::value& item : *list) {
            if (const json::object* part = item.if_object()) {
                const std::string type = text_of(*part, "type");
                text += (text.empty() ? "" : " ") + (type == "text" ? text_of(*part, "text") : "[" + type + "]");
            }
        }
    }
    return text;
}

std::string turn_text(const Turn& turn) {
    std::string text;
    for (const json::value& item : turn.blocks) {
        if (text_of(item.get_object(), "type") == "text") {
            text += (text.empty() ? "" : "\n") + text_of(item.get_object(), "text");
        }
    }
    return text;
}

// The message that began the running turn, and how often tools were called since.
void read_task(const AnthropicCall& call, Prompt& prompt) {
    for (std::size_t i = call.turns.size(); i-- > 0;) {
        const Turn& turn = call.turns[i];
        if (turn.role == "user") {
            prompt.task_text = turn_text(turn);
            if (!turn.holds("tool_result") || asks_for_calls(prompt.task_text)) {
                return;
            }
        } else if (turn.role == "assistant" && turn.holds("tool_use")) {
            ++prompt.rounds;
        }
    }
}

}  // namespace

Prompt prompt_of(const AnthropicCall& call) {
    Prompt prompt;
    prompt.max_tokens = static_cast<std::size_t>(std::max<std::int64_t>(0, call.max_tokens));
    std::size_t last = call.turns.size() - 1;
    while (last > 0 && call.turns[last].role != "user") {
        --last;
    }
    read_task(call, prompt);
    for (const json::value& item : call.turns[last].blocks) {
        const json::object& block = item.get_object();
        const std::string type = text_of(block, "type");
        if (type == "text") {
            prompt.user_text += (prompt.user_text.empty() ? "" : "\n") + text_of(block, "text");
        } else if (type == "tool_result") {
            ToolOutcome outcome{{}, result_text(block), is_true(block, "is_error")};
            for (const json::value& earlier : call.turns[last - 1].blocks) {
                if (text_of(earlier.get_object(), "id") == text_of(block, "tool_use_id")) {
                    outcome.name = text_of(earlier.get_object(), "name");
                }
            }
            prompt.outcomes.push_back(std::move(outcome));
        }
    }
    if (const json::value* tools = member(call.body, "tools"); tools != nullptr && tools->is_array()) {
        for (const json::value& item : tools->get_array()) {
            const json::object& tool = item.get_object();
            if (const json::value* schema = member(tool, "input_schema"); schema != nullptr && schema->is_object()) {
                prompt.tools.push_back({text_of(tool, "name"), schema->get_object()});
            }
        }
    }
    if (const json::value* value = member(call.body, "tool_choice"); value != nullptr && value->is_object()) {
        const json::object& choice = value->get_object();
        const std::string type = text_of(choice, "type");
        prompt.wish = type == "any"    ? ToolWish::forced
                      : type == "tool" ? ToolWish::named
                      : type == "none" ? ToolWish::none
                                       : ToolWish::free;
        prompt.named_tool = text_of(choice, "name");
        prompt.parallel_tools = !is_true(choice, "disable_parallel_tool_use");
    }
    const bool after_tools = !prompt.outcomes.empty();
    const bool forced = prompt.wish == ToolWish::forced || prompt.wish == ToolWish::named;
    const bool interleaves = call.rules->interleaves_by_header && call.beta("interleaved-thinking-");
    prompt.thinks = !forced && (call.thinking == ThinkingMode::adaptive ||
                                (call.thinking == ThinkingMode::manual && (!after_tools || interleaves)) ||
                                (call.thinking == ThinkingMode::between_tools && after_tools));
    for (const std::string_view name : {std::string_view("output_config"), std::string_view("output_format")}) {
        const json::value* value = member(call.body, name);
        if (value == nullptr || !value->is_object()) {
            continue;
        }
        const json::value* format = name == "output_format" ? value : member(value->get_object(), "format");
        if (format != nullptr && format->is_object()) {
            if (const json::value* schema = member(format->get_object(), "schema");
                schema != nullptr && schema->is_object()) {
                prompt.schema = schema->get_object();
            }
        }
    }
    if (const json::value* stops = member(call.body, "stop_sequences"); stops != nullptr && stops->is_array()) {
        for (const json::value& stop : stops->get_array()) {
            prompt.stops.emplace_back(stop.get_string());
        }
    }
    return prompt;
}

}  // namespace emulator
