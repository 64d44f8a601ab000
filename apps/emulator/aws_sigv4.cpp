#include "aws_sigv4.hpp"

#include "moved_clock.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace emulator {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t tolerance = 300;  // seconds, either way

[[noreturn]] void incomplete(const std::string& message) {
    throw Rejection(403, "IncompleteSignatureException", message);
}

[[noreturn]] void mismatch(const std::string& message) { throw Rejection(403, "InvalidSignatureException", message); }

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Dot segments and repeated slashes go; a slash at the end stays.
std::string normalized(std::string_view path) {
    std::vector<std::string_view> kept;
    for (const std::string_view segment : split(path, '/')) {
        if (segment == "..") {
            if (!kept.empty()) {
                kept.pop_back();
            }
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(segment);
        }
    }
    std::string result;
    for (const std::string_view segment : kept) {
        result += "/" + std::string(segment);
    }
    return result.empty() || path.back() == '/' ? result + "/" : result;
}

std::string canonical_query(std::string_view target) {
    const std::size_t question = target.find('?');
    if (question == std::string_view::npos || question + 1 == target.size()) {
        return {};
    }
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string_view part : split(target.substr(question + 1), '&')) {
        const std::size_t equals = part.find('=');
        const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
        pairs.emplace_back(aws_encoded(percent_decoded(part.substr(0, equals)), false),
                           aws_encoded(percent_decoded(value), false));
    }
    std::sort(pairs.begin(), pairs.end());
    std::string query;
    for (const auto& [name, value] : pairs) {
        query += (query.empty() ? "" : "&") + name + "=" + value;
    }
    return query;
}

std::string squeezed(std::string_view value) {
    std::string text;
    for (const std::string_view word : words(value)) {
        text += (text.empty() ? "" : " ") + std::string(word);
    }
    return text;
}

std::string header_value(const HttpRequest& request, std::string_view wanted) {
    std::string values;
    bool first = true;
    for (const auto& [name, value] : request.headers) {
        if (same_ignoring_case(name, wanted)) {
            values += (first ? "" : ",") + squeezed(value);
            first = false;
        }
    }
    return values;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ";") + name;
    }
    return text;
}

std::string canonical_request(const HttpRequest& request, const AwsSignature& signature) {
    std::string text = request.method + "\n" + aws_encoded(normalized(request.path()), true) + "\n" +
                       canonical_query(request.target) + "\n";
    for (const std::string& name : signature.signed_headers) {
        text += name + ":" + header_value(request, name) + "\n";
    }
    return text + "\n" + joined(signature.signed_headers) + "\n" + hex(bytes_of(sha256(request.body)));
}

// The part `Name=value` of the header; the parts are separated by commas, with or without a space.
std::string part_of(const std::vector<std::string_view>& parts, std::string_view name) {
    for (const std::string_view part : parts) {
        const std::string_view text = trimmed(part);
        if (text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=') {
            return std::string(text.substr(name.size() + 1));
        }
    }
    incomplete("Authorization header requires '" + std::string(name) + "' parameter.");
}

}  // namespace

