#pragma once

#include "core/http.hpp"
#include "core/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <utility>

namespace cortex::auth::aws {

/// What an AWS service says of a failure, whatever its protocol.
struct ServiceError {
    std::string code = {};      ///< "ThrottlingException", without namespace and URI; "" where none is told.
    std::string message = {};
    std::string request_id = {};
    bool readable = false;      ///< The body was an error of a known shape, or a header named the code.
};

/// REST-JSON (Bedrock, SSO, OIDC, sign-in): header `x-amzn-errortype`, else `__type`, else `code`, cut at the first `:` and
/// after the last `#`; `message` or `Message`.
ServiceError read_json_error(const HttpHead& head, std::string_view body);
/// Query (STS): ErrorResponse > Error > Code, Message, and RequestId.
ServiceError read_xml_error(const HttpHead& head, std::string_view body);

/// Codes that say that the request's date is not the server's: certain, or possible (a signature that does not fit).
enum class ClockDoubt { none, possible, certain };
ClockDoubt clock_doubt(std::string_view code) noexcept;
/// Codes of credentials that ran out or were withdrawn, where new ones may do.
bool credentials_expired(std::string_view code) noexcept;

/// The text of the first element of that path in an XML document ("AssumeRoleResponse/AssumeRoleResult/Credentials"), entities
/// replaced; a small reader for STS's answers: no DTD, no external entity, at most 1 MiB and 64 levels. Fails (`protocol`) for
/// what is no XML.
class XmlDocument {
public:
    static Result<XmlDocument> parse(std::string_view text);
    /// Names are compared without namespace prefix. Nothing where there is no such element.
    std::optional<std::string> text(std::string_view path) const;

private:
    std::vector<std::pair<std::string, std::string>> leaves_;   ///< Path and text, in document order.
};

}  // namespace cortex::auth::aws
