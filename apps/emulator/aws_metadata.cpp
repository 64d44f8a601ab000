#include "aws_metadata.hpp"

#include "aws_reply.hpp"
#include "checks.hpp"
#include "crypto.hpp"

#include <charconv>

namespace emulator {

namespace {

constexpr std::string_view ttl_header = "x-aws-ec2-metadata-token-ttl-seconds";
constexpr std::int64_t longest_ttl = 21'600;
constexpr std::int64_t six_hours = 21'600;

Reply plain(const std::string& text) {
    Reply reply;
    reply.headers = {{"content-type", "text/plain"}};
    reply.pieces = {text};
    return reply;
}

Reply new_token(AwsState& state, const HttpRequest& request) {
    if (state.instance.disabled) {
        throw Rejection(403, "Forbidden", "Forbidden");
    }
    const std::string* wanted = find_header(request.headers, ttl_header);
    std::int64_t seconds = 0;
    if (wanted != nullptr) {
        std::from_chars(wanted->data(), wanted->data() + wanted->size(), seconds);
    }
    if (seconds < 1 || seconds > longest_ttl) {
        throw Rejection(400, "BadRequest", "Bad Request");
    }
    if (find_header(request.headers, "x-forwarded-for") != nullptr) {  // how the service keeps open proxies out
        throw Rejection(403, "Forbidden", "Forbidden");
    }
    const std::string token = base64url(random_bytes(40));
    state.instance.tokens[token] = state.now() + seconds;
    Reply reply = plain(token);
    reply.headers.emplace_back(ttl_header, std::to_string(seconds));
    return reply;
}

Reply role_keys(AwsState& state) {
    const AwsInstance& instance = state.instance;
    json::object document{{"Code", instance.code}, {"LastUpdated", iso_time(state.now())}};
    if (instance.code != "Success") {
        document["Message"] = "EC2 cannot assume the role";
        return aws_json(200, document);
    }
    const AwsKey key = state.issue(
        "arn:aws:sts::" + std::string(aws_account) + ":assumed-role/" + instance.role + "/i-0emulator", six_hours);
    document["Type"] = "AWS-HMAC";
    document["AccessKeyId"] = key.id;
    document["SecretAccessKey"] = key.secret;
    document["Token"] = key.token;
    document["Expiration"] = iso_time(instance.stale ? state.now() - 3600 : key.expires);
    return aws_json(200, document);
}

}  // namespace

Reply answer_container(AwsState& state, const HttpRequest& request) {
    if (request.method != "GET") {
        throw Rejection(405, "MethodNotAllowed", "Method Not Allowed");
    }
    const std::string* sent = find_header(request.headers, "authorization");
    if (state.container_token && (sent == nullptr || *sent != *state.container_token)) {
        throw Rejection(401, "UnauthorizedException", "The authorization token is missing or not valid");
    }
    const AwsKey key =
        state.issue("arn:aws:sts::" + std::string(aws_account) + ":assumed-role/container-role/emulator", six_hours);
    return aws_json(200,
                    json::object{{"AccessKeyId", key.id},
                                 {"SecretAccessKey", key.secret},
                                 {"Token", key.token},
                                 {"Expiration", iso_time(key.expires)},
                                 {"RoleArn", "arn:aws:iam::" + std::string(aws_account) + ":role/container-role"}});
}

Reply answer_instance(AwsState& state, const HttpRequest& request) {
    const std::string_view path = request.path();
    if (path == "/latest/api/token") {
        if (request.method != "PUT") {
            throw Rejection(405, "MethodNotAllowed", "Method Not Allowed");
        }
        return new_token(state, request);
    }
    const std::string* token = find_header(request.headers, "x-aws-ec2-metadata-token");
    const auto known = token == nullptr ? state.instance.tokens.end() : state.instance.tokens.find(*token);
    if (known == state.instance.tokens.end() || known->second <= state.now()) {
        throw Rejection(401, "Unauthorized", "Unauthorized");
    }
    constexpr std::string_view roles = "/latest/meta-data/iam/security-credentials";
    const std::string region = state.region.empty() ? "us-east-1" : state.region;
    if (path == "/latest/meta-data/placement/region") {
        return plain(region);
    }
    if (path == "/latest/meta-data/placement/availability-zone") {
        return plain(region + "a");
    }
    if (!state.instance.role.empty() && path.starts_with(roles)) {
        const std::string_view rest = path.substr(roles.size());
        if (rest.empty() || rest == "/") {
            return plain(state.instance.role);
        }
        if (rest.substr(1) == state.instance.role) {
            return role_keys(state);
        }
    }
    throw Rejection(404, "NotFound", "Not Found");
}

}  // namespace emulator
