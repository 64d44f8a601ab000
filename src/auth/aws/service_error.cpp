#include "auth/aws/service_error.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <array>

namespace cortex::auth::aws {
namespace {

/// "aws.protocoltests.restjson#FooError:http://internal/" is FooError.
std::string bare_code(std::string_view code) {
    code = code.substr(0, code.find(':'));
    return std::string(code.substr(code.rfind('#') + 1));
}

std::string request_id_of(const HttpHead& head) {
    for (const std::string_view name : {"x-amzn-requestid", "x-amz-request-id"})
        if (const auto value = head.header(name)) return std::string(*value);
    return {};
}

bool contains(const auto& list, std::string_view wanted) noexcept {
    return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

ServiceError read_json_error(const HttpHead& head, std::string_view body) {
    ServiceError out;
    out.request_id = request_id_of(head);
    if (const auto code = head.header("x-amzn-errortype")) out.code = bare_code(*code);
    JsonParser parser;
    if (const JsonObject* object = parser.parse_object(body)) {
        for (const std::string_view name : {"__type", "code"})
            if (out.code.empty()) out.code = bare_code(json_text_or_empty(*object, name));
        for (const std::string_view name : {"message", "Message", "error_description"})
            if (out.message.empty()) out.message = json_text_or_empty(*object, name);
    }
    out.readable = !out.code.empty() || !out.message.empty();
    return out;
}

ServiceError read_xml_error(const HttpHead& head, std::string_view body) {
    ServiceError out;
    out.request_id = request_id_of(head);
    const auto document = XmlDocument::parse(body);
    if (!document) return out;
    out.code = document->text("ErrorResponse/Error/Code").value_or("");
    out.message = document->text("ErrorResponse/Error/Message").value_or("");
    if (const auto id = document->text("ErrorResponse/RequestId")) out.request_id = *id;
    out.readable = !out.code.empty() || !out.message.empty();
    return out;
}

ClockDoubt clock_doubt(std::string_view code) noexcept {
    // aws-sdk-cpp and @smithy/core 3.41.0: service-error-classification constants.
    constexpr std::array<std::string_view, 3> certain{"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"};
    constexpr std::array<std::string_view, 3> possible{"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"};
    if (contains(certain, code)) return ClockDoubt::certain;
    return contains(possible, code) ? ClockDoubt::possible : ClockDoubt::none;
}

bool credentials_expired(std::string_view code) noexcept {
    // The last is STS's name for the one before it.
    constexpr std::array<std::string_view, 4> codes{"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
                                                    "InvalidClientTokenId"};
    return contains(codes, code);
}

}  // namespace cortex::auth::aws
