#include "aws_reply.hpp"

#include <array>
#include <utility>

namespace emulator {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

std::string_view translated(std::string_view code, const auto& table) {
    for (const auto& [from, to] : table) {
        if (code == from) {
            return to;
        }
    }
    return code;
}

// STS speaks the older query protocol, whose codes have no suffix (botocore 1.44.8 data/sts, IAM's list of common errors).
std::string_view query_code(std::string_view code) {
    constexpr std::array<Names, 9> names{{{"UnrecognizedClientException", "InvalidClientTokenId"},
                                          {"ExpiredTokenException", "ExpiredToken"},
                                          {"InvalidSignatureException", "SignatureDoesNotMatch"},
                                          {"IncompleteSignatureException", "IncompleteSignature"},
                                          {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
                                          {"AccessDeniedException", "AccessDenied"},
                                          {"ThrottlingException", "Throttling"},
                                          {"InternalServerException", "InternalFailure"},
                                          {"ServiceUnavailableException", "ServiceUnavailable"}}};
    return translated(code, names);
}

// The web identity call names an expired token as the JSON services do, so its callers mark it.
std::string_view unmarked(std::string_view code) { return code.starts_with("=") ? code.substr(1) : query_code(code); }

std::string_view oauth_code(std::string_view code) {
    constexpr std::array<Names, 8> names{{{"InvalidGrantException", "invalid_grant"},
                                          {"InvalidClientException", "invalid_client"},
                                          {"ExpiredTokenException", "expired_token"},
                                          {"UnsupportedGrantTypeException", "unsupported_grant_type"},
                                          {"UnauthorizedClientException", "unauthorized_client"},
                                          {"AccessDeniedException", "access_denied"},
                                          {"ThrottlingException", "slow_down"},
                                          {"InternalServerException", "server_error"}}};
    const std::string_view name = translated(code, names);
    return name == code ? "invalid_request" : name;
}

// What the refusals at the door are called in the envelope of the Messages API.
std::string_view envelope_type(int status, std::string_view code) {
    constexpr std::array<Names, 6> names{{{"ValidationException", "invalid_request_error"},
                                          {"ResourceNotFoundException", "not_found_error"},
                                          {"ThrottlingException", "rate_limit_error"},
                                          {"ModelTimeoutException", "timeout_error"},
                                          {"ServiceUnavailableException", "overloaded_error"},
                                          {"InternalServerException", "api_error"}}};
    const std::string_view name = translated(code, names);
    if (name != code) {
        return name;
    }
    return status == 401 ? "authentication_error" : status == 403 ? "permission_error" : "api_error";
}

Reply xml_error(int status, std::string_view code, std::string_view message, const std::string& request_id) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "text/xml"}};
    reply.pieces = {"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>" +
                    std::string(status < 500 ? "Sender" : "Receiver") + "</Type>\n    <Code>" + xml_escaped(code) +
                    "</Code>\n    <Message>" + xml_escaped(message) + "</Message>\n  </Error>\n  <RequestId>" +
                    request_id + "</RequestId>\n</ErrorResponse>\n"};
    return reply;
}

// The metadata service answers a page, as a plain web server does.
Reply page(int status) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "text/html"}};
    reply.pieces = {"<html><head><title>" + std::to_string(status) + "</title></head><body><h1>" +
                    std::to_string(status) + "</h1></body></html>\n"};
    return reply;
}

}  // namespace

Reply aws_json(int status, const json::value& body) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "application/json"}};
    reply.pieces = {json::serialize(body)};
    return reply;
}

std::string_view aws_code_of(int status) noexcept {
    switch (status) {
        case 400: return "ValidationException";
        case 401: return "UnauthorizedException";
        case 403: return "AccessDeniedException";
        case 404: return "ResourceNotFoundException";
        case 408: return "ModelTimeoutException";
        case 413: return "RequestEntityTooLargeException";
        case 424: return "ModelErrorException";
        case 429: return "ThrottlingException";
        case 503: return "ServiceUnavailableException";
        default: return status < 500 ? "ValidationException" : "InternalServerException";
    }
}

Reply aws_error(AwsRoute route, int status, std::string_view code, std::string_view message,
                const std::string& request_id) {
    switch (route) {
        case AwsRoute::sts: return xml_error(status, unmarked(code), message, request_id);
        case AwsRoute::instance: return page(status);
        case AwsRoute::container: return aws_json(status, json::object{{"code", code}, {"message", message}});
        case AwsRoute::oidc: {
            Reply reply = aws_json(status, json::object{{"error", oauth_code(code)}, {"error_description", message}});
            reply.headers.emplace_back("x-amzn-ErrorType", code);
            return reply;
        }
        case AwsRoute::messages: {
            Reply reply = aws_json(
                status,
                json::object{{"type", "error"},
                             {"error", json::object{{"type", envelope_type(status, code)}, {"message", message}}},
                             {"request_id", request_id}});
            reply.headers.emplace_back("x-amzn-ErrorType", code);
            return reply;
        }
        case AwsRoute::sso: {
            Reply reply =
                aws_json(status, json::object{{"message", message},
                                              {"__type", "com.amazonaws.switchboard.portal#" + std::string(code)}});
            reply.headers.emplace_back("x-amzn-ErrorType", code);
            return reply;
        }
        default: {
            Reply reply = aws_json(status, json::object{{"message", message}});
            reply.headers.emplace_back("x-amzn-ErrorType",
                                       std::string(code) + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
            return reply;
        }
    }
}

std::string xml_escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            default: result += c;
        }
    }
    return result;
}

}  // namespace emulator
