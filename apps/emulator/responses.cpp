#include "responses.hpp"

#include "checks.hpp"
#include "compose.hpp"
#include "crypto.hpp"
#include "openai_fields.hpp"
#include "openai_reply.hpp"
#include "openai_words.hpp"

#include <chrono>

namespace emulator {

namespace {

Answer answer_for(const ResponsesCall& call, const std::string& number, const Step* step) {
    const std::string call_mark = "call_" + number + "x";
    Answer answer;
    if (step != nullptr && step->answer) {
        answer = *step->answer;
        std::size_t index = 0;
        for (json::object& block : answer.blocks) {
            if (text_of(block, "type") == "tool_use" && !block.contains("id")) {
                block["id"] = call_mark + std::to_string(index++);
            }
        }
    } else {
        answer = compose(prompt_of(call), call_mark);
    }
    if (step != nullptr && !step->stop_reason.empty()) {
        answer.stop_reason = step->stop_reason;
    }
    if (step != nullptr && step->faults.unknown_block) {
        answer.blocks.insert(answer.blocks.begin(), {{"type", "hologram"}, {"shape", "cube"}});
    }
    return answer;
}

}  // namespace

void ResponsesApi::reset() {
    prefixes_.clear();
    store_.clear();
}

// The whole input: what an earlier response had, then the request's own items, with stored ones in the place of their names.
void ResponsesApi::resolve(ResponsesCall& call) const {
    if (const auto before = openai::string_at(call.body, "previous_response_id")) {
        const StoredResponse* found = store_.find(*before);
        if (found == nullptr) {
            openai::reject("Previous response with id '" + *before + "' not found.", "previous_response_id",
                           "previous_response_not_found");
        }
        call.items = found->history;
    }
    call.first_own = call.items.size();
    const json::value& input = openai::needed(call.body, "input", {});
    if (input.is_string()) {
        call.items.push_back(json::object{{"role", "user"}, {"content", input}});
        return;
    }
    if (!input.is_array()) {
        openai::wrong_type(input, "input", "one of a string or array of objects");
    }
    for (const json::value& item : input.get_array()) {
        const json::object* object = item.if_object();
        const json::value* stored = nullptr;
        if (object != nullptr) {
            const std::string type = item_type(*object);
            const bool bare = type == "item_reference" ||
                              (type == "reasoning" && text_of(*object, "encrypted_content").empty() && !call.local);
            stored = bare ? store_.find_item(text_of(*object, "id")) : nullptr;
        }
        call.items.push_back(stored != nullptr ? *stored : item);
    }
}

Reply ResponsesApi::create(OpenaiCall request, const std::string& request_id, const Step* step, bool& step_used) {
    ResponsesCall call{std::move(request)};
    resolve(call);
    check_items(call);
    check_responses(call);
    check_item_pairs(call);
    if (!call.local) {
        store_.check_pairs(call.items);
        sealer_.verify(call);
        const json::value* tools = member(call.body, "tools");
        std::vector<std::string> parts{text_of(call.body, "instructions") +
                                       (tools == nullptr ? std::string() : json::serialize(*tools))};
        for (const json::value& item : call.items) {
            parts.push_back(json::serialize(item));
        }
        call.cached_tokens = prefixes_.charge(call.caller + "\x1f" + call.model, parts);
    }
    const std::string number = hex(bytes_of(sha256(request_id))).substr(0, 16) + std::to_string(next_id_++);
    ResponseFrame frame = frame_of(answer_for(call, number, step), call, sealer_, number);
    frame.created =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    step_used = step != nullptr;
    json::object body = response_object(frame, call, true);
    if (!call.local) {
        store_.remember_pairs(frame.output);
        if (call.store) {
            json::array history = call.items;
            history.insert(history.end(), frame.output.begin(), frame.output.end());
            store_.keep({frame.id, std::move(history), body});
        }
    }
    Reply reply = openai::json_reply(200, {}, request_id);
    if (call.stream) {
        reply.stream = true;
        reply.headers.front().second = "text/event-stream; charset=utf-8";
        reply.pieces = response_events(frame, call, step != nullptr ? step->faults : StreamFaults());
    } else {
        reply.pieces = {json::serialize(body)};
    }
    return reply;
}

Reply ResponsesApi::stored(const std::string& method, const std::string& id, const std::string& request_id) {
    const StoredResponse* found = store_.find(id);
    if (found == nullptr) {
        throw Rejection(404, "invalid_request_error", "Response with id '" + id + "' not found.");
    }
    if (method == "DELETE") {
        store_.remove(id);
        return openai::json_reply(
            200, json::serialize(json::object{{"id", id}, {"object", "response"}, {"deleted", true}}), request_id);
    }
    return openai::json_reply(200, json::serialize(found->body), request_id);
}

}  // namespace emulator
