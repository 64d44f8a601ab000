#include "auth/aws/sigv4.hpp"

#include "auth/aws/sigv4_canonical.hpp"
#include "auth/aws/sigv4_hash.hpp"
#include "core/date_time.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view hash_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string_view method_name(HttpMethod method) noexcept {
    switch (method) {
        case HttpMethod::get: return "GET";
        case HttpMethod::put: return "PUT";
        case HttpMethod::post: break;
    }
    return "POST";
}

/// What the transport writes into `Host`: the default port is left out, a literal IPv6 address keeps its brackets.
std::string host_value(const net::UrlParts& url) {
    std::string out = to_lower(url.peer());
    const std::uint16_t usual = url.secure() ? 443 : 80;
    if (url.port == usual) out.resize(out.rfind(':'));
    return out;
}

/// Path and query of an absolute URL, without the fragment.
std::pair<std::string_view, std::string_view> target_of(std::string_view url) {
    url = url.substr(0, url.find('#'));
    const std::size_t authority = url.find("://") + 3;
    const std::size_t start = url.find_first_of("/?", authority);
    if (start == std::string_view::npos) return {};
    const std::string_view target = url.substr(start);
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

bool is_signed(std::string_view name) noexcept {
    constexpr std::string_view own = "x-amz-";
    return iequals(name, "content-type") || (name.size() > own.size() && iequals(name.substr(0, own.size()), own));
}

SigningTexts texts_of(std::string_view method, std::string_view path, std::string_view query,
                      const std::vector<HeaderView>& headers, std::string_view payload_sha256_hex,
                      std::string_view access_key_id, std::string_view secret_access_key, const SigningScope& scope,
                      std::string_view amz_date, const SigningOptions& options) {
    SigningTexts out;
    CanonicalHeaders canonical = canonical_headers(headers);
    out.signed_headers = canonical.names;

    std::string& request = out.canonical_request;
    const std::string canonical_of_path = canonical_path(path, options);
    const std::string canonical_of_query = canonical_query(query);
    request.reserve(method.size() + canonical_of_path.size() + canonical_of_query.size() + canonical.lines.size() +
                    canonical.names.size() + payload_sha256_hex.size() + 5);
    request.append(method).append("\n").append(canonical_of_path).append("\n").append(canonical_of_query).append("\n");
    request.append(canonical.lines).append("\n").append(canonical.names).append("\n").append(payload_sha256_hex);
    wipe(canonical.lines);

    const std::string_view day = amz_date.substr(0, 8);
    std::string scope_text(day);
    scope_text.append("/").append(scope.region).append("/").append(scope.service).append("/aws4_request");
    out.string_to_sign.append(algorithm).append("\n").append(amz_date).append("\n").append(scope_text).append("\n");
    out.string_to_sign += hex(sha256(request));

    Digest key = signing_key(secret_access_key, day, scope.region, scope.service);
    out.signature = hex(hmac_sha256(bytes(key), out.string_to_sign));
    OPENSSL_cleanse(key.data(), key.size());

    out.authorization.append(algorithm).append(" Credential=").append(access_key_id).append("/").append(scope_text);
    out.authorization.append(", SignedHeaders=").append(out.signed_headers);
    out.authorization.append(", Signature=").append(out.signature);
    return out;
}

}  // namespace

SigningTexts signing_texts(std::string_view method, std::string_view path, std::string_view query,
                           const std::vector<HttpHeader>& headers, std::string_view payload_sha256_hex,
                           std::string_view access_key_id, std::string_view secret_access_key, const SigningScope& scope,
                           std::string_view amz_date, const SigningOptions& options) {
    std::vector<HeaderView> views;
    views.reserve(headers.size());
    for (const HttpHeader& header : headers) views.push_back({header.name, header.value});
    return texts_of(method, path, query, views, payload_sha256_hex, access_key_id, secret_access_key, scope, amz_date, options);
}

void sign(HttpRequest& request, const Credential& keys, const SigningScope& scope, WallTime now) {
    std::erase_if(request.headers, [](const HttpHeader& header) {
        return iequals(header.name, "authorization") || iequals(header.name, "x-amz-date") ||
               iequals(header.name, "x-amz-security-token");
    });
    const auto url = net::parse_url(request.url);
    if (!url) return;  // the transport refuses it, and says why

    const std::string date = format_basic(now);
    request.headers.push_back({"x-amz-date", date});
    if (const std::string_view token = SecretAccess::text(keys.session_token); !token.empty())
        request.headers.push_back({"x-amz-security-token", std::string(token)});

    const std::string host = host_value(*url);
    std::vector<HeaderView> to_sign;
    to_sign.reserve(request.headers.size() + 1);
    to_sign.push_back({"host", host});
    std::string payload_hash;
    for (const HttpHeader& header : request.headers) {
        if (!is_signed(header.name)) continue;
        to_sign.push_back({header.name, header.value});
        if (iequals(header.name, "x-amz-content-sha256")) payload_hash = header.value;
    }
    if (payload_hash.empty()) payload_hash = request.body ? hex(sha256(*request.body)) : std::string(hash_of_nothing);

    const auto [path, query] = target_of(request.url);
    SigningTexts texts = texts_of(method_name(request.method), path, query, to_sign, payload_hash, keys.access_key_id,
                                  SecretAccess::text(keys.secret), scope, date, {});
    request.headers.push_back({"authorization", std::move(texts.authorization)});
    // The session token was written there: it is as secret as the key.
    wipe(texts.canonical_request);
}

}  // namespace cortex::auth::aws
