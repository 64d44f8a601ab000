#pragma once

#include "auth/aws/xml_document.hpp"
#include "core/http.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// What an AWS service says of a failure, whatever its protocol.
struct ServiceError {
    std::string code = {};      ///< "ThrottlingException", without namespace and URI; "" where none is told.
    std::string message = {};
    std::string request_id = {};
    bool readable = false;      ///< The body was an error of a known shape, or a header named the code.
};

/// REST-JSON (Bedrock, SSO, OIDC, sign-in): header `x-amzn-errortype`, else `__type`, else `code`, cut at the first `:` and
/// after the last `#`; `message` or `Message`, and OIDC's `error_description`.
ServiceError read_json_error(const HttpHead& head, std::string_view body);
/// Query (STS): ErrorResponse > Error > Code, Message, and RequestId.
ServiceError read_xml_error(const HttpHead& head, std::string_view body);

/// Codes that say that the request's date is not the server's: certain, or possible (a signature that does not fit).
enum class ClockDoubt { none, possible, certain };
ClockDoubt clock_doubt(std::string_view code) noexcept;
/// Codes of credentials that ran out or were withdrawn, where new ones may do.
bool credentials_expired(std::string_view code) noexcept;

}  // namespace cortex::auth::aws
