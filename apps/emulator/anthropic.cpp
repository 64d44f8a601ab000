#include "anthropic.hpp"

#include "anthropic_answer.hpp"
#include "compose.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace emulator {

namespace {

constexpr std::size_t max_body = 32U * 1024U * 1024U;

// Every beta name that the official clients know of; other values are a 400.
constexpr std::array<std::string_view, 50> known_betas{"advisor-tool-2026-03-01",
                                                       "cache-diagnosis-2026-04-07",
                                                       "code-execution-2025-05-22",
                                                       "compact-2026-01-12",
                                                       "compact-2026-09-04",
                                                       "computer-use-2024-10-22",
                                                       "computer-use-2025-01-24",
                                                       "computer-use-2025-11-24",
                                                       "context-1m-2025-08-07",
                                                       "context-management-2025-06-27",
                                                       "dev-full-thinking-2025-05-14",
                                                       "extended-cache-ttl-2025-04-11",
                                                       "fallback-credit-2026-06-01",
                                                       "fallback-credit-2026-07-01",
                                                       "fast-mode-2026-02-01",
                                                       "files-api-2025-04-14",
                                                       "fine-grained-tool-streaming-2025-05-14",
                                                       "inline-tools-2026-09-15",
                                                       "interleaved-thinking-2025-05-14",
                                                       "managed-agents-2026-04-01",
                                                       "mcp-client-2025-04-04",
                                                       "mcp-client-2025-11-20",
                                                       "mcp-client-2026-09-15",
                                                       "message-batches-2024-09-24",
                                                       "message-threads-2026-08-12",
                                                       "mid-conversation-output-config-2026-07-01",
                                                       "mid-conversation-system-clear-at-2026-08-21",
                                                       "mid-conversation-tool-changes-2026-07-01",
                                                       "model-context-window-exceeded-2025-08-26",
                                                       "oauth-2025-04-20",
                                                       "oidc-federation-2026-04-01",
                                                       "output-128k-2025-02-19",
                                                       "output-300k-2026-03-24",
                                                       "pdfs-2024-09-25",
                                                       "prompt-caching-2024-07-31",
                                                       "server-side-fallback-2026-06-01",
                                                       "server-side-fallback-2026-07-01",
                                                       "skills-2025-10-02",
                                                       "structured-outputs-2025-11-13",
                                                       "task-budgets-2026-03-13",
                                                       "thinking-binding-controls-2026-08-01",
                                                       "thinking-display-updates-2026-08-18",
                                                       "thinking-token-count-2026-05-13",
                                                       "token-counting-2024-11-01",
                                                       "token-efficient-tools-2025-02-19",
                                                       "user-profiles-2026-03-24",
                                                       "user-profiles-2026-08-18",
                                                       "user-profiles-2026-09-04",
                                                       "user-profiles-billing-2026-10-01",
                                                       "webhooks-2026-10-07"};

std::string authorize(const HttpRequest& request, const KeyRing& keys) {
    if (const std::string* key = find_header(request.headers, "x-api-key")) {  // it wins over a bearer token
        if (!keys.accepts(*key)) {
            throw Rejection(401, "authentication_error", "invalid x-api-key");
        }
        return *key;
    }
    const std::string* header = find_header(request.headers, "authorization");
    if (header == nullptr || !lower(*header).starts_with("bearer ")) {
        throw Rejection(401, "authentication_error", "x-api-key header is required");
    }
    const std::string key(trimmed(std::string_view(*header).substr(7)));
    if (!keys.accepts(key)) {
        throw Rejection(401, "authentication_error", "Invalid bearer token");
    }
    return key;
}

bool check_version(const HttpRequest& request) {
    const std::string* version = find_header(request.headers, "anthropic-version");
    if (version == nullptr || version->empty()) {
        refuse("anthropic-version", "header is required");
    }
    if (*version != "2023-06-01" && *version != "2023-01-01" && *version != "2026-10-21") {
        refuse("anthropic-version", "\"" + *version + "\" is not a valid version");
    }
    return *version == "2026-10-21";
}

std::set<std::string, std::less<>> read_betas(const HttpRequest& request) {
    std::set<std::string, std::less<>> betas;
    std::string unknown;
    for (const auto& [name, value] : request.headers) {
        if (!same_ignoring_case(name, "anthropic-beta")) {
            continue;
        }
        for (const std::string_view part : split(value, ',')) {
            const std::string_view beta = trimmed(part);
            if (beta.empty()) {
                continue;
            }
            if (std::find(known_betas.begin(), known_betas.end(), beta) == known_betas.end()) {
                unknown += (unknown.empty() ? "`" : ", `") + std::string(beta) + "`";
            }
            betas.emplace(beta);
        }
    }
    if (!unknown.empty()) {
        refuse("", "Unexpected value(s) " + unknown + " for the `anthropic-beta` header.");
    }
    return betas;
}

Reply json_reply(int status, std::string body, const std::string& request_id) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "application/json"}, {"request-id", request_id}};
    reply.pieces.push_back(std::move(body));
    return reply;
}

