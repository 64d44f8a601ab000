#pragma once

#include "core/credential.hpp"
#include "core/http.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// What a signature is good for.
struct SigningScope {
    std::string region = {};    ///< "us-east-1"
    std::string service = {};   ///< The signing name: "bedrock", "sts".
};

/// Signs a request with Signature Version 4, in its Authorization header: adds `x-amz-date`, with temporary keys
/// `x-amz-security-token`, and `authorization`; those of an earlier signing are replaced. Signed are `host`, `content-type` and
/// all `x-amz-*` headers; others may be changed on the way. An `x-amz-content-sha256` that is there already tells the body's hash.
/// `keys` are of `Kind::aws_keys`. The path is taken as it stands in the URL and encoded once more; a query is sorted, and encoded
/// where it is not. A URL that cannot be read leaves the request without a signature: no transport sends it. Thread-safe; the
/// key of a day is remembered per thread.
void sign(HttpRequest& request, const Credential& keys, const SigningScope& scope, WallTime now);

/// The texts that a signature is made of; `sign` uses them, and tests compare them with published ones.
struct SigningTexts {
    std::string canonical_request = {};
    std::string string_to_sign = {};
    std::string signed_headers = {};
    std::string signature = {};
    std::string authorization = {};   ///< The header's value.
};

/// How the path becomes canonical.
struct SigningOptions {
    bool encode_path = true;      ///< Percent-encode the path of the URL once more (every service but S3).
    bool normalize_path = true;   ///< Without dot segments and repeated slashes.
};

/// `headers` must hold everything that is to be signed, `host` and `x-amz-date` (or `date`) included.
SigningTexts signing_texts(std::string_view method, std::string_view path, std::string_view query, const std::vector<HttpHeader>& headers,
                           std::string_view payload_sha256_hex, std::string_view access_key_id, std::string_view secret_access_key,
                           const SigningScope& scope, std::string_view amz_date, const SigningOptions& options = {});

}  // namespace cortex::auth::aws