std::string aws_encoded(std::string_view text, bool keep_slashes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~' || (keep_slashes && c == '/');
        if (plain) {
            result += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            result += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return result;
}

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_value(text[i + 2]);
        if (low < 0) {
            result += text[i];
        } else {
            result += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return result;
}

AwsSignature read_signature(const HttpRequest& request) {
    const std::string* header = find_header(request.headers, "authorization");
    if (header == nullptr) {
        throw Rejection(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const std::string_view text(*header);
    if (!text.starts_with(algorithm) || text.size() <= algorithm.size() || text[algorithm.size()] != ' ') {
        incomplete("Unsupported AWS 'algorithm': '" + std::string(text.substr(0, text.find(' '))) + "'.");
    }
    const std::vector<std::string_view> parts = split(text.substr(algorithm.size() + 1), ',');
    AwsSignature signature;
    const std::string credential = part_of(parts, "Credential");
    const std::vector<std::string_view> scope = split(std::string_view(credential), '/');
    if (scope.size() != 5 || scope[4] != "aws4_request") {
        incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
    }
    signature.key_id = scope[0];
    signature.date = scope[1];
    signature.region = scope[2];
    signature.service = scope[3];
    const std::string names = part_of(parts, "SignedHeaders");
    for (const std::string_view name : split(std::string_view(names), ';')) {
        signature.signed_headers.emplace_back(name);
    }
    signature.signature = part_of(parts, "Signature");
    const std::string* time = find_header(request.headers, "x-amz-date");
    if (time == nullptr || !read_amz_time(*time)) {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    signature.time = *time;
    return signature;
}

void check_scope(const HttpRequest& request, const AwsSignature& signature, std::string_view region,
                 std::string_view service, std::int64_t now) {
    const std::int64_t time = read_amz_time(signature.time).value_or(0);
    if (time < now - tolerance) {
        mismatch("Signature expired: " + signature.time + " is now earlier than " + amz_time(now - tolerance) + " (" +
                 amz_time(now) + " - 5 min.)");
    }
    if (time > now + tolerance) {
        mismatch("Signature not yet current: " + signature.time + " is still later than " + amz_time(now + tolerance) +
                 " (" + amz_time(now) + " + 5 min.)");
    }
    if (!signature.time.starts_with(signature.date) || signature.date.size() != 8) {
        mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                 signature.date + "' != '" + signature.time.substr(0, 8) + "', from '" + signature.time + "'.");
    }
    if (!region.empty() && signature.region != region) {
        mismatch("Credential should be scoped to a valid region. ");
    }
    if (signature.service != service) {
        mismatch("Credential should be scoped to correct service: '" + std::string(service) + "'. ");
    }
    if (!std::is_sorted(signature.signed_headers.begin(), signature.signed_headers.end()) ||
        std::any_of(signature.signed_headers.begin(), signature.signed_headers.end(),
                    [](const std::string& name) { return name.empty() || lower(name) != name; })) {
        incomplete("SignedHeaders must be lower case and sorted.");
    }
    const auto is_signed = [&](const std::string& name) {
        return std::find(signature.signed_headers.begin(), signature.signed_headers.end(), name) !=
               signature.signed_headers.end();
    };
    if (!is_signed("host")) {
        mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    }
    for (const auto& header : request.headers) {
        const std::string name = lower(header.first);
        if (name.starts_with("x-amz-") && !is_signed(name)) {
            mismatch("There were headers present in the request which were not signed: " + name);
        }
    }
    for (const std::string& name : signature.signed_headers) {
        if (find_header(request.headers, name) == nullptr) {
            mismatch("The signed header '" + name + "' is missing in the request.");
        }
    }
}

void check_signature(const HttpRequest& request, const AwsSignature& signature, std::string_view secret) {
    const std::string body_hash = hex(bytes_of(sha256(request.body)));
    const std::string* claimed = find_header(request.headers, "x-amz-content-sha256");
    if (claimed != nullptr && *claimed != body_hash) {
        mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    const std::string request_text = canonical_request(request, signature);
    const std::string scope = signature.date + "/" + signature.region + "/" + signature.service + "/aws4_request";
    const std::string text =
        std::string(algorithm) + "\n" + signature.time + "\n" + scope + "\n" + hex(bytes_of(sha256(request_text)));
    Digest key = hmac_sha256("AWS4" + std::string(secret), signature.date);
    for (const std::string_view part :
         {std::string_view(signature.region), std::string_view(signature.service), std::string_view("aws4_request")}) {
        key = hmac_sha256(bytes_of(key), part);
    }
    const std::string wanted = hex(bytes_of(hmac_sha256(bytes_of(key), text)));
    if (!same_bytes(wanted, signature.signature)) {
        mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for "
            "this request should have been\n'" +
            request_text + "'\n\nThe String-to-Sign should have been\n'" + text + "'\n");
    }
}

}  // namespace emulator