void add_rate_limits(Reply& reply) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> limits{
        {{"requests", "4000"}, {"tokens", "2000000"}, {"input-tokens", "1600000"}, {"output-tokens", "400000"}}};
    for (const auto& [name, limit] : limits) {
        const std::string prefix = "anthropic-ratelimit-" + std::string(name);
        reply.headers.emplace_back(prefix + "-limit", limit);
        reply.headers.emplace_back(prefix + "-remaining", limit);
        reply.headers.emplace_back(prefix + "-reset", "2030-01-01T00:00:00Z");
    }
    reply.headers.emplace_back("anthropic-organization-id", "00000000-0000-4000-8000-00000000e301");
}

json::object capability(bool supported) { return {{"supported", supported}}; }

json::value moment(std::string_view date) {
    return date.empty() ? json::value(nullptr) : json::value(std::string(date) + "T00:00:00Z");
}

json::object model_row(const ModelRules& rules, std::string_view id) {
    json::object effort = capability(!rules.efforts.empty());
    for (const std::string_view level : {"low", "medium", "high", "xhigh", "max"}) {
        const auto levels = words(rules.efforts);
        effort[level] = capability(std::find(levels.begin(), levels.end(), level) != levels.end());
    }
    json::object capabilities{
        {"batch", capability(true)},
        {"citations", capability(true)},
        {"code_execution", capability(true)},
        {"context_management", json::object{{"supported", true},
                                            {"clear_thinking_20251015", capability(true)},
                                            {"clear_tool_uses_20250919", capability(true)},
                                            {"compact_20260112", capability(rules.adaptive)}}},
        {"effort", std::move(effort)},
        {"image_input", capability(true)},
        {"pdf_input", capability(true)},
        {"server_tools", capability(true)},
        {"structured_outputs", capability(true)},
        {"thinking", json::object{{"supported", true},
                                  {"types", json::object{{"adaptive", capability(rules.adaptive)},
                                                         {"between_tools", capability(rules.between_tools)},
                                                         {"disabled", capability(rules.disabled)},
                                                         {"enabled", capability(rules.manual)}}}}}};
    return {{"type", "model"},
            {"id", id},
            {"display_name", rules.display_name},
            {"created_at", moment(rules.released)},
            {"max_input_tokens", rules.window},
            {"max_tokens", rules.max_output},
            {"lifecycle", rules.lifecycle},
            {"deprecated_at", nullptr},
            {"retires_at", moment(rules.retires_at)},
            {"capabilities", std::move(capabilities)}};
}

std::string query_value(std::string_view target, std::string_view name) {
    const std::size_t question = target.find('?');
    if (question == std::string_view::npos) {
        return {};
    }
    for (const std::string_view part : split(target.substr(question + 1), '&')) {
        const std::size_t equals = part.find('=');
        if (part.substr(0, equals) == name && equals != std::string_view::npos) {
            return std::string(part.substr(equals + 1));
        }
    }
    return {};
}

}  // namespace

