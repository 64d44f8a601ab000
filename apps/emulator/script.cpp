#include "script.hpp"

#include "bedrock_faults.hpp"
#include "checks.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

std::size_t size_at(const json::object& step, std::string_view name, const std::string& path) {
    const std::int64_t number = want_integer(step.at(name), join(path, name));
    if (number < 0) {
        refuse(join(path, name), "Input should be greater than or equal to 0");
    }
    return static_cast<std::size_t>(number);
}

Headers read_headers(const json::value& value, const std::string& path) {
    Headers headers;
    for (const auto& item : want_object(value, path)) {
        headers.emplace_back(item.key(), std::string(want_string(item.value(), join(path, item.key()))));
    }
    return headers;
}

std::string body_text(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

void read_match(Step& step, const json::value& value, const std::string& path) {
    const json::object& match = want_object(value, path);
    only_fields(match, path, {"model", "contains", "path"});
    step.match_model = text_of(match, "model");
    step.match_contains = text_of(match, "contains");
    step.match_path = text_of(match, "path");
}

void read_raw(Step& step, const json::value& value, const std::string& path) {
    const json::object& raw = want_object(value, path);
    only_fields(raw, path, {"status", "headers", "body"});
    RawAnswer answer;
    answer.status = static_cast<int>(integer_of(raw, "status").value_or(200));
    if (const json::value* headers = member(raw, "headers")) {
        answer.headers = read_headers(*headers, join(path, "headers"));
    }
    if (const json::value* body = member(raw, "body")) {
        answer.body = body_text(*body);
    }
    step.raw = std::move(answer);
}

void read_error(Step& step, const json::value& value, const std::string& path) {
    const json::object& error = want_object(value, path);
    only_fields(error, path, {"status", "type", "message", "code", "headers"});
    ErrorAnswer answer;
    answer.status = static_cast<int>(integer_of(error, "status").value_or(500));
    answer.type = text_of(error, "type");
    answer.message = text_of(error, "message");
    answer.code = text_of(error, "code");
    if (const json::value* headers = member(error, "headers")) {
        step.headers = read_headers(*headers, join(path, "headers"));
    }
    step.error = std::move(answer);
}

void read_content(Step& step, const json::object& object, const std::string& path) {
    Answer answer;
    answer.verbatim = true;
    if (const json::value* thinking = member(object, "thinking")) {
        answer.blocks.push_back({{"type", "thinking"}, {"thinking", want_string(*thinking, join(path, "thinking"))}});
    }
    if (const json::value* text = member(object, "text")) {
        answer.blocks.push_back({{"type", "text"}, {"text", want_string(*text, join(path, "text"))}});
    }
    if (const json::value* calls = member(object, "tool_calls")) {
        std::size_t index = 0;
        for (const json::value& item : want_array(*calls, join(path, "tool_calls"))) {
            const std::string here = join(join(path, "tool_calls"), index++);
            const json::object& call = want_object(item, here);
            only_fields(call, here, {"id", "name", "input"});
            json::object block{{"type", "tool_use"},
                               {"name", want_string(require(call, "name", here), join(here, "name"))}};
            if (const json::value* id = member(call, "id")) {
                block["id"] = *id;
            }
            const json::value* input = member(call, "input");
            block["input"] = input != nullptr ? *input : json::value(json::object());
            answer.blocks.push_back(std::move(block));
        }
        answer.stop_reason = "tool_use";
    }
    if (const json::value* content = member(object, "content")) {
        std::size_t index = 0;
        for (const json::value& block : want_array(*content, join(path, "content"))) {
            answer.blocks.push_back(want_object(block, join(join(path, "content"), index++)));
            if (text_of(answer.blocks.back(), "type") == "tool_use") {
                answer.stop_reason = "tool_use";
            }
        }
    }
    if (const json::value* details = member(object, "stop_details")) {
        answer.stop_details = *details;
    }
    if (const json::value* usage = member(object, "usage")) {
        answer.usage = want_object(*usage, join(path, "usage"));
    }
    step.answer = std::move(answer);
}

void read_delivery(Step& step, const json::object& object, const std::string& path) {
    Delivery& delivery = step.delivery;
    if (object.contains("delay_ms")) {
        delivery.delay_ms = static_cast<int>(size_at(object, "delay_ms", path));
    }
    if (object.contains("gap_ms")) {
        delivery.gap_ms = static_cast<int>(size_at(object, "gap_ms", path));
    }
    if (object.contains("chunk_bytes")) {
        delivery.chunk_bytes = size_at(object, "chunk_bytes", path);
    }
    if (object.contains("cut_after_bytes")) {
        delivery.cut_after_bytes = size_at(object, "cut_after_bytes", path);
    }
    if (object.contains("hang_after_bytes")) {
        delivery.hang_after_bytes = size_at(object, "hang_after_bytes", path);
    }
    delivery.reset = is_true(object, "reset");
    delivery.drop = is_true(object, "drop");
    if (const json::value* gzip = member(object, "gzip")) {
        delivery.force_gzip = gzip->is_string() && gzip->get_string() == "force";
        delivery.gzip = delivery.force_gzip || want_bool(*gzip, join(path, "gzip"));
    }
}

int after_deltas(const json::value& value) {
    return value.is_int64() ? static_cast<int>(value.get_int64()) : value.is_bool() && !value.get_bool() ? -1 : 1;
}

void read_faults(Step& step, const json::object& object, const std::string& path) {
    if (const json::value* value = member(object, "sse_error")) {
        const json::object& error = want_object(*value, join(path, "sse_error"));
        only_fields(error, join(path, "sse_error"), {"after_deltas", "type", "message"});
        step.faults.error_after_deltas = static_cast<int>(integer_of(error, "after_deltas").value_or(1));
        if (error.contains("type")) {
            step.faults.error_type = text_of(error, "type");
        }
        if (error.contains("message")) {
            step.faults.error_message = text_of(error, "message");
        }
    }
    if (const json::value* value = member(object, "malformed")) {
        step.faults.malformed_after_deltas = after_deltas(*value);
    }
    step.faults.unknown_event = is_true(object, "unknown_event");
    step.faults.unknown_block = is_true(object, "unknown_block");
    step.faults.no_terminal = is_true(object, "no_terminal");
    if (is_true(object, "unknown_stop_reason")) {
        step.stop_reason = "out_of_tea";
    }
    if (const json::value* reason = member(object, "stop_reason")) {
        step.stop_reason = want_string(*reason, join(path, "stop_reason"));
    }
}

Step read_step(const json::value& value, const std::string& path) {
    const json::object& object = want_object(value, path);
    only_fields(object, path,
                {"match",
                 "times",
                 "text",
                 "thinking",
                 "tool_calls",
                 "content",
                 "stop_reason",
                 "stop_details",
                 "usage",
                 "raw",
                 "error",
                 "html",
                 "empty_body",
                 "headers",
                 "delay_ms",
                 "gap_ms",
                 "chunk_bytes",
                 "cut_after_bytes",
                 "hang_after_bytes",
                 "reset",
                 "drop",
                 "gzip",
                 "sse_error",
                 "malformed",
                 "unknown_event",
                 "unknown_block",
                 "unknown_stop_reason",
                 "no_terminal",
                 "exception",
                 "error_frame",
                 "bad_frame"});
    Step step;
    if (const json::value* match = member(object, "match")) {
        read_match(step, *match, join(path, "match"));
    }
    if (const json::value* times = member(object, "times")) {
        step.times = times->is_string() && times->get_string() == "always"
                         ? -1
                         : static_cast<int>(want_integer(*times, join(path, "times")));
    }
    if (const json::value* headers = member(object, "headers")) {
        step.headers = read_headers(*headers, join(path, "headers"));
    }
    const bool answers = object.contains("text") || object.contains("thinking") || object.contains("tool_calls") ||
                         object.contains("content");
    if (answers) {
        read_content(step, object, path);
    }
    if (const json::value* raw = member(object, "raw")) {
        read_raw(step, *raw, join(path, "raw"));
    }
    if (const json::value* error = member(object, "error")) {
        read_error(step, *error, join(path, "error"));
    }
    if (const json::value* html = member(object, "html")) {
        const int status = html->is_int64() ? static_cast<int>(html->get_int64()) : 502;
        step.raw =
            RawAnswer{status,
                      {{"content-type", "text/html"}},
                      html->is_string() ? std::string(html->get_string())
                                        : "<html><head><title>" + std::to_string(status) + "</title></head><body><h1>" +
                                              std::to_string(status) + "</h1></body></html>\n"};
    }
    if (is_true(object, "empty_body")) {
        step.raw = RawAnswer{200, {{"content-type", "application/json"}}, {}};
    }
    const int kinds = (step.answer ? 1 : 0) + (step.raw ? 1 : 0) + (step.error ? 1 : 0);
    if (kinds > 1) {
        refuse(path, "a step gives one of an answer, `raw`, `error`, `html` or `empty_body`");
    }
    read_delivery(step, object, path);
    read_faults(step, object, path);
    step.frame = read_frame_fault(object, path);
    return step;
}

}  // namespace

