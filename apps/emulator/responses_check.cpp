#include "openai_fields.hpp"
#include "openai_schema.hpp"
#include "openai_words.hpp"
#include "responses.hpp"
#include "text_util.hpp"

namespace emulator {

using namespace openai;

namespace {

constexpr std::string_view known_fields =
    "model input background context_management conversation include instructions max_output_tokens max_tool_calls "
    "metadata "
    "moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options "
    "prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text "
    "tool_choice tools top_logprobs top_p truncation user";
constexpr std::string_view includes =
    "reasoning.encrypted_content message.output_text.logprobs web_search_call.action.sources web_search_call.results "
    "file_search_call.results code_interpreter_call.outputs computer_call_output.output.image_url "
    "message.input_image.image_url";
constexpr std::int64_t least_output = 16;

void check_include(const ResponsesCall& call) {
    const json::array* list = array_at(call.body, "include");
    if (list == nullptr) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& item : *list) {
        const std::string here = path_to("include", index++);
        if (!item.is_string()) {
            wrong_type(item, here, "a string");
        }
        allow(item.get_string(), here, includes);
        if (item.get_string() == "reasoning.encrypted_content" && call.rules != nullptr && !call.rules->reasons()) {
            reject("Encrypted content is not supported with this model.", "include");
        }
    }
}

void check_reasoning(ResponsesCall& call) {
    const json::object* reasoning = object_at(call.body, "reasoning");
    std::optional<std::string> effort;
    if (reasoning != nullptr) {
        effort = string_at(*reasoning, "effort", "reasoning");
        call.summary = string_at(*reasoning, "summary", "reasoning");
    }
    if (call.rules == nullptr) {
        call.reasons = call.reasons && effort.value_or("") != "none";
        return;
    }
    if (reasoning != nullptr) {
        only_known(*reasoning, "reasoning", "effort summary generate_summary context mode");
        if (call.summary) {
            allow(*call.summary, "reasoning.summary", "auto concise detailed");
        }
        const auto context = string_at(*reasoning, "context", "reasoning");
        if (context) {
            allow(*context, "reasoning.context", "auto current_turn all_turns");
        }
        const auto mode = string_at(*reasoning, "mode", "reasoning");
        if (mode) {
            allow(*mode, "reasoning.mode", "standard pro");
        }
        const auto refuse = [&](std::string_view name) {
            reject("Unsupported parameter: " + in_quotes(name) + " is not supported with the " + in_quotes(call.model) +
                       " model.",
                   name, "unsupported_parameter");
        };
        if (call.summary && !call.rules->reasons()) {
            refuse("reasoning.summary");
        }
        if (context == "all_turns" && call.rules->generation < 504) {
            refuse("reasoning.context");
        }
        if (mode && call.rules->generation < 506) {
            refuse("reasoning.mode");
        }
    }
    call.effort = check_effort(call, effort, "reasoning.effort");
}

void check_text(const ResponsesCall& call) {
    const json::object* text = object_at(call.body, "text");
    if (text == nullptr) {
        return;
    }
    if (!call.local) {
        only_known(*text, "text", "format verbosity");
        check_verbosity(call, string_at(*text, "verbosity", "text"), "text.verbosity");
    }
    const json::object* format = object_at(*text, "format", "text");
    if (format == nullptr) {
        return;
    }
    const std::string path = "text.format";
    needed(*format, "type", path);
    const std::string type = text_of(*format, "type");
    allow(type, path + ".type", "text json_object json_schema");
    if (type == "json_schema") {
        const json::value& name = needed(*format, "name", path);
        check_name(name, path + ".name");
        needed(*format, "schema", path);
        const json::object* schema = object_at(*format, "schema", path);
        if (!call.local) {
            only_known(*format, path, "type name description schema strict");
        }
        if (!call.local && schema != nullptr && bool_at(*format, "strict", path).value_or(false)) {
            check_strict_schema(*schema, {"response_format " + in_quotes(std::string(name.get_string())),
                                          path + ".schema", "invalid_json_schema", call.model.starts_with("ft:")});
        }
    } else if (!call.local) {
        only_known(*format, path, "type");
    }
    if (type == "json_object" && !call.local && lower(json::serialize(call.items)).find("json") == std::string::npos) {
        reject(
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'.",
            "input");
    }
}

// Members that exclude or need one another.
void check_together(const ResponsesCall& call) {
    const json::object& body = call.body;
    if (string_at(body, "previous_response_id") && body.contains("conversation")) {
        reject(
            "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing "
            "one of them.",
            {}, "mutually_exclusive_parameters");
    }
    if (bool_at(body, "background").value_or(false)) {
        reject(call.store ? "Background mode is not served here." : "Background mode requires 'store' to be true.",
               "background");
    }
    if (const json::value* conversation = member(body, "conversation");
        conversation != nullptr && !conversation->is_null()) {
        throw Rejection(404, "invalid_request_error",
                        "Conversation with id " + json::serialize(*conversation) + " not found.", "conversation");
    }
    if (const auto truncation = string_at(body, "truncation")) {
        allow(*truncation, "truncation", "auto disabled");
    }
    if (const json::array* management = array_at(body, "context_management")) {
        std::size_t index = 0;
        for (const json::value& item : *management) {
            const std::string here = path_to("context_management", index++);
            if (!item.is_object()) {
                wrong_type(item, here, "an object");
            }
            allow(text_of(item.get_object(), "type"), here + ".type", "compaction");
            if (integer_of(item.get_object(), "compact_threshold").value_or(1'000) < 1'000) {
                reject("Invalid " + in_quotes(here + ".compact_threshold") +
                           ": integer below minimum value. Expected a value >= 1000.",
                       here + ".compact_threshold", "integer_below_min_value");
            }
        }
    }
}

void check_limits(const ResponsesCall& call) {
    const auto limit = check_count(call.body, "max_output_tokens", call.local ? 1 : least_output);
    (void)check_count(call.body, "max_tool_calls");
    check_number(call.body, "temperature", 0, 2);
    check_number(call.body, "top_p", 0, 1);
    check_number(call.body, "top_logprobs", 0, 20);
    if (call.rules == nullptr) {
        return;
    }
    if (limit && *limit > call.rules->max_output) {
        reject("Invalid 'max_output_tokens': integer above maximum value. Expected a value <= " +
                   std::to_string(call.rules->max_output) + ", but got " + std::to_string(*limit) + " instead.",
               "max_output_tokens", "integer_above_max_value");
    }
    if (static_cast<std::int64_t>(call.prompt_tokens) > call.rules->window) {
        reject("Your input exceeds the context window of this model. Please adjust your input and try again.", "input",
               "context_length_exceeded");
    }
}

void count_prompt(ResponsesCall& call) {
    std::size_t bytes = json::serialize(call.items).size() + text_of(call.body, "instructions").size();
    if (const json::value* tools = member(call.body, "tools")) {
        bytes += json::serialize(*tools).size();
    }
    call.prompt_tokens = estimated_tokens(bytes) + 7;
}

}  // namespace

void check_responses(ResponsesCall& call) {
    if (!call.local) {
        only_known(call.body, {}, known_fields);
    }
    call.store = bool_at(call.body, "store").value_or(true);
    (void)string_at(call.body, "instructions");
    (void)bool_at(call.body, "parallel_tool_calls");
    check_include(call);
    check_stream(call, "include_obfuscation");
    check_reasoning(call);
    check_text(call);
    check_response_tools(call);
    count_prompt(call);
    check_limits(call);
    if (!call.local) {
        check_common(call, "auto default flex scale priority fast ultrafast");
        check_together(call);
        check_sampling(call, call.effort, {"top_p", "top_logprobs"});
    } else {
        check_local_server(call.server, call.body, call.model, call.prompt_tokens);
    }
}

}  // namespace emulator
