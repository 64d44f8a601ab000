#include "answer.hpp"
#include "azure_openai.hpp"
#include "openai_chat.hpp"
#include "openai_reply.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string all_text(const Answer& answer, std::string_view type, std::string_view field) {
    std::string text;
    for (const json::object& block : answer.blocks) {
        if (text_of(block, "type") == type) {
            text += text_of(block, field);
        }
    }
    return text;
}

std::string arguments_of(const json::object& block) {
    const json::value* input = member(block, "input");
    return input == nullptr ? "{}" : input->is_string() ? std::string(input->get_string()) : json::serialize(*input);
}

std::string finish_reason(const Answer& answer) {
    const std::string& reason = answer.stop_reason;
    if (reason == "end_turn" || reason == "stop_sequence") {
        return "stop";
    }
    if (reason == "max_tokens") {
        return "length";
    }
    if (reason == "tool_use") {
        return "tool_calls";
    }
    return reason == "refusal" ? "content_filter" : reason;
}

std::size_t reasoning_tokens(const Answer& answer, const ChatCall& call) {
    return call.reasons ? std::max<std::size_t>(8, estimated_tokens(all_text(answer, "thinking", "thinking").size()))
                        : 0;
}

json::object usage_of(const Answer& answer, const ChatCall& call) {
    std::size_t tokens = std::max<std::size_t>(1, estimated_tokens(all_text(answer, "text", "text").size()));
    for (const json::object& block : answer.blocks) {
        if (text_of(block, "type") == "tool_use") {
            tokens += 8 + estimated_tokens(arguments_of(block).size());
        }
    }
    const std::size_t reasoning = reasoning_tokens(answer, call);
    tokens += reasoning;
    json::object usage{{"prompt_tokens", call.prompt_tokens},
                       {"completion_tokens", tokens},
                       {"total_tokens", call.prompt_tokens + tokens}};
    if (!call.local) {
        usage["prompt_tokens_details"] =
            json::object{{"cached_tokens", call.cached_tokens}, {"cache_write_tokens", 0}, {"audio_tokens", 0}};
        usage["completion_tokens_details"] = json::object{{"reasoning_tokens", reasoning},
                                                          {"audio_tokens", 0},
                                                          {"accepted_prediction_tokens", 0},
                                                          {"rejected_prediction_tokens", 0}};
    }
    // A script speaks Anthropic's words or OpenAI's; both are understood.
    for (const auto& item : answer.usage) {
        const std::string_view name = item.key();
        usage[name == "input_tokens"    ? "prompt_tokens"
              : name == "output_tokens" ? "completion_tokens"
                                        : name] = item.value();
    }
    if (!answer.usage.empty() && !answer.usage.contains("total_tokens")) {
        usage["total_tokens"] =
            integer_of(usage, "prompt_tokens").value_or(0) + integer_of(usage, "completion_tokens").value_or(0);
    }
    return usage;
}

json::object frame_of(const ChatCall& call, const ChatFrame& frame, std::string_view object) {
    json::object head{{"id", frame.id}, {"object", object}, {"created", frame.created}, {"model", call.model}};
    if (!call.local) {
        head["service_tier"] = "default";
        head["system_fingerprint"] = nullptr;
    }
    return head;
}

bool is_custom(const ChatCall& call, const std::string& name) {
    const json::value* tools = member(call.body, "tools");
    return tools != nullptr && tools->is_array() &&
           std::any_of(tools->get_array().begin(), tools->get_array().end(), [&name](const json::value& tool) {
               const json::value* custom = member(tool.get_object(), "custom");
               return custom != nullptr && custom->is_object() && text_of(custom->get_object(), "name") == name;
           });
}

std::string free_text_of(const json::object& block) {
    const json::value* input = member(block, "input");
    return input != nullptr && input->is_object() ? text_of(input->get_object(), "input") : arguments_of(block);
}

class ChunkWriter {
public:
    ChunkWriter(const ChatCall& call, const ChatFrame& frame, const StreamFaults& faults)
        : call_(call), frame_(frame), faults_(faults) {}

    void delta(json::object body, const json::value& finish = nullptr) {
        if (deltas_ == faults_.error_after_deltas && !ended_) {
            data(json::serialize(openai::error_body(faults_.error_type, faults_.error_message)));
            ended_ = true;
        }
        if (deltas_ == faults_.malformed_after_deltas && !ended_) {
            data("{\"id\":\"" + frame_.id + "\",\"object\":\"chat.completion.chu");
        }
        ++deltas_;
        json::object chunk = frame_of(call_, frame_, "chat.completion.chunk");
        chunk["choices"] = json::array{
            json::object{{"index", 0}, {"delta", std::move(body)}, {"logprobs", nullptr}, {"finish_reason", finish}}};
        if (call_.on_azure()) {
            json::object& choice = chunk["choices"].get_array().front().get_object();
            choice["content_filter_results"] =
                choice["delta"].get_object().contains("content") ? content_filter_results() : json::object();
        }
        if (call_.include_usage && call_.server.kind != LocalServer::Kind::llamacpp) {
            chunk["usage"] = nullptr;
        }
        if (call_.obfuscation) {
            chunk["obfuscation"] = std::string(4 + static_cast<std::size_t>(deltas_ * 7 % 11), 'x');
        }
        data(json::serialize(chunk));
    }

    void usage(json::object totals) {
        json::object chunk = frame_of(call_, frame_, "chat.completion.chunk");
        chunk["choices"] = json::array();
        chunk["usage"] = std::move(totals);
        if (call_.server.kind == LocalServer::Kind::llamacpp) {
            chunk["timings"] = json::object{{"prompt_n", call_.prompt_tokens}, {"predicted_n", deltas_}};
        }
        data(json::serialize(chunk));
    }

