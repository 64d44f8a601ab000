#include "azure_openai.hpp"
#include "responses.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string arguments_of(const json::object& block) {
    const json::value* input = member(block, "input");
    return input == nullptr ? "{}" : input->is_string() ? std::string(input->get_string()) : json::serialize(*input);
}

bool is_custom(const ResponsesCall& call, const std::string& name) {
    const json::value* tools = member(call.body, "tools");
    return tools != nullptr && tools->is_array() &&
           std::any_of(tools->get_array().begin(), tools->get_array().end(), [&name](const json::value& tool) {
               return text_of(tool.get_object(), "type") == "custom" && text_of(tool.get_object(), "name") == name;
           });
}

/// Writes blocks as items.
class ItemWriter {
public:
    ItemWriter(const Answer& answer, const ResponsesCall& call, const std::string& number)
        : answer_(answer), call_(call), number_(number) {}

    json::array take() {
        for (std::size_t i = 0; i < answer_.blocks.size(); ++i) {
            const json::object& block = answer_.blocks[i];
            const std::string type = text_of(block, "type");
            if (type == "thinking" || type == "redacted_thinking") {
                add_reasoning(text_of(block, "thinking"));
            } else if (type == "text" || type == "refusal") {
                add_part(block, type, i);
            } else if (type == "tool_use") {
                add_call(block);
            } else {
                add(block, "item_");
            }
        }
        return std::move(items_);
    }

private:
    void add(json::object item, std::string_view mark) {
        if (!item.contains("id")) {
            item["id"] = std::string(mark) + number_ + "x" + std::to_string(items_.size());
        }
        items_.emplace_back(std::move(item));
        in_message_ = false;
    }

    void add_reasoning(const std::string& text) {
        json::object item{{"type", "reasoning"}, {"summary", json::array()}};
        if (call_.local) {
            item["content"] = json::array{json::object{{"type", "reasoning_text"}, {"text", text}}};
        } else {
            if (call_.summary && !text.empty()) {
                item["summary"] = json::array{json::object{{"type", "summary_text"}, {"text", text}}};
            }
            item["content"] = json::array();
        }
        add(std::move(item), "rs_");
    }

    void add_part(const json::object& block, const std::string& type, std::size_t index) {
        json::object part = type == "text" ? json::object{{"type", "output_text"},
                                                          {"annotations", json::array()},
                                                          {"logprobs", json::array()},
                                                          {"text", text_of(block, "text")}}
                                           : json::object{{"type", "refusal"}, {"refusal", text_of(block, "refusal")}};
        if (in_message_) {
            items_.back().get_object()["content"].get_array().emplace_back(std::move(part));
            return;
        }
        json::object item{{"type", "message"},
                          {"status", "completed"},
                          {"role", "assistant"},
                          {"content", json::array{std::move(part)}}};
        if (call_.rules != nullptr && call_.rules->generation >= 504) {
            const bool calls_later =
                std::any_of(answer_.blocks.begin() + static_cast<std::ptrdiff_t>(index), answer_.blocks.end(),
                            [](const json::object& later) { return text_of(later, "type") == "tool_use"; });
            item["phase"] = calls_later ? "commentary" : "final_answer";
        }
        add(std::move(item), "msg_");
        in_message_ = true;
    }

    void add_call(const json::object& block) {
        const std::string name = text_of(block, "name");
        const json::value* input = member(block, "input");
        if (is_custom(call_, name)) {
            const bool wrapped = input != nullptr && input->is_object();
            add({{"type", "custom_tool_call"},
                 {"status", "completed"},
                 {"call_id", text_of(block, "id")},
                 {"name", name},
                 {"input", wrapped ? text_of(input->get_object(), "input") : arguments_of(block)}},
                "ctc_");
            return;
        }
        add({{"type", "function_call"},
             {"status", "completed"},
             {"call_id", text_of(block, "id")},
             {"name", name},
             {"arguments", arguments_of(block)}},
            "fc_");
    }

    const Answer& answer_;
    const ResponsesCall& call_;
    const std::string& number_;
    json::array items_;
    bool in_message_ = false;
};

json::object usage_of(const Answer& answer, const ResponsesCall& call) {
    std::size_t thought = 0;
    std::size_t tokens = 0;
    for (const json::object& block : answer.blocks) {
        const std::string type = text_of(block, "type");
        thought += type == "thinking" ? text_of(block, "thinking").size() : 0;
        tokens += type == "tool_use" ? 8 + estimated_tokens(arguments_of(block).size())
                                     : estimated_tokens(text_of(block, "text").size());
    }
    const std::size_t reasoning = call.reasons ? std::max<std::size_t>(8, estimated_tokens(thought)) : 0;
    tokens = std::max<std::size_t>(1, tokens) + reasoning;
    json::object usage{
        {"input_tokens", call.prompt_tokens},
        {"input_tokens_details", json::object{{"cached_tokens", call.cached_tokens}, {"cache_write_tokens", 0}}},
        {"output_tokens", tokens},
        {"output_tokens_details", json::object{{"reasoning_tokens", reasoning}}},
        {"total_tokens", call.prompt_tokens + tokens}};
    for (const auto& item : answer.usage) {
        usage[item.key()] = item.value();
    }
    if (!answer.usage.empty() && !answer.usage.contains("total_tokens")) {
        usage["total_tokens"] =
            integer_of(usage, "input_tokens").value_or(0) + integer_of(usage, "output_tokens").value_or(0);
    }
    return usage;
}

