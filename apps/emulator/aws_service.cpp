#include "aws_service.hpp"

#include "aws_metadata.hpp"
#include "aws_portal.hpp"
#include "aws_sts.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

bool has_type(const HttpRequest& request, std::string_view type) {
    const std::string* header = find_header(request.headers, "content-type");
    return header != nullptr && lower(*header).starts_with(type);
}

Reply scripted(AwsRoute route, const Step& step, const std::string& request_id) {
    if (step.raw) {
        Reply reply;
        reply.status = step.raw->status;
        reply.headers = step.raw->headers;
        const std::string* type = find_header(reply.headers, "content-type");
        reply.stream = type != nullptr && (type->starts_with("text/event-stream") ||
                                           type->starts_with("application/vnd.amazon.eventstream"));
        reply.pieces = {step.raw->body};
        return reply;
    }
    if (step.error) {
        const ErrorAnswer& error = *step.error;
        return aws_error(
            route, error.status, error.type.empty() ? aws_code_of(error.status) : std::string_view(error.type),
            error.message.empty() ? std::string_view("The request failed") : std::string_view(error.message),
            request_id);
    }
    return {};  // dropped before it is written
}

// Outside the model's answers "malformed" means half a document.
void halve(Reply& reply) {
    if (!reply.stream && !reply.pieces.empty()) {
        reply.pieces.front().resize(reply.pieces.front().size() / 2);
    }
}

// A JSON text member as it may be kept.
void mask_member(json::object& object, std::string_view name) {
    if (json::value* value = object.if_contains(name); value != nullptr && value->is_string()) {
        *value = "sha256:" + hex(bytes_of(sha256(value->get_string()))).substr(0, 12);
    }
}

}  // namespace

AwsRoute AwsService::route_of(const HttpRequest& request) {
    const std::string_view path = request.path();
    if (path.starts_with("/model/")) {
        return AwsRoute::bedrock;
    }
    if (path == "/anthropic/v1/messages" || path == "/anthropic/v1/messages/count_tokens") {
        return AwsRoute::messages;
    }
    if (path == "/" && request.method == "POST") {
        return AwsRoute::sts;
    }
    if (path == "/federation/credentials") {
        return AwsRoute::sso;
    }
    // Google's token services have the same paths and take forms.
    if (path == "/token" && request.method == "POST" && has_type(request, "application/json")) {
        return AwsRoute::oidc;
    }
    if (path == "/v1/token" && request.method == "POST" && has_type(request, "application/json")) {
        return AwsRoute::signin;
    }
    if (path.starts_with("/credentials/") || path == "/v1/credentials") {
        return AwsRoute::container;
    }
    return path.starts_with("/latest/") ? AwsRoute::instance : AwsRoute::none;
}

bool AwsService::serves(const HttpRequest& request) { return route_of(request) != AwsRoute::none; }

Reply AwsService::dispatch(AwsRoute route, const HttpRequest& request, const KeyRing& keys,
                           const std::string& request_id, const Step* step, bool& used) {
    try {
        used = step != nullptr && route != AwsRoute::bedrock && route != AwsRoute::messages;
        switch (route) {
            case AwsRoute::bedrock: return bedrock_.invoke(request, keys, step, used);
            case AwsRoute::messages: return bedrock_.messages(request, keys, request_id, step, used);
            case AwsRoute::sts: return answer_sts(state_, request, request_id);
            case AwsRoute::sso: return answer_sso(state_, request);
            case AwsRoute::oidc: return answer_oidc(state_, request);
            case AwsRoute::signin: return answer_signin(state_, request);
            case AwsRoute::container: return answer_container(state_, request);
            case AwsRoute::instance: return answer_instance(state_, request);
            case AwsRoute::none: break;
        }
        throw Rejection(404, "UnknownOperationException", "Unknown operation");
    } catch (const Rejection& rejection) {
        // The typed questions about bodies speak the words of the Messages API.
        const bool inner = rejection.type().find('_') != std::string::npos;
        return aws_error(route, rejection.status(),
                         inner ? aws_code_of(rejection.status()) : std::string_view(rejection.type()), rejection.what(),
                         request_id);
    }
}

Reply AwsService::answer(const HttpRequest& request, const KeyRing& keys, Script& script, Record& record) {
    const AwsRoute route = route_of(request);
    const bool generates = route == AwsRoute::bedrock || route == AwsRoute::messages;
    const std::string request_id = random_uuid();
    const Step* step =
        script.pending() > 0 ? script.find(request, generates ? Bedrock::model_of(request) : std::string()) : nullptr;
    bool used = step != nullptr && step->before_checks();
    Reply reply = used ? scripted(route, *step, request_id) : dispatch(route, request, keys, request_id, step, used);
    if (used) {
        record.scripted = true;
        if (!generates && step->faults.malformed_after_deltas >= 0) {
            halve(reply);
        }
        reply.delivery = step->delivery;
        reply.headers.insert(reply.headers.end(), step->headers.begin(), step->headers.end());
        script.used(step);
    }
    if (find_header(reply.headers, "date") == nullptr) {  // a script may say another one
        reply.headers.emplace_back("date", http_time(state_.now()));
    }
    if (route != AwsRoute::instance && route != AwsRoute::container) {
        reply.headers.emplace_back("x-amzn-RequestId", request_id);
    }
    return reply;
}

void AwsService::mask(HttpRequest& request) {
    const AwsRoute route = route_of(request);
    if (route == AwsRoute::oidc || route == AwsRoute::signin) {
        boost::system::error_code error;
        json::value body = json::parse(request.body, error);
        if (!error && body.is_object()) {
            mask_member(body.get_object(), "clientSecret");
            mask_member(body.get_object(), "refreshToken");
            request.body = json::serialize(body);
        }
    }
    constexpr std::string_view field = "WebIdentityToken=";
    const std::size_t begin = route == AwsRoute::sts ? request.body.find(field) : std::string::npos;
    if (begin != std::string::npos) {
        const std::size_t at = begin + field.size();
        const std::size_t size = std::min(request.body.find('&', at), request.body.size()) - at;
        const std::string digest = hex(bytes_of(sha256(request.body.substr(at, size)))).substr(0, 12);
        request.body.replace(at, size, "sha256%3A" + digest);
    }
    constexpr std::array<std::string_view, 3> secret{"x-amz-sso_bearer_token", "x-aws-ec2-metadata-token", "dpop"};
    for (auto& [name, value] : request.headers) {
        if (std::any_of(secret.begin(), secret.end(), [&](auto other) { return same_ignoring_case(name, other); })) {
            value = "sha256:" + hex(bytes_of(sha256(value))).substr(0, 12);
        }
    }
}

std::optional<json::value> AwsService::control(const HttpRequest& request, std::string_view name) {
    if (name == "aws/jwks" && request.method == "GET") {
        return json::object{{"keys", json::array{state_.identity_key().public_jwk("emulator")}}};
    }
    boost::system::error_code error;
    const json::value body = request.body.empty() ? json::value(json::object()) : json::parse(request.body, error);
    if (error) {
        refuse(std::string(name), "not valid JSON: " + error.message());
    }
    if (name == "aws" && request.method == "PUT") {
        change_aws_state(state_, want_object(body, "aws"));
        return describe_aws_state(state_);
    }
    if (name == "aws" && request.method == "GET") {
        return describe_aws_state(state_);
    }
    if (name == "aws/identity-token" && request.method == "POST") {
        return json::object{{"token", make_identity_token(state_, want_object(body, "identity-token"))}};
    }
    return std::nullopt;
}

}  // namespace emulator