    void data(const std::string& text) {
        if (!ended_) {
            events_.push_back("data: " + text + "\n\n");
        }
    }

    void comment() {
        if (!ended_) {
            events_.emplace_back(
                ": weather report: clear sky\n\nevent: weather_report\ndata: "
                "{\"object\":\"weather.report\",\"choices\":[]}\n\n");
        }
    }

    [[nodiscard]] bool fault_pending() const noexcept { return !ended_ && faults_.error_after_deltas >= deltas_; }
    void skip_to_fault() noexcept { deltas_ = faults_.error_after_deltas; }
    [[nodiscard]] std::vector<std::string> take() { return std::move(events_); }

private:
    const ChatCall& call_;
    const ChatFrame& frame_;
    const StreamFaults& faults_;
    std::vector<std::string> events_;
    int deltas_ = 0;
    bool ended_ = false;
};

void write_text(ChunkWriter& out, std::string_view field, const std::string& text) {
    for (const std::string_view piece : pieces(text, std::max<std::size_t>(12, text.size() / 400))) {
        out.delta({{field, piece}});
    }
}

}  // namespace

std::string chat_json(const Answer& answer, const ChatCall& call, const ChatFrame& frame) {
    json::object message{{"role", "assistant"}};
    const std::string text = all_text(answer, "text", "text");
    const std::string refusal = all_text(answer, "refusal", "refusal");
    json::array calls;
    for (const json::object& block : answer.blocks) {
        if (text_of(block, "type") == "tool_use" && is_custom(call, text_of(block, "name"))) {
            calls.push_back(json::object{
                {"id", text_of(block, "id")},
                {"type", "custom"},
                {"custom", json::object{{"name", text_of(block, "name")}, {"input", free_text_of(block)}}}});
        } else if (text_of(block, "type") == "tool_use") {
            calls.push_back(json::object{
                {"id", text_of(block, "id")},
                {"type", "function"},
                {"function", json::object{{"name", text_of(block, "name")}, {"arguments", arguments_of(block)}}}});
        }
    }
    message["content"] =
        text.empty() && (!calls.empty() || !refusal.empty()) ? json::value(nullptr) : json::value(text);
    if (!call.local) {
        message["refusal"] = refusal.empty() ? json::value(nullptr) : json::value(refusal);
        message["annotations"] = json::array();
    } else if (call.reasons) {
        message[call.server.reasoning_field()] = all_text(answer, "thinking", "thinking");
    }
    if (!calls.empty()) {
        message["tool_calls"] = std::move(calls);
    }
    json::object body = frame_of(call, frame, "chat.completion");
    body["choices"] = json::array{json::object{{"index", 0},
                                               {"message", std::move(message)},
                                               {"logprobs", nullptr},
                                               {"finish_reason", finish_reason(answer)}}};
    if (call.server.kind == LocalServer::Kind::vllm) {
        body["choices"].get_array().front().get_object()["stop_reason"] = nullptr;
    }
    if (call.on_azure()) {
        body["prompt_filter_results"] = prompt_filter_results();
        body["choices"].get_array().front().get_object()["content_filter_results"] = content_filter_results();
    }
    if (call.server.tells_usage) {
        body["usage"] = usage_of(answer, call);
    }
    return json::serialize(body);
}

std::vector<std::string> chat_events(const Answer& answer, const ChatCall& call, const ChatFrame& frame,
                                     const StreamFaults& faults) {
    ChunkWriter out(call, frame, faults);
    if (call.on_azure()) {  // before anything of the model's: no choice, no id
        out.data(json::serialize(json::object{{"choices", json::array()},
                                              {"created", 0},
                                              {"id", ""},
                                              {"model", ""},
                                              {"object", ""},
                                              {"prompt_filter_results", prompt_filter_results()}}));
    }
    out.delta(call.local ? json::object{{"role", "assistant"}, {"content", ""}}
                         : json::object{{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}});
    if (faults.unknown_event) {
        out.comment();
    }
    if (faults.unknown_block) {
        out.delta({{"hologram", "cube"}});
    }
    if (call.local && call.reasons) {
        write_text(out, call.server.reasoning_field(), all_text(answer, "thinking", "thinking"));
    }
    write_text(out, "content", all_text(answer, "text", "text"));
    write_text(out, "refusal", all_text(answer, "refusal", "refusal"));
    std::size_t index = 0;
    for (const json::object& block : answer.blocks) {
        if (text_of(block, "type") != "tool_use") {
            continue;
        }
        const bool custom = is_custom(call, text_of(block, "name"));
        const std::string_view kind = custom ? "custom" : "function";
        const std::string_view field = custom ? "input" : "arguments";
        const auto send = [&](json::object function, bool first) {
            json::object part{{"index", index}};
            if (first) {
                part["id"] = text_of(block, "id");
                part["type"] = kind;
            }
            part[kind] = std::move(function);
            out.delta({{"tool_calls", json::array{std::move(part)}}});
        };
        send({{"name", text_of(block, "name")}, {field, ""}}, true);
        const std::string arguments = custom ? free_text_of(block) : arguments_of(block);
        for (const std::string_view piece : pieces(arguments, std::max<std::size_t>(7, arguments.size() / 400))) {
            send({{field, piece}}, false);
        }
        ++index;
    }
    if (out.fault_pending()) {
        out.skip_to_fault();
        out.delta({});
    }
    if (!faults.no_terminal) {
        out.delta({}, json::value(finish_reason(answer)));
        if (call.include_usage) {
            out.usage(usage_of(answer, call));
        }
        if (call.server.says_done) {
            out.data("[DONE]");
        }
    }
    return out.take();
}

}  // namespace emulator
