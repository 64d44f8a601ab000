#pragma once
// Signature Version 4 from the service's side: what a signed request claims, and whether the signature bears it out.

#include "http.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

/// What the Authorization header says.
struct AwsSignature {
    std::string key_id;
    std::string date;  ///< YYYYMMDD of the scope
    std::string region;
    std::string service;
    std::vector<std::string> signed_headers;
    std::string signature;
    std::string time;  ///< the X-Amz-Date header
};

/// Text with everything but letters, digits and `-_.~` as %XX; `keep_slashes` leaves `/` too.
[[nodiscard]] std::string aws_encoded(std::string_view text, bool keep_slashes);

/// %XX back to bytes; a `%` that begins no such pair stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// Throws Rejection: MissingAuthenticationTokenException or IncompleteSignatureException.
[[nodiscard]] AwsSignature read_signature(const HttpRequest& request);

/// Date, region (empty: any), service and signed headers; throws InvalidSignatureException.
void check_scope(const HttpRequest& request, const AwsSignature& signature, std::string_view region,
                 std::string_view service, std::int64_t now);

/// Throws InvalidSignatureException, with the texts that should have been signed, as the service does.
void check_signature(const HttpRequest& request, const AwsSignature& signature, std::string_view secret);

}  // namespace emulator
