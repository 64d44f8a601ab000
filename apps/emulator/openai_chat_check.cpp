#include "openai_chat.hpp"
#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

using openai::allow;
using openai::list_of;
using openai::needed;
using openai::in_quotes;
using openai::reject;
using openai::wrong_type;

namespace {

void check_number(const json::object& body, std::string_view name, double least, double most) {
    const json::value* value = member(body, name);
    if (value == nullptr || value->is_null()) {
        return;
    }
    const std::optional<double> number = number_of(*value);
    if (!number) {
        wrong_type(*value, std::string(name), "a decimal");
    }
    if (*number < least) {
        reject("Invalid " + in_quotes(name) + ": decimal below minimum value. Expected a value >= " +
                   std::to_string(static_cast<int>(least)) + ", but got " + json::serialize(*value) + " instead.",
               name, "decimal_below_min_value");
    }
    if (*number > most) {
        reject("Invalid " + in_quotes(name) + ": decimal above maximum value. Expected a value <= " +
                   std::to_string(static_cast<int>(most)) + ", but got " + json::serialize(*value) + " instead.",
               name, "decimal_above_max_value");
    }
}

std::optional<std::int64_t> check_count(const json::object& body, std::string_view name) {
    const json::value* value = member(body, name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (!value->is_int64()) {
        wrong_type(*value, std::string(name), "an integer");
    }
    if (value->get_int64() < 1) {
        reject("Invalid " + in_quotes(name) + ": integer below minimum value. Expected a value >= 1, but got " +
                   json::serialize(*value) + " instead.",
               name, "integer_below_min_value");
    }
    return value->get_int64();
}

bool is_function_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

void check_tools(const ChatCall& call) {
    const json::value* tools = member(call.body, "tools");
    std::vector<std::string> names;
    if (tools != nullptr && !tools->is_null()) {
        if (!tools->is_array()) {
            wrong_type(*tools, "tools", "an array of objects");
        }
        if (tools->get_array().empty() && !call.local) {
            reject(
                "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array "
                "instead.",
                "tools", "empty_array");
        }
        std::size_t index = 0;
        for (const json::value& item : tools->get_array()) {
            const std::string path = "tools[" + std::to_string(index++) + "]";
            if (!item.is_object()) {
                wrong_type(item, path, "an object");
            }
            const json::value& type_value = needed(item.get_object(), "type", path);
            if (!type_value.is_string()) {
                wrong_type(type_value, path + ".type", "a string");
            }
            const std::string type(type_value.get_string());
            allow(type, path + ".type", "function custom");
            const json::value& function = needed(item.get_object(), type, path);
            if (!function.is_object()) {
                wrong_type(function, path + "." + type, "an object");
            }
            const json::value& name = needed(function.get_object(), "name", path + "." + type);
            if (!name.is_string()) {
                wrong_type(name, path + "." + type + ".name", "a string");
            }
            if (!is_function_name(name.get_string())) {
                reject("Invalid " + in_quotes(path + "." + type + ".name") +
                           ": string does not match pattern. Expected a string that matches the pattern "
                           "'^[a-zA-Z0-9_-]+$'.",
                       path + "." + type + ".name", "invalid_value");
            }
            if (const json::value* parameters = member(function.get_object(), "parameters");
                parameters != nullptr && !parameters->is_null()) {
                if (!parameters->is_object() ||
                    (text_of(parameters->get_object(), "type") != "object" && !call.local)) {
                    reject("Invalid schema for function " + in_quotes(std::string(name.get_string())) +
                               ": schema must be a JSON Schema of 'type: \"object\"'.",
                           path + ".function.parameters", "invalid_function_parameters");
                }
            }
            names.emplace_back(name.get_string());
        }
    }
    const json::value* choice = member(call.body, "tool_choice");
    if (choice != nullptr && !choice->is_null()) {
        if (names.empty() && !(choice->is_string() && choice->get_string() == "none" && call.local)) {
            reject("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
                   "tool_choice");
        }
        if (choice->is_string()) {
            allow(choice->get_string(), "tool_choice", "none auto required");
        } else if (choice->is_object()) {
            const std::string type = text_of(choice->get_object(), "type");
            allow(type, "tool_choice.type", "function custom allowed_tools");
            const json::value& named = needed(choice->get_object(), type, "tool_choice");
            if (type != "allowed_tools" && named.is_object()) {
                const std::string name = text_of(named.get_object(), "name");
                if (std::find(names.begin(), names.end(), name) == names.end()) {
                    reject(
                        "Invalid value for 'tool_choice': function " + in_quotes(name) + " was not provided in 'tools'.",
                        "tool_choice");
                }
            }
        } else {
            wrong_type(*choice, "tool_choice", "one of a string or an object");
        }
    }
    if (const json::value* parallel = member(call.body, "parallel_tool_calls");
        parallel != nullptr && !parallel->is_null()) {
        if (!parallel->is_bool()) {
            wrong_type(*parallel, "parallel_tool_calls", "a boolean");
        }
        if (names.empty() && !call.local) {
            reject(
                "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
                "specified.",
                "parallel_tool_calls");
        }
    }
}

void check_known_fields(const ChatCall& call) {
    constexpr std::string_view known =
        "model messages audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens "
        "max_tokens metadata "
        "modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options "
        "prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream "
        "stream_options "
        "temperature tool_choice tools top_logprobs top_p user verbosity web_search_options";
    const auto all = words(known);
    for (const auto& item : call.body) {
        if (std::find(all.begin(), all.end(), std::string_view(item.key())) == all.end()) {
            reject("Unrecognized request argument supplied: " + std::string(item.key()));
        }
    }
}

// What depends on the model: token limits, effort, sampling, tools beside reasoning.
void check_model_rules(ChatCall& call) {
    const OpenaiRules& rules = *call.rules;
    if (call.body.contains("web_search_options") && call.model.find("search") == std::string::npos) {
        reject("Web search options not supported with this model.", "web_search_options");
    }
    const std::string effort = text_of(call.body, "reasoning_effort");
    if (!effort.empty()) {
        if (!rules.reasons()) {
            reject("Unrecognized request argument supplied: reasoning_effort");
        }
        const auto efforts = words(rules.efforts);
        if (effort == "max" || std::find(efforts.begin(), efforts.end(), effort) == efforts.end()) {
            reject("Unsupported value: 'reasoning_effort' does not support " + in_quotes(effort) +
                       " with this model. Supported values are: " +
                       list_of(rules.efforts.substr(0, rules.efforts.find(" max"))) + ".",
                   "reasoning_effort", "unsupported_value");
        }
    }
    const std::string_view used = effort.empty() ? rules.default_effort : std::string_view(effort);
    call.reasons = rules.reasons() && used != "none";
    if (rules.reasons() && call.body.contains("max_tokens")) {
        reject(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            "max_tokens", "unsupported_parameter");
    }
    const bool may_sample =
        rules.sampling == SamplingRule::always || (rules.sampling == SamplingRule::while_effort_none && used == "none");
    if (!may_sample) {
        if (const json::value* temperature = member(call.body, "temperature");
            temperature != nullptr && number_of(*temperature).value_or(1) != 1.0) {
            reject("Unsupported value: 'temperature' does not support " + json::serialize(*temperature) +
                       " with this model. Only the default (1) value is supported.",
                   "temperature", "unsupported_value");
        }
        for (const std::string_view name :
             {"top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"}) {
            if (const json::value* value = member(call.body, name);
                value != nullptr && !value->is_null() && !(value->is_bool() && !value->get_bool())) {
                reject("Unsupported parameter: " + in_quotes(name) + " is not supported with this model.", name,
                       "unsupported_parameter");
            }
        }
    }
    if (call.body.contains("tools") &&
        (rules.tools == ChatTools::never || (rules.tools == ChatTools::while_effort_none && used != "none"))) {
        reject("Function tools with reasoning_effort are not supported for " + call.model +
                   " in /v1/chat/completions. Please use /v1/responses or set reasoning_effort to 'none'.",
               "reasoning_effort");
    }
    for (const std::string_view name : {std::string_view("max_tokens"), std::string_view("max_completion_tokens")}) {
        if (const auto count = integer_of(call.body, name); count && *count > rules.max_output) {
            reject(std::string(name) + " is too large: " + std::to_string(*count) + ". This model supports at most " +
                       std::to_string(rules.max_output) + " completion tokens, whereas you provided " +
                       std::to_string(*count) + ".",
                   name, "invalid_value");
        }
    }
    if (static_cast<std::int64_t>(call.prompt_tokens) > rules.window) {
        reject("This model's maximum context length is " + std::to_string(rules.window) +
                   " tokens. However, your messages resulted in " + std::to_string(call.prompt_tokens) +
                   " tokens. Please reduce the length of the messages.",
               "messages", "context_length_exceeded");
    }
}

void check_stream(ChatCall& call) {
    if (const json::value* stream = member(call.body, "stream"); stream != nullptr && !stream->is_null()) {
        if (!stream->is_bool()) {
            wrong_type(*stream, "stream", "a boolean");
        }
        call.stream = stream->get_bool();
    }
    const json::value* options = member(call.body, "stream_options");
    if (options == nullptr || options->is_null()) {
        call.obfuscation = !call.local;
        return;
    }
    if (!call.stream && !call.local) {
        reject("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
    }
    if (!options->is_object()) {
        wrong_type(*options, "stream_options", "an object");
    }
    for (const auto& item : options->get_object()) {
        const std::string_view name = item.key();
        if (name != "include_usage" && name != "include_obfuscation" && !call.local) {
            reject("Unknown parameter: 'stream_options." + std::string(name) + "'.",
                   "stream_options." + std::string(name), "unknown_parameter");
        }
    }
    call.include_usage = is_true(options->get_object(), "include_usage");
    const json::value* obfuscation = member(options->get_object(), "include_obfuscation");
    call.obfuscation = !call.local && (obfuscation == nullptr || !obfuscation->is_bool() || obfuscation->get_bool());
}

void check_response_format(const ChatCall& call) {
    const json::value* format = member(call.body, "response_format");
    if (format == nullptr || format->is_null()) {
        return;
    }
    if (!format->is_object()) {
        wrong_type(*format, "response_format", "an object");
    }
    const std::string type = text_of(format->get_object(), "type");
    needed(format->get_object(), "type", "response_format");
    allow(type, "response_format.type", "text json_object json_schema");
    if (type == "json_schema" && !call.local) {
        const json::value& inner = needed(format->get_object(), "json_schema", "response_format");
        if (!inner.is_object()) {
            wrong_type(inner, "response_format.json_schema", "an object");
        }
        needed(inner.get_object(), "name", "response_format.json_schema");
        needed(inner.get_object(), "schema", "response_format.json_schema");
    }
    if (type == "json_object" && !call.local &&
        lower(json::serialize(call.body.at("messages"))).find("json") == std::string::npos) {
        reject("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
               "messages");
    }
}

}  // namespace

void check_chat(ChatCall& call) {
    if (!call.local) {
        check_known_fields(call);
    }
    check_chat_messages(call);
    check_tools(call);
    check_stream(call);
    check_response_format(call);
    check_number(call.body, "temperature", 0, 2);
    check_number(call.body, "top_p", 0, 1);
    check_number(call.body, "presence_penalty", -2, 2);
    check_number(call.body, "frequency_penalty", -2, 2);
    const auto old_limit = check_count(call.body, "max_tokens");
    const auto new_limit = check_count(call.body, "max_completion_tokens");
    if (old_limit && new_limit && !call.local) {
        reject("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens",
               "invalid_value");
    }
    if (const json::value* stop = member(call.body, "stop");
        stop != nullptr && stop->is_array() && stop->get_array().size() > 4 && !call.local) {
        reject(
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length " +
                std::to_string(stop->get_array().size()) + " instead.",
            "stop", "array_above_max_length");
    }
    call.prompt_tokens = estimated_tokens(json::serialize(call.body.at("messages")).size()) + 7;
    if (const json::value* tools = member(call.body, "tools")) {
        call.prompt_tokens += estimated_tokens(json::serialize(*tools).size());
    }
    if (call.rules != nullptr) {
        check_model_rules(call);
    }
}

}  // namespace emulator
