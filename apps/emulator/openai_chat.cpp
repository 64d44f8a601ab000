#include "openai_chat.hpp"

#include "checks.hpp"
#include "compose.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <chrono>

namespace emulator {

namespace {

constexpr std::size_t max_body = 32U * 1024U * 1024U;

std::string masked_key(std::string_view key) {
    if (key.size() < 12) {
        return std::string(key.size(), '*');
    }
    return std::string(key.substr(0, 8)) + std::string(key.size() - 12, '*') + std::string(key.substr(key.size() - 4));
}

Reply json_reply(int status, std::string body, const std::string& request_id) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "application/json"},
                     {"x-request-id", request_id},
                     {"openai-version", "2020-10-01"},
                     {"openai-processing-ms", "12"}};
    reply.pieces.push_back(std::move(body));
    return reply;
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
            if (text_of(call.get_object(), "id") == id && function != nullptr && function->is_object()) {
                return text_of(function->get_object(), "name");
            }
        }
    }
    return {};
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
        if (const json::value* function = member(choice->get_object(), "function");
            function != nullptr && function->is_object()) {
            prompt.wish = ToolWish::named;
            prompt.named_tool = text_of(function->get_object(), "name");
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

std::string_view OpenaiChatApi::type_of(int status) noexcept {
    if (status == 429) {
        return "requests";
    }
    return status >= 500 ? "server_error" : "invalid_request_error";
}

Reply OpenaiChatApi::error(int status, std::string_view type, std::string_view message, const std::string& request_id,
                           std::string_view param, std::string_view code) {
    const auto or_null = [](std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); };
    return json_reply(
        status,
        json::serialize(json::object{
            {"error",
             json::object{{"message", message}, {"type", type}, {"param", or_null(param)}, {"code", or_null(code)}}}}),
        request_id);
}

void OpenaiChatApi::authorize(const HttpRequest& request, const KeyRing& keys, bool needs_key) const {
    const std::string* header = find_header(request.headers, "authorization");
    if (header == nullptr || !lower(*header).starts_with("bearer ")) {
        if (!needs_key) {
            return;
        }
        throw Rejection(401, "invalid_request_error",
                        "You didn't provide an API key. You need to provide your API key in an Authorization header "
                        "using Bearer auth "
                        "(i.e. Authorization: Bearer YOUR_KEY).");
    }
    const std::string key(trimmed(std::string_view(*header).substr(7)));
    if (!keys.accepts(key) && (needs_key || keys.lists_keys())) {
        throw Rejection(401, "invalid_request_error",
                        "Incorrect API key provided: " + masked_key(key) +
                            ". You can find your API key at https://platform.openai.com/account/api-keys.",
                        {}, "invalid_api_key");
    }
}

void OpenaiChatApi::charge_cache(ChatCall& call, const std::string& owner) {
    constexpr std::size_t least_tokens = 1024;  // below, and between steps of 128, the service caches nothing
    constexpr std::size_t step = 128;
    const json::value* tools = member(call.body, "tools");
    const std::string frame = tools == nullptr ? std::string() : json::serialize(*tools);
    Digest digest = sha256(owner + "\x1f" + call.model + "\x1f" + frame);
    std::size_t bytes = frame.size();
    for (const json::value& message : call.body.at("messages").get_array()) {
        const std::string text = json::serialize(message);
        digest = sha256(std::string(bytes_of(digest)) + text);
        bytes += text.size();
        const bool seen = !prefixes_.emplace(bytes_of(digest)).second;
        if (seen && estimated_tokens(bytes) >= least_tokens) {
            call.cached_tokens = estimated_tokens(bytes) / step * step;
        }
    }
}