std::vector<Step> read_steps(const json::value& script) {
    const json::value* list = &script;
    if (script.is_object() && script.get_object().contains("steps")) {
        only_fields(script.get_object(), "script", {"steps"});
        list = &script.get_object().at("steps");
    }
    std::vector<Step> steps;
    if (list->is_array()) {
        std::size_t index = 0;
        for (const json::value& item : list->get_array()) {
            steps.push_back(read_step(item, join("steps", index++)));
        }
    } else {
        steps.push_back(read_step(*list, "step"));
    }
    return steps;
}

void Script::add(std::vector<Step> steps) { std::move(steps.begin(), steps.end(), std::back_inserter(steps_)); }

const Step* Script::find(const HttpRequest& request, std::string_view model) const {
    const std::string_view path = request.path();
    const bool on_vertex = (path.ends_with(":rawPredict") && !path.ends_with("count-tokens:rawPredict")) ||
                           path.ends_with(":streamRawPredict");
    const bool on_bedrock = path == "/anthropic/v1/messages" ||
                            (path.starts_with("/model/") && !path.ends_with("/count-tokens"));
    const bool on_gemini = path.ends_with(":generateContent") || path.ends_with(":streamGenerateContent");
    const bool generates = on_gemini || path == "/v1/messages" || path.ends_with("/chat/completions") ||
                           path.ends_with("/responses") || on_vertex || on_bedrock;
    const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) {
        return (step.match_path.empty() ? generates : path.find(step.match_path) != std::string_view::npos) &&
               (step.match_model.empty() || model == step.match_model) &&
               (step.match_contains.empty() || request.body.find(step.match_contains) != std::string::npos);
    });
    return found == steps_.end() ? nullptr : &*found;
}

void Script::used(const Step* step) {
    const auto found = std::find_if(steps_.begin(), steps_.end(), [step](const Step& own) { return &own == step; });
    if (found != steps_.end() && found->times > 0 && --found->times == 0) {
        steps_.erase(found);
    }
}

}  // namespace emulator
