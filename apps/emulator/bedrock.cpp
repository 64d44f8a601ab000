#include "bedrock.hpp"

#include "aws_reply.hpp"
#include "aws_sigv4.hpp"
#include "bedrock_body.hpp"
#include "bedrock_frames.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

namespace emulator {

namespace {

constexpr std::string_view messages_prefix = "/anthropic";

// The checks of the Messages API want a key; here it stands for the account, which is what thinking is bound to.
std::string inner_key() { return "aws-account-" + std::string(aws_account); }

KeyRing inner_keys() { return KeyRing({inner_key()}); }

struct Path {
    std::string id;
    std::string_view operation;
};

// /model/{id}/{operation}: a raw slash inside an id makes a segment of its own, which no operation has.
Path read_path(const HttpRequest& request) {
    const std::vector<std::string_view> parts = split(request.path(), '/');
    if (parts.size() != 4 || parts[2].empty()) {
        throw Rejection(404, "UnknownOperationException", "Unknown operation");
    }
    return {percent_decoded(parts[2]), parts[3]};
}

HttpRequest inner_request(std::string_view path, json::object body, const std::string& version,
                          const std::string& betas) {
    HttpRequest inner;
    inner.method = "POST";
    inner.target = path;
    inner.headers = {{"content-type", "application/json"}, {"anthropic-version", version}, {"x-api-key", inner_key()}};
    if (!betas.empty()) {
        inner.headers.emplace_back("anthropic-beta", betas);
    }
    inner.body = json::serialize(body);
    return inner;
}

json::object parsed_body(const Reply& reply) {
    std::string text;
    for (const std::string& piece : reply.pieces) {
        text += piece;
    }
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

// The envelope of the Messages API becomes an exception of the service.
void rethrow(const Reply& reply) {
    const json::object body = parsed_body(reply);
    const json::value* error = member(body, "error");
    throw Rejection(reply.status, std::string(aws_code_of(reply.status)),
                    error != nullptr && error->is_object() ? text_of(error->get_object(), "message") : std::string());
}

std::int64_t usage_of(const json::object& usage, std::string_view name) { return integer_of(usage, name).value_or(0); }

void add_count_headers(Reply& reply, const json::object& usage) {
    reply.headers.emplace_back("x-amzn-bedrock-invocation-latency", "42");
    reply.headers.emplace_back("x-amzn-bedrock-input-token-count", std::to_string(usage_of(usage, "input_tokens")));
    reply.headers.emplace_back("x-amzn-bedrock-output-token-count", std::to_string(usage_of(usage, "output_tokens")));
    reply.headers.emplace_back("x-amzn-bedrock-cache-read-input-token-count",
                               std::to_string(usage_of(usage, "cache_read_input_tokens")));
    reply.headers.emplace_back("x-amzn-bedrock-cache-write-input-token-count",
                               std::to_string(usage_of(usage, "cache_creation_input_tokens")));
}

// The data of each server-sent event; the last one tells what the call cost, as Bedrock adds it.
std::vector<std::string> event_texts(const Reply& reply) {
    constexpr std::string_view mark = "\ndata: ";
    std::vector<std::string> events;
    json::object usage;
    for (const std::string& piece : reply.pieces) {
        const std::size_t begin = piece.find(mark) + mark.size();
        std::string text = piece.substr(begin, piece.size() - begin - 2);
        boost::system::error_code error;
        json::value event = json::parse(text, error);
        if (!error && event.is_object()) {
            if (const json::value* part = member(event.get_object(), "usage"); part != nullptr && part->is_object()) {
                usage = part->get_object();
            }
            if (text_of(event.get_object(), "type") == "message_stop") {
                event.get_object()["amazon-bedrock-invocationMetrics"] =
                    json::object{{"inputTokenCount", usage_of(usage, "input_tokens")},
                                 {"outputTokenCount", usage_of(usage, "output_tokens")},
                                 {"cacheReadInputTokenCount", usage_of(usage, "cache_read_input_tokens")},
                                 {"cacheWriteInputTokenCount", usage_of(usage, "cache_creation_input_tokens")},
                                 {"invocationLatency", 42},
                                 {"firstByteLatency", 7}};
                text = json::serialize(event);
            }
        }
        events.push_back(std::move(text));
    }
    return events;
}

json::object parsed_messages_body(const HttpRequest& request) {
    boost::system::error_code error;
    json::value value = json::parse(request.body, error);
    return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

}  // namespace

std::string Bedrock::model_of(const HttpRequest& request) {
    if (request.path().starts_with("/model/")) {
        const std::vector<std::string_view> parts = split(request.path(), '/');
        return percent_decoded(parts[2]);
    }
    return text_of(parsed_messages_body(request), "model");
}

AwsCaller Bedrock::authorize(const HttpRequest& request, const KeyRing& keys, std::string_view service) const {
    const std::string* header = find_header(request.headers, "authorization");
    std::string key;
    if (header != nullptr && lower(*header).starts_with("bearer ")) {
        key = trimmed(std::string_view(*header).substr(7));
    } else if (const std::string* plain = find_header(request.headers, "x-api-key");
               plain != nullptr && header == nullptr && service != "bedrock") {
        key = *plain;
    } else {
        return authenticate(state_, request, service);
    }
    if (state_.revoked(key)) {
        throw Rejection(403, "AccessDeniedException", "Bearer Token has expired");
    }
    if (!keys.accepts(key)) {
        throw Rejection(403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
    }
    return {"arn:aws:iam::" + std::string(aws_account) + ":user/BedrockAPIKey", state_.region};
}

Reply Bedrock::count(const HttpRequest& request, std::string_view id) {
    const BedrockModel& model = counted_model(id);
    const json::object body = parsed_messages_body(request);
    const json::value& input = require(body, "input", "");
    const json::value& invoke = require(want_object(input, "input"), "invokeModel", "input");
    const json::value& encoded = require(want_object(invoke, "input.invokeModel"), "body", "input.invokeModel");
    const auto text = from_base64(want_string(encoded, "input.invokeModel.body"));
    if (!text) {
        refuse("input.invokeModel.body", "is not base64");
    }
    InvokeBody invoked = read_invoke_body(*text, model);
    want_integer(require(invoked.body, "max_tokens", ""), "max_tokens");
    invoked.body.erase("max_tokens");
    invoked.body["model"] = model.claude;
    bool unused = false;
    const Reply inner =
        anthropic_.answer(inner_request("/v1/messages/count_tokens", invoked.body, invoked.version, invoked.betas),
                          inner_keys(), {}, nullptr, unused);
    if (inner.status != 200) {
        rethrow(inner);
    }
    return aws_json(200, json::object{{"inputTokens", usage_of(parsed_body(inner), "input_tokens")}});
}

Reply Bedrock::invoke(const HttpRequest& request, const KeyRing& keys, const Step* step, bool& used) {
    const Path path = read_path(request);
    const bool streams = path.operation == "invoke-with-response-stream";
    if (!streams && path.operation != "invoke" && path.operation != "count-tokens") {
        throw Rejection(404, "UnknownOperationException", "Unknown operation");
    }
    if (request.method != "POST") {
        throw Rejection(405, "MethodNotAllowedException", "Method Not Allowed");
    }
    const AwsCaller caller = authorize(request, keys, "bedrock");
    if (path.operation == "count-tokens") {
        used = step != nullptr;
        return count(request, path.id);
    }
    const BedrockModel& model = invoked_model(state_, path.id, caller.region);
    InvokeBody body = read_invoke_body(request.body, model);
    body.body["model"] = model.claude;
    body.body["stream"] = streams;
    const Reply inner = anthropic_.answer(inner_request("/v1/messages", body.body, body.version, body.betas),
                                          inner_keys(), random_uuid(), step, used);
    if (inner.status != 200) {
        rethrow(inner);
    }
    Reply reply;
    reply.stream = streams;
    if (streams) {
        reply.headers = {{"content-type", "application/vnd.amazon.eventstream"},
                         {"x-amzn-bedrock-content-type", "application/json"}};
        reply.pieces = event_frames(event_texts(inner), step == nullptr ? FrameFault{} : step->frame);
    } else {
        reply.headers = {{"content-type", "application/json"}};
        const json::object message = parsed_body(inner);
        add_count_headers(reply, message.at("usage").get_object());
        reply.pieces = inner.pieces;
    }
    return reply;
}

Reply Bedrock::messages(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                        const Step* step, bool& used) {
    (void)authorize(request, keys, state_.messages_service);  // one account: who calls makes no difference
    HttpRequest inner = request;
    inner.target.erase(0, messages_prefix.size());
    std::erase_if(inner.headers, [](const auto& header) {
        return same_ignoring_case(header.first, "authorization") || same_ignoring_case(header.first, "x-api-key");
    });
    inner.headers.emplace_back("x-api-key", inner_key());
    json::object body = parsed_messages_body(request);
    const std::string name = text_of(body, "model");
    if (!name.empty()) {
        const BedrockModel* model = messages_model(name);
        if (model == nullptr) {
            throw Rejection(404, "ResourceNotFoundException", "model: " + name);
        }
        check_bedrock_body(body, *model);
        body["model"] = model->claude;
        body.erase("user_profile_id");
        inner.body = json::serialize(body);
    }
    Reply reply = anthropic_.answer(inner, inner_keys(), request_id, step, used);
    std::erase_if(reply.headers, [](const auto& header) {
        return header.first.starts_with("anthropic-ratelimit-") || header.first == "anthropic-organization-id";
    });
    return reply;
}

}  // namespace emulator