void set_status(ResponseFrame& frame, const Answer& answer) {
    const std::string& reason = answer.stop_reason;
    if (reason == "max_tokens" || reason == "max_output_tokens") {
        frame.status = "incomplete";
        frame.incomplete_details = json::object{{"reason", "max_output_tokens"}};
    } else if (reason == "refusal" || reason == "content_filter") {
        frame.status = "incomplete";
        frame.incomplete_details = json::object{{"reason", "content_filter"}};
    } else if (reason == "failed") {
        frame.status = "failed";
        frame.error = answer.stop_details.is_object()
                          ? answer.stop_details
                          : json::value(json::object{{"code", "server_error"}, {"message", "The model failed."}});
    } else if (reason != "end_turn" && reason != "stop_sequence" && reason != "tool_use") {
        frame.status = "incomplete";
        frame.incomplete_details = json::object{{"reason", reason}};
    }
    if (frame.status == "incomplete" && !frame.output.empty()) {
        json::object& last = frame.output.back().get_object();
        if (last.contains("status")) {
            last["status"] = "incomplete";
        }
    }
}

json::value given(const json::object& body, std::string_view name, json::value otherwise) {
    const json::value* value = member(body, name);
    return value != nullptr ? *value : otherwise;
}

}  // namespace

ResponseFrame frame_of(const Answer& answer, const ResponsesCall& call, const ReasoningSealer& sealer,
                       const std::string& number) {
    ResponseFrame frame;
    frame.id = "resp_" + number;
    frame.output = ItemWriter(answer, call, number).take();
    for (std::size_t i = 0; i < frame.output.size() && !call.local; ++i) {
        json::object& item = frame.output[i].get_object();
        if (text_of(item, "type") != "reasoning") {
            continue;
        }
        const json::object* next = i + 1 < frame.output.size() ? &frame.output[i + 1].get_object() : nullptr;
        const json::array written(frame.output.begin(), frame.output.begin() + static_cast<std::ptrdiff_t>(i));
        const std::string sealed = sealer.seal(call, written, text_of(item, "id"), next);
        item["encrypted_content"] = sealed;
    }
    frame.usage = usage_of(answer, call);
    set_status(frame, answer);
    return frame;
}

json::object response_object(const ResponseFrame& frame, const ResponsesCall& call, bool ended) {
    const json::object& body = call.body;
    json::object text{{"format", json::object{{"type", "text"}}}, {"verbosity", "medium"}};
    if (const json::value* asked = member(body, "text"); asked != nullptr && asked->is_object()) {
        for (const auto& item : asked->get_object()) {
            text[item.key()] = item.value();
        }
    }
    json::object object{{"id", frame.id},
                        {"object", "response"},
                        {"created_at", frame.created},
                        {"status", ended ? frame.status : "in_progress"},
                        {"background", false},
                        {"completed_at", ended && frame.status == "completed" ? json::value(frame.created) : nullptr},
                        {"error", ended ? frame.error : json::value(nullptr)},
                        {"incomplete_details", ended ? frame.incomplete_details : json::value(nullptr)},
                        {"instructions", given(body, "instructions", nullptr)},
                        {"max_output_tokens", given(body, "max_output_tokens", nullptr)},
                        {"max_tool_calls", given(body, "max_tool_calls", nullptr)},
                        {"model", call.model},
                        {"output", ended ? frame.output : json::array()},
                        {"parallel_tool_calls", given(body, "parallel_tool_calls", true)},
                        {"previous_response_id", given(body, "previous_response_id", nullptr)},
                        {"store", call.store},
                        {"temperature", given(body, "temperature", 1.0)},
                        {"text", std::move(text)},
                        {"tool_choice", given(body, "tool_choice", "auto")},
                        {"tools", given(body, "tools", json::array())},
                        {"top_p", given(body, "top_p", 1.0)},
                        {"truncation", given(body, "truncation", "disabled")},
                        {"usage", ended && call.server.tells_usage ? json::value(frame.usage) : json::value(nullptr)},
                        {"user", given(body, "user", nullptr)},
                        {"metadata", given(body, "metadata", json::object())}};
    if (call.local) {
        return object;
    }
    object["reasoning"] =
        json::object{{"effort", call.effort.empty() ? json::value(nullptr) : json::value(call.effort)},
                     {"summary", call.summary ? json::value(*call.summary) : json::value(nullptr)}};
    object["service_tier"] = ended ? "default" : "auto";
    if (call.rules->drops_foreign_reasoning()) {
        object["input_transformations"] = call.transformations;
    }
    if (call.on_azure()) {
        object["content_filters"] = json::array{json::object{
            {"blocked", false}, {"source_type", "prompt"}, {"content_filter_results", content_filter_results()}}};
    }
    return object;
}

}  // namespace emulator