AnthropicApi::AnthropicApi() : signer_(random_bytes(32)) {}

std::string_view AnthropicApi::type_of(int status) noexcept {
    switch (status) {
        case 400:
        case 422: return "invalid_request_error";
        case 401: return "authentication_error";
        case 402: return "billing_error";
        case 403: return "permission_error";
        case 404: return "not_found_error";
        case 409: return "conflict_error";
        case 413: return "request_too_large";
        case 429: return "rate_limit_error";
        case 504: return "timeout_error";
        case 529: return "overloaded_error";
        default: return "api_error";
    }
}

Reply AnthropicApi::error(int status, std::string_view type, std::string_view message, const std::string& request_id,
                          std::string_view code) {
    json::object error{{"type", type}, {"message", message}};
    if (!code.empty()) {
        error["details"] = json::object{{"error_code", code}};
    }
    return json_reply(
        status,
        json::serialize(json::object{{"type", "error"}, {"error", std::move(error)}, {"request_id", request_id}}),
        request_id);
}

AnthropicCall AnthropicApi::read_call(const HttpRequest& request, const KeyRing& keys, bool counting) const {
    AnthropicCall call;
    call.counting = counting;
    call.account = hex(bytes_of(sha256(authorize(request, keys))));
    call.newest_version = check_version(request);
    call.betas = read_betas(request);
    const std::string* type = find_header(request.headers, "content-type");
    if (type == nullptr || lower(trimmed(std::string_view(*type).substr(0, type->find(';')))) != "application/json") {
        refuse("content-type", "must be application/json");
    }
    if (request.body.size() > max_body) {
        throw Rejection(413, "request_too_large", "Request exceeds the maximum size");
    }
    if (!is_utf8(request.body)) {
        refuse("", "The request body is not valid JSON: invalid UTF-8");
    }
    boost::system::error_code error;
    json::value parsed = json::parse(request.body, error);
    if (error) {
        refuse("", "The request body is not valid JSON: " + error.message());
    }
    if (!parsed.is_object()) {
        refuse("", "Input should be a valid dictionary");
    }
    call.body = std::move(parsed.get_object());
    call.model = want_string(require(call.body, "model", ""), "model");
    if (call.model.empty()) {
        refuse("model", "String should have at least 1 character");
    }
    call.rules = find_model(call.model);
    if (call.rules == nullptr) {
        throw Rejection(404, "not_found_error", "model: " + call.model);
    }
    check_params(call);
    check_messages(call);
    signer_.verify(call);
    issued_.check_latest(call);
    return call;
}

Reply AnthropicApi::create(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                           const Step* step, bool& step_used) {
    const AnthropicCall call = read_call(request, keys, false);
    const std::size_t tokens = count_input(call);
    if (static_cast<std::int64_t>(tokens) > call.rules->window) {
        refuse("", "prompt is too long: " + std::to_string(tokens) + " tokens > " + std::to_string(call.rules->window) +
                       " maximum");
    }
    const std::string number = hex(bytes_of(sha256(request_id))).substr(0, 16) + std::to_string(next_id_++);
    MessageFrame frame{"msg_01" + number, request_id, cache_.charge(call, PromptCache::Clock::now())};
    Answer answer;
    if (call.max_tokens == 0) {
        answer.stop_reason = "max_tokens";
    } else if (step != nullptr && step->answer) {
        answer = *step->answer;
        std::size_t index = 0;
        for (json::object& block : answer.blocks) {
            if (text_of(block, "type") == "tool_use" && !block.contains("id")) {
                block["id"] = "toolu_01" + number + "x" + std::to_string(index++);
            }
        }
    } else {
        answer = compose(prompt_of(call), "toolu_01" + number + "x");
    }
    StreamFaults faults;
    if (step != nullptr) {
        step_used = true;
        faults = step->faults;
        if (!step->stop_reason.empty()) {
            answer.stop_reason = step->stop_reason;
        }
    }
    finish_thinking(answer, call, signer_);
    issued_.remember(answer);
    Reply reply;
    if (call.stream) {
        reply.stream = true;
        reply.headers = {{"content-type", "text/event-stream; charset=utf-8"},
                         {"cache-control", "no-cache"},
                         {"request-id", request_id}};
        reply.pieces = message_events(answer, call, frame, faults);
    } else {
        reply = json_reply(200, message_json(answer, call, frame), request_id);
    }
    add_rate_limits(reply);
    return reply;
}

