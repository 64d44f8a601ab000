#include "openai_reply.hpp"

#include "checks.hpp"
#include "text_util.hpp"

namespace emulator::openai {

namespace {

constexpr std::size_t max_body = 32U * 1024U * 1024U;
constexpr std::size_t deepest_body = 200;  // deeper than any schema that passes

std::string masked_key(std::string_view key) {
    if (key.size() < 12) {
        return std::string(key.size(), '*');
    }
    return std::string(key.substr(0, 8)) + std::string(key.size() - 12, '*') + std::string(key.substr(key.size() - 4));
}

}  // namespace

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

json::object error_body(std::string_view type, std::string_view message, std::string_view param,
                        std::string_view code) {
    const auto or_null = [](std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); };
    return {{"error",
             json::object{{"message", message}, {"type", type}, {"param", or_null(param)}, {"code", or_null(code)}}}};
}

Reply error(int status, std::string_view type, std::string_view message, const std::string& request_id,
            std::string_view param, std::string_view code) {
    return json_reply(status, json::serialize(error_body(type, message, param, code)), request_id);
}

std::string_view type_of(int status) noexcept {
    if (status == 429) {
        return "requests";
    }
    return status >= 500 ? "server_error" : "invalid_request_error";
}

std::string authorize(const HttpRequest& request, const KeyRing& keys, bool needs_key) {
    const std::string* header = find_header(request.headers, "authorization");
    if (header == nullptr || !lower(*header).starts_with("bearer ")) {
        if (!needs_key) {
            return {};
        }
        throw Rejection(401, "invalid_request_error",
                        "You didn't provide an API key. You need to provide your API key in an Authorization header "
                        "using Bearer auth "
                        "(i.e. Authorization: Bearer YOUR_KEY).");
    }
    std::string key(trimmed(std::string_view(*header).substr(7)));
    if (!keys.accepts(key) && (needs_key || keys.lists_keys())) {
        throw Rejection(401, "invalid_request_error",
                        "Incorrect API key provided: " + masked_key(key) +
                            ". You can find your API key at https://platform.openai.com/account/api-keys.",
                        {}, "invalid_api_key");
    }
    return key;
}

std::optional<json::object> parsed(const HttpRequest& request) {
    json::parse_options options;
    options.max_depth = deepest_body;
    boost::system::error_code error;
    json::value body = json::parse(request.body, error, {}, options);
    if (error || !body.is_object() || !is_utf8(request.body)) {
        return std::nullopt;
    }
    return std::move(body.get_object());
}

void check_body(const HttpRequest& request, const std::optional<json::object>& body) {
    const std::string* type = find_header(request.headers, "content-type");
    if (type == nullptr || lower(trimmed(std::string_view(*type).substr(0, type->find(';')))) != "application/json") {
        throw Rejection(400, "invalid_request_error", "Unsupported content type: send application/json.", {},
                        "unsupported_content_type");
    }
    if (request.body.size() > max_body) {
        throw Rejection(413, "invalid_request_error", "Request body is too large.");
    }
    if (!body) {
        throw Rejection(400, "invalid_request_error",
                        "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but "
                        "what was sent was not valid JSON.");
    }
}

void add_rate_headers(Reply& reply) {
    for (const auto& [name, value] :
         {std::pair{"x-ratelimit-limit-requests", "10000"}, std::pair{"x-ratelimit-remaining-requests", "9999"},
          std::pair{"x-ratelimit-reset-requests", "6ms"}, std::pair{"x-ratelimit-limit-tokens", "2000000"},
          std::pair{"x-ratelimit-remaining-tokens", "1999000"}, std::pair{"x-ratelimit-reset-tokens", "30ms"}}) {
        reply.headers.emplace_back(name, value);
    }
}

}  // namespace emulator::openai
