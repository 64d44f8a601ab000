#include "openai_chat.hpp"
#include "openai_fields.hpp"
#include "openai_schema.hpp"
#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

using namespace openai;

namespace {

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
            check_name(name, path + "." + type + ".name");
            if (!call.local && type == "function") {
                only_known(item.get_object(), path, "type function");
                only_known(function.get_object(), path + ".function", "name description parameters strict");
                (void)string_at(function.get_object(), "description", path + ".function");
            }
            if (const json::value* parameters = member(function.get_object(), "parameters");
                parameters != nullptr && !parameters->is_null()) {
                if (!parameters->is_object() ||
                    (text_of(parameters->get_object(), "type") != "object" && !call.local)) {
                    reject("Invalid schema for function " + in_quotes(std::string(name.get_string())) +
                               ": schema must be a JSON Schema of 'type: \"object\"'.",
                           path + ".function.parameters", "invalid_function_parameters");
                }
                if (!call.local && bool_at(function.get_object(), "strict", path + ".function").value_or(false)) {
                    check_strict_schema(
                        parameters->get_object(),
                        {"function " + in_quotes(std::string(name.get_string())), path + ".function.parameters",
                         "invalid_function_parameters", call.model.starts_with("ft:")});
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
                    reject("Invalid value for 'tool_choice': function " + in_quotes(name) +
                               " was not provided in 'tools'.",
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

// Tools with a grammar are taken beside reasoning.
bool offers_functions(const json::object& body) {
    const json::value* tools = member(body, "tools");
    return tools != nullptr && tools->is_array() &&
           std::any_of(tools->get_array().begin(), tools->get_array().end(), [](const json::value& tool) {
               return tool.is_object() && text_of(tool.get_object(), "type") == "function";
           });
}

// What depends on the model: token limits, effort, sampling, tools beside reasoning.
void check_model_rules(ChatCall& call) {
    const OpenaiRules& rules = *call.rules;
    if (call.body.contains("web_search_options") && call.model.find("search") == std::string::npos) {
        reject("Web search options not supported with this model.", "web_search_options");
    }
    const std::optional<std::string> asked = string_at(call.body, "reasoning_effort");
    std::string_view used = check_effort(call, asked, "reasoning_effort");
    if (call.host == OpenaiHost::azure_v1 && !asked && rules.generation == 506 && call.body.contains("tools")) {
        used = "none";  // Azure's newer API switches reasoning off rather than refuse the tools
        call.reasons = false;
    }
    if (rules.reasons() && call.body.contains("max_tokens")) {
        reject(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            "max_tokens", "unsupported_parameter");
    }
    check_sampling(
        call, used,
        {"top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"});
    check_verbosity(call, string_at(call.body, "verbosity"), "verbosity");
    if (offers_functions(call.body) &&
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
        const json::object& named = inner.get_object();
        const std::string path = "response_format.json_schema";
        only_known(format->get_object(), "response_format", "type json_schema");
        only_known(named, path, "name description schema strict");
        const json::value& name = needed(named, "name", path);
        check_name(name, path + ".name");
        needed(named, "schema", path);
        const json::object* schema = object_at(named, "schema", path);
        if (schema != nullptr && bool_at(named, "strict", path).value_or(false)) {
            check_strict_schema(*schema, {"response_format " + in_quotes(std::string(name.get_string())),
                                          "response_format",
                                          {},
                                          call.model.starts_with("ft:")});
        }
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
    check_stream(call, "include_usage include_obfuscation");
    if (const json::object* options = object_at(call.body, "stream_options")) {
        call.include_usage = bool_at(*options, "include_usage", "stream_options").value_or(false);
    }
    check_response_format(call);
    if (!call.local) {
        check_common(call, "auto default flex scale priority fast");
        check_number(call.body, "top_logprobs", 0, 20);
        (void)check_count(call.body, "n");
        if (!bool_at(call.body, "logprobs").value_or(false) && integer_of(call.body, "top_logprobs")) {
            reject("The 'logprobs' parameter must be set to true if 'top_logprobs' is used.", "top_logprobs");
        }
    }
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
    } else {
        check_local_server(call.server, call.body, call.model, call.prompt_tokens);
        const json::object* thinking = object_at(call.body, "thinking");
        call.reasons = call.reasons && (thinking == nullptr || text_of(*thinking, "type") != "disabled");
        if (call.server.kind == LocalServer::Kind::llamacpp) {
            call.include_usage = true;
        }
        call.include_usage = call.include_usage && call.server.tells_usage;
    }
}

}  // namespace emulator