Reply AnthropicApi::models(const HttpRequest& request, std::string_view id, const std::string& request_id) const {
    if (!id.empty()) {
        const ModelRules* rules = find_model(id);
        if (rules == nullptr || !rules->known) {
            throw Rejection(404, "not_found_error", "model: " + std::string(id));
        }
        return json_reply(
            200, json::serialize(model_row(*rules, rules->dated_id.empty() ? rules->id : rules->dated_id)), request_id);
    }
    std::size_t limit = 20;
    if (const std::string text = query_value(request.target, "limit"); !text.empty()) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
        if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > 1000) {
            refuse("limit", "Input should be between 1 and 1000");
        }
    }
    std::vector<json::object> rows;
    for (const ModelRules& rules : listed_models()) {
        rows.push_back(model_row(rules, rules.dated_id.empty() ? rules.id : rules.dated_id));
    }
    const auto place = [&rows](const std::string& wanted) {
        return static_cast<std::size_t>(
            std::find_if(rows.begin(), rows.end(),
                         [&](const json::object& row) { return text_of(row, "id") == wanted; }) -
            rows.begin());
    };
    std::size_t begin = 0;
    if (const std::string after = query_value(request.target, "after_id"); !after.empty()) {
        begin = std::min(place(after) + 1, rows.size());
    }
    std::size_t end = std::min(rows.size(), begin + limit);
    if (const std::string before = query_value(request.target, "before_id"); !before.empty()) {
        end = place(before);
        begin = end > limit ? end - limit : 0;
    }
    json::array data(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(end));
    const json::value first = data.empty() ? json::value(nullptr) : data.front().get_object().at("id");
    const json::value last = data.empty() ? json::value(nullptr) : data.back().get_object().at("id");
    return json_reply(200,
                      json::serialize(json::object{
                          {"data", data}, {"has_more", end < rows.size()}, {"first_id", first}, {"last_id", last}}),
                      request_id);
}

Reply AnthropicApi::answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                           const Step* step, bool& step_used) {
    try {
        const std::string_view path = request.path();
        constexpr std::string_view models_path = "/v1/models";
        const bool posts = path == "/v1/messages" || path == "/v1/messages/count_tokens";
        const bool gets = path == models_path || path.starts_with(std::string(models_path) + "/");
        if (!posts && !gets) {
            throw Rejection(404, "not_found_error", "Not Found");
        }
        if (request.method != (posts ? "POST" : "GET")) {
            throw Rejection(405, "invalid_request_error", "Method Not Allowed");
        }
        if (path == "/v1/messages") {
            return create(request, keys, request_id, step, step_used);
        }
        if (posts) {
            const AnthropicCall call = read_call(request, keys, true);
            step_used = step != nullptr;
            return json_reply(200, json::serialize(json::object{{"input_tokens", count_input(call)}}), request_id);
        }
        authorize(request, keys);
        check_version(request);
        step_used = step != nullptr;
        return models(request, path == models_path ? std::string_view() : path.substr(models_path.size() + 1),
                      request_id);
    } catch (const Rejection& rejection) {
        return error(rejection.status(), rejection.type(), rejection.what(), request_id);
    }
}

}  // namespace emulator