Reply OpenaiChatApi::create(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                            const Step* step, bool& step_used) {
    ChatCall call;
    boost::system::error_code error_code;
    json::value parsed = json::parse(request.body, error_code);
    const bool readable = !error_code && parsed.is_object() && is_utf8(request.body);
    if (readable) {
        call.body = std::move(parsed.get_object());
        call.model = text_of(call.body, "model");
    }
    call.local = local_ || (!call.model.empty() && !is_openai_id(call.model) && !call.model.starts_with("missing"));
    authorize(request, keys, !call.local || keys.lists_keys());
    const std::string* type = find_header(request.headers, "content-type");
    if (type == nullptr || lower(trimmed(std::string_view(*type).substr(0, type->find(';')))) != "application/json") {
        throw Rejection(400, "invalid_request_error", "Unsupported content type: send application/json.", {},
                        "unsupported_content_type");
    }
    if (request.body.size() > max_body) {
        throw Rejection(413, "invalid_request_error", "Request body is too large.");
    }
    if (!readable) {
        throw Rejection(400, "invalid_request_error",
                        "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but "
                        "what was sent was not valid JSON.");
    }
    if (call.model.empty() && !local_) {
        throw Rejection(400, "invalid_request_error", "you must provide a model parameter");
    }
    if (call.local) {
        const std::string name = lower(call.model);
        call.reasons = name.find("think") != std::string::npos || name.find("reason") != std::string::npos;
    } else {
        call.rules = find_openai_model(call.model);
        if (call.rules == nullptr) {
            throw Rejection(404, "invalid_request_error",
                            "The model `" + call.model + "` does not exist or you do not have access to it.", {},
                            "model_not_found");
        }
    }
    check_chat(call);
    if (const std::string* key = find_header(request.headers, "authorization"); key != nullptr && !call.local) {
        charge_cache(call, *key);
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
    Reply reply = json_reply(200, {}, request_id);
    if (call.stream) {
        reply.stream = true;
        reply.headers.front().second = "text/event-stream; charset=utf-8";
        reply.pieces = chat_events(answer, call, frame, faults);
    } else {
        reply.pieces = {chat_json(answer, call, frame)};
    }
    if (!call.local) {
        for (const auto& [name, value] :
             {std::pair{"x-ratelimit-limit-requests", "10000"}, std::pair{"x-ratelimit-remaining-requests", "9999"},
              std::pair{"x-ratelimit-reset-requests", "6ms"}, std::pair{"x-ratelimit-limit-tokens", "2000000"},
              std::pair{"x-ratelimit-remaining-tokens", "1999000"}, std::pair{"x-ratelimit-reset-tokens", "30ms"}}) {
            reply.headers.emplace_back(name, value);
        }
    }
    return reply;
}

Reply OpenaiChatApi::models(const HttpRequest& request, const KeyRing& keys, std::string_view id,
                            const std::string& request_id) const {
    authorize(request, keys, !local_ || keys.lists_keys());
    json::array rows;
    const auto row = [](std::string_view name) {
        return json::object{{"id", name}, {"object", "model"}, {"created", 1'750'000'000}, {"owned_by", "emulator"}};
    };
    if (local_) {
        rows.push_back(row("local-model"));
    } else {
        for (const OpenaiRules& rules : listed_openai_models()) {
            rows.push_back(row(rules.prefix == "gpt-5.6" ? "gpt-5.6-sol" : rules.prefix));
        }
    }
    if (id.empty()) {
        return json_reply(200, json::serialize(json::object{{"object", "list"}, {"data", std::move(rows)}}),
                          request_id);
    }
    if (!local_ && (!is_openai_id(id) || find_openai_model(id) == nullptr)) {
        throw Rejection(404, "invalid_request_error", "The model '" + std::string(id) + "' does not exist", "model",
                        "model_not_found");
    }
    return json_reply(200, json::serialize(row(id)), request_id);
}

Reply OpenaiChatApi::answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                            const Step* step, bool& step_used) {
    try {
        const std::string_view path = request.path();
        constexpr std::string_view models_path = "/v1/models";
        const bool chats = path == "/v1/chat/completions";
        if (!chats && path != models_path && !path.starts_with("/v1/models/")) {
            throw Rejection(404, "invalid_request_error",
                            "Invalid URL (" + request.method + " " + std::string(path) + ")");
        }
        if (request.method != (chats ? "POST" : "GET")) {
            throw Rejection(405, "invalid_request_error",
                            "Not allowed to " + request.method + " on " + std::string(path) + ".", {},
                            "method_not_supported");
        }
        if (chats) {
            return create(request, keys, request_id, step, step_used);
        }
        step_used = step != nullptr;
        return models(request, keys, path == models_path ? std::string_view() : path.substr(models_path.size() + 1),
                      request_id);
    } catch (const Rejection& rejection) {
        return error(rejection.status(), rejection.type(), rejection.what(), request_id, rejection.param(),
                     rejection.code());
    }
}

}  // namespace emulator
