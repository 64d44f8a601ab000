#include "responses.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

class EventWriter {
public:
    EventWriter(const ResponseFrame& frame, const ResponsesCall& call, const StreamFaults& faults)
        : frame_(frame), call_(call), faults_(faults) {}

    void event(std::string_view type, json::object body) {
        if (ended_) {
            return;
        }
        json::object whole{{"type", type}, {"sequence_number", number_++}};
        for (const auto& item : body) {
            whole[item.key()] = item.value();
        }
        events_.push_back("event: " + std::string(type) + "\ndata: " + json::serialize(whole) + "\n\n");
    }

    /// A piece of text; the place where a stream breaks.
    void delta(std::string_view type, json::object body) {
        fault();
        ++deltas_;
        if (call_.obfuscation) {
            body["obfuscation"] = std::string(4 + static_cast<std::size_t>(deltas_ * 7 % 11), 'x');
        }
        event(type, std::move(body));
    }

    /// The text in pieces, then the whole: `KIND.delta`, `KIND.done`.
    void text(const std::string& kind, const json::object& where, std::string_view field, const std::string& whole) {
        for (const std::string_view piece : pieces(whole, std::max<std::size_t>(12, whole.size() / 400))) {
            json::object body = where;
            body["delta"] = piece;
            delta(kind + ".delta", std::move(body));
        }
        json::object body = where;
        body[field] = whole;
        event(kind + ".done", std::move(body));
    }

    void response(std::string_view state, bool ended) {
        event("response." + std::string(state), {{"response", response_object(frame_, call_, ended)}});
    }

    void end() {
        if (faults_.error_after_deltas >= deltas_) {  // a shorter answer fails at its end
            deltas_ = faults_.error_after_deltas;
            fault();
        }
        if (!faults_.no_terminal) {
            response(frame_.status, true);
        }
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(events_); }

private:
    void fault() {
        if (deltas_ == faults_.malformed_after_deltas && !ended_) {
            events_.emplace_back("event: response.output_text.delta\ndata: {\"type\":\"response.output_te\n\n");
        }
        if (deltas_ != faults_.error_after_deltas || ended_) {
            return;
        }
        const std::string code = faults_.error_type == "overloaded_error" ? "server_error" : faults_.error_type;
        event("error", {{"code", code}, {"message", faults_.error_message}, {"param", nullptr}});
        ResponseFrame failed = frame_;
        failed.status = "failed";
        failed.output = json::array();
        failed.error = json::object{{"code", code}, {"message", faults_.error_message}};
        event("response.failed", {{"response", response_object(failed, call_, true)}});
        ended_ = true;
    }

    const ResponseFrame& frame_;
    const ResponsesCall& call_;
    const StreamFaults& faults_;
    std::vector<std::string> events_;
    std::int64_t number_ = 0;
    int deltas_ = 0;
    bool ended_ = false;
};

void write_reasoning(EventWriter& out, const json::object& item, std::size_t index) {
    const auto each = [&](std::string_view list, const std::string& part_kind, const std::string& text_kind,
                          std::string_view position) {
        std::size_t at = 0;
        for (const json::value& value : item.at(list).get_array()) {
            const json::object where{{"item_id", item.at("id")}, {"output_index", index}, {position, at++}};
            json::object part = value.get_object();
            const std::string whole = text_of(part, "text");
            json::object added = where;
            part["text"] = "";
            added["part"] = part;
            out.event(part_kind + ".added", std::move(added));
            out.text(text_kind, where, "text", whole);
            json::object done = where;
            done["part"] = value;
            out.event(part_kind + ".done", std::move(done));
        }
    };
    each("summary", "response.reasoning_summary_part", "response.reasoning_summary_text", "summary_index");
    each("content", "response.content_part", "response.reasoning_text", "content_index");
}

void write_message(EventWriter& out, const json::object& item, std::size_t index) {
    std::size_t at = 0;
    for (const json::value& value : item.at("content").get_array()) {
        const json::object& part = value.get_object();
        const bool refuses = text_of(part, "type") == "refusal";
        const std::string_view field = refuses ? "refusal" : "text";
        json::object where{{"item_id", item.at("id")}, {"output_index", index}, {"content_index", at++}};
        json::object added = where;
        json::object empty = part;
        empty[field] = "";
        added["part"] = std::move(empty);
        out.event("response.content_part.added", std::move(added));
        json::object text_at = where;
        if (!refuses) {
            text_at["logprobs"] = json::array();
        }
        out.text(refuses ? "response.refusal" : "response.output_text", text_at, field, text_of(part, field));
        where["part"] = part;
        out.event("response.content_part.done", std::move(where));
    }
}

// The item as it is announced: without what comes later. Encrypted content is there, but not all of it.
json::object announced(const json::object& item) {
    json::object start = item;
    for (const std::string_view name : {"content", "summary"}) {
        if (start.contains(name)) {
            start[name] = json::array();
        }
    }
    for (const std::string_view name : {"arguments", "input"}) {
        if (start.contains(name)) {
            start[name] = "";
        }
    }
    if (start.contains("status")) {
        start["status"] = "in_progress";
    }
    if (const std::string sealed = text_of(item, "encrypted_content"); !sealed.empty()) {
        start["encrypted_content"] = sealed.substr(0, sealed.size() / 2);
    }
    return start;
}

}  // namespace

std::vector<std::string> response_events(const ResponseFrame& frame, const ResponsesCall& call,
                                         const StreamFaults& faults) {
    EventWriter out(frame, call, faults);
    out.response("created", false);
    out.response("in_progress", false);
    if (faults.unknown_event) {
        out.event("response.weather_report", {{"sky", "clear"}});
    }
    for (std::size_t index = 0; index < frame.output.size(); ++index) {
        const json::object& item = frame.output[index].get_object();
        const std::string type = text_of(item, "type");
        out.event("response.output_item.added", {{"output_index", index}, {"item", announced(item)}});
        const json::object where{{"item_id", item.at("id")}, {"output_index", index}};
        if (type == "reasoning") {
            write_reasoning(out, item, index);
        } else if (type == "message") {
            write_message(out, item, index);
        } else if (type == "function_call") {
            out.text("response.function_call_arguments", where, "arguments", text_of(item, "arguments"));
        } else if (type == "custom_tool_call") {
            out.text("response.custom_tool_call_input", where, "input", text_of(item, "input"));
        }
        out.event("response.output_item.done", {{"output_index", index}, {"item", item}});
    }
    out.end();
    return out.take();
}

}  // namespace emulator
