#include "openai_chat.hpp"

#include "checks.hpp"
#include "compose.hpp"
#include "crypto.hpp"
#include "openai_reply.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <chrono>

namespace emulator {

namespace {

// Tools with a grammar take one text.
json::object free_text_schema() {
    return {{"type", "object"}, {"properties", json::object{{"input", json::object{{"type", "string"}}}}}};
}

std::string content_text(const json::object& message) {
    const json::value* content = member(message, "content");
    if (content == nullptr) {
        return {};
    }
    if (content->is_string()) {
        return std::string(content->get_string());
    }
    std::string text;
    if (const json::array* parts = content->if_array()) {
        for (const json::value& part : *parts) {
            if (part.is_object() && text_of(part.get_object(), "type") == "text") {
                text += (text.empty() ? "" : "\n") + text_of(part.get_object(), "text");
            }
        }
    }
    return text;
}

std::string name_of_call(const json::array& messages, std::size_t before, const std::string& id) {
    for (std::size_t i = before; i-- > 0;) {
        const json::value* calls = member(messages[i].get_object(), "tool_calls");
        if (calls == nullptr || !calls->is_array()) {
            continue;
        }
        for (const json::value& call : calls->get_array()) {
            const json::value* function = member(call.get_object(), "function");
            if (function == nullptr) {
                function = member(call.get_object(), "custom");
            }
            if (text_of(call.get_object(), "id") == id && function != nullptr && function->is_object()) {
                return text_of(function->get_object(), "name");
            }
        }
    }
    return {};
}

void allow_only(Prompt& prompt, const json::object& allowed) {
    prompt.wish = text_of(allowed, "mode") == "required" ? ToolWish::forced : ToolWish::free;
    const json::value* tools = member(allowed, "tools");
    if (tools == nullptr || !tools->is_array()) {
        return;
    }
    std::erase_if(prompt.tools, [&](const OfferedTool& tool) {
        return std::none_of(tools->get_array().begin(), tools->get_array().end(), [&](const json::value& item) {
            const json::value* named = item.is_object() ? member(item.get_object(), "function") : nullptr;
            return named != nullptr && named->is_object() && text_of(named->get_object(), "name") == tool.name;
        });
    });
}

void read_tools(const ChatCall& call, Prompt& prompt) {
    if (const json::value* tools = member(call.body, "tools"); tools != nullptr && tools->is_array()) {
        for (const json::value& tool : tools->get_array()) {
            if (const json::value* function = member(tool.get_object(), "function");
                function != nullptr && function->is_object()) {
                const json::value* schema = member(function->get_object(), "parameters");
                prompt.tools.push_back(
                    {text_of(function->get_object(), "name"),
                     schema != nullptr && schema->is_object() ? schema->get_object() : json::object()});
            } else if (const json::value* custom = member(tool.get_object(), "custom");
                       custom != nullptr && custom->is_object()) {
                prompt.tools.push_back({text_of(custom->get_object(), "name"), free_text_schema()});
            }
        }
    }
    if (const json::value* parallel = member(call.body, "parallel_tool_calls");
        parallel != nullptr && parallel->is_bool()) {
        prompt.parallel_tools = parallel->get_bool();
    }
    const json::value* choice = member(call.body, "tool_choice");
    if (choice != nullptr && choice->is_string()) {
        prompt.wish = choice->get_string() == "none"       ? ToolWish::none
                      : choice->get_string() == "required" ? ToolWish::forced
                                                           : ToolWish::free;
    } else if (choice != nullptr && choice->is_object()) {
        const std::string type = text_of(choice->get_object(), "type");
        const json::value* named = member(choice->get_object(), type);
        if (named != nullptr && named->is_object() && type == "allowed_tools") {
            allow_only(prompt, named->get_object());
        } else if (named != nullptr && named->is_object()) {
            prompt.wish = ToolWish::named;
            prompt.named_tool = text_of(named->get_object(), "name");
        }
    }
}

void read_format(const ChatCall& call, Prompt& prompt) {
    const json::value* value = member(call.body, "response_format");
    if (value == nullptr || !value->is_object()) {
        return;
    }
    const json::object& format = value->get_object();
    prompt.json_object = text_of(format, "type") == "json_object";
    const json::value* inner = member(format, "json_schema");
    const json::value* schema =
        inner != nullptr && inner->is_object() ? member(inner->get_object(), "schema") : member(format, "schema");
    if (schema != nullptr && schema->is_object()) {
        prompt.schema = schema->get_object();
    }
}

}  // namespace

Prompt prompt_of(const ChatCall& call) {
    Prompt prompt;
    const json::array& messages = call.body.at("messages").get_array();
    bool newest = true;  // not yet past the messages that came since the model's last answer
    for (std::size_t i = messages.size(); i-- > 0;) {
        const json::object& message = messages[i].get_object();
        const std::string role = text_of(message, "role");
        if (role == "tool" && newest) {
            prompt.outcomes.insert(
                prompt.outcomes.begin(),
                {name_of_call(messages, i, text_of(message, "tool_call_id")), content_text(message), false});
        } else if (role == "user") {
            prompt.task_text = content_text(message);
            if (newest) {
                prompt.user_text = prompt.task_text;
            }
            // What follows results directly goes with them (pictures of a tool), unless it scripts calls of its own.
            const bool with_results = i > 0 && text_of(messages[i - 1].get_object(), "role") == "tool";
            if (!with_results || asks_for_calls(prompt.task_text)) {
                break;
            }
        } else if (role == "assistant") {
            newest = false;
            const json::value* calls = member(message, "tool_calls");
            prompt.rounds += calls != nullptr && calls->is_array() && !calls->get_array().empty() ? 1U : 0U;
        }
    }
    read_tools(call, prompt);
    read_format(call, prompt);
    prompt.thinks = call.reasons && call.local;
    const std::optional<std::int64_t> limit = integer_of(call.body, "max_completion_tokens")
                                                  ? integer_of(call.body, "max_completion_tokens")
                                                  : integer_of(call.body, "max_tokens");
    prompt.max_tokens =
        static_cast<std::size_t>(limit.value_or(call.rules != nullptr ? call.rules->max_output : 1'000'000));
    if (const json::value* stop = member(call.body, "stop")) {
        if (stop->is_string()) {
            prompt.stops.emplace_back(stop->get_string());
        } else if (const json::array* list = stop->if_array()) {
            for (const json::value& item : *list) {
                if (item.is_string()) {
                    prompt.stops.emplace_back(item.get_string());
                }
            }
        }
    }
    return prompt;
}

Reply OpenaiChatApi::create(OpenaiCall request, const std::string& request_id, const Step* step, bool& step_used) {
    ChatCall call{std::move(request)};
    check_chat(call);
    if (!call.caller.empty() && !call.local) {
        const json::value* tools = member(call.body, "tools");
        std::vector<std::string> parts{tools == nullptr ? std::string() : json::serialize(*tools)};
        for (const json::value& message : call.body.at("messages").get_array()) {
            parts.push_back(json::serialize(message));
        }
        call.cached_tokens = prefixes_.charge(call.caller + "\x1f" + call.model, parts);
    }
    const std::string number = hex(bytes_of(sha256(request_id))).substr(0, 16) + std::to_string(next_id_++);
    const ChatFrame frame{
        "chatcmpl-" + number,
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
    Answer answer;
    StreamFaults faults;
    if (step != nullptr && step->answer) {
        answer = *step->answer;
        std::size_t index = 0;
        for (json::object& block : answer.blocks) {
            if (text_of(block, "type") == "tool_use" && !block.contains("id")) {
                block["id"] = "call_" + number + "x" + std::to_string(index++);
            }
        }
    } else {
        answer = compose(prompt_of(call), "call_" + number + "x");
    }
    if (step != nullptr) {
        step_used = true;
        faults = step->faults;
        if (!step->stop_reason.empty()) {
            answer.stop_reason = step->stop_reason;
        }
    }
    Reply reply = openai::json_reply(200, {}, request_id);
    if (call.stream) {
        reply.stream = true;
        reply.headers.front().second = "text/event-stream; charset=utf-8";
        reply.pieces = chat_events(answer, call, frame, faults);
    } else {
        reply.pieces = {chat_json(answer, call, frame)};
    }
    return reply;
}

}  // namespace emulator
