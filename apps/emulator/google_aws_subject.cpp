// A subject token of an AWS workload: a GetCallerIdentity request, signed and packed up. It is checked as AWS would
// check it, with the one key pair that the published examples of the signature use.

#include "crypto.hpp"
#include "form.hpp"
#include "google_oauth.hpp"
#include "google_replies.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <map>

namespace emulator {

namespace {

constexpr std::string_view key_name = "AKIDEXAMPLE";
constexpr std::string_view key_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

[[noreturn]] void refuse_subject(std::string_view why) {
    refuse_token(400, "invalid_grant", "Received invalid AWS subject token: " + std::string(why));
}

using HeaderMap = std::map<std::string, std::string, std::less<>>;

struct PackedRequest {
    std::string host;
    std::string region;
    std::string path;
    std::string query;
    HeaderMap headers;
};

PackedRequest unpack(std::string_view token) {
    const std::optional<std::string> text = percent_decoded(token, false);
    boost::system::error_code error;
    const json::value parsed = text ? json::parse(*text, error) : json::value();
    if (error || !parsed.is_object()) {
        refuse_subject("it is not percent-encoded JSON.");
    }
    const json::object& object = parsed.get_object();
    const std::string url = text_of(object, "url");
    constexpr std::string_view scheme = "https://";
    if (text_of(object, "method") != "POST" || !url.starts_with(scheme)) {
        refuse_subject("it must be a POST to an https address.");
    }
    PackedRequest request;
    const std::size_t end = std::min(url.find_first_of("/?", scheme.size()), url.size());
    const std::size_t question = std::min(url.find('?'), url.size());
    request.host = url.substr(scheme.size(), end - scheme.size());
    request.path = end < question ? url.substr(end, question - end) : "/";
    request.query = url.substr(std::min(question + 1, url.size()));
    const std::vector<std::string_view> labels = split(std::string_view(request.host), '.');
    if (labels.size() != 4 || labels[0] != "sts" || labels[2] != "amazonaws" || labels[3] != "com") {
        refuse_subject("its host is not sts.REGION.amazonaws.com.");
    }
    request.region = labels[1];
    const json::value* headers = member(object, "headers");
    if (headers == nullptr || !headers->is_array()) {
        refuse_subject("it has no headers.");
    }
    for (const json::value& item : headers->get_array()) {
        if (!item.is_object() ||
            !request.headers.emplace(lower(text_of(item.get_object(), "key")), text_of(item.get_object(), "value"))
                 .second) {
            refuse_subject("a header is malformed or occurs twice.");
        }
    }
    return request;
}

std::string canonical_query(std::string_view query) {
    std::map<std::string, std::string> fields;
    for (const std::string_view part : split(query, '&')) {
        const std::size_t equals = std::min(part.find('='), part.size());
        fields[percent_encoded(percent_decoded(part.substr(0, equals), false).value_or(""))] =
            percent_encoded(percent_decoded(part.substr(std::min(equals + 1, part.size())), false).value_or(""));
    }
    std::string canonical;
    for (const auto& [name, value] : fields) {
        canonical += (canonical.empty() ? "" : "&") + name + "=" + value;
    }
    return canonical;
}

std::string part_of(std::string_view authorization, std::string_view name) {
    const std::size_t begin = authorization.find(name);
    if (begin == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = authorization.substr(begin + name.size());
    return std::string(trimmed(rest.substr(0, rest.find(','))));
}

std::string hmac(std::string_view key, std::string_view text) {
    return std::string(bytes_of(hmac_sha256(key, text)));
}

std::string expected_signature(const PackedRequest& request, std::string_view date, std::string_view scope,
                               std::string_view signed_names) {
    std::string canonical = "POST\n" + request.path + "\n" + canonical_query(request.query) + "\n";
    for (const std::string_view name : split(signed_names, ';')) {
        const auto header = request.headers.find(name);
        if (header == request.headers.end()) {
            refuse_subject("a signed header is missing.");
        }
        canonical += std::string(name) + ":" + std::string(trimmed(header->second)) + "\n";
    }
    canonical += "\n" + std::string(signed_names) + "\n" + hex(bytes_of(sha256("")));
    const std::string text = "AWS4-HMAC-SHA256\n" + std::string(date) + "\n" + std::string(scope) + "\n" +
                             hex(bytes_of(sha256(canonical)));
    std::string key = "AWS4" + std::string(key_secret);
    for (const std::string_view part : split(scope, '/')) {
        key = hmac(key, part);
    }
    return hex(hmac(key, text));
}

std::string header_of(const PackedRequest& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
}

// Seconds of 20150830T123600Z; nothing for another form.
std::optional<std::int64_t> seconds_of(const std::string& date) {
    std::tm parts{};
    const char* end = strptime(date.c_str(), "%Y%m%dT%H%M%SZ", &parts);
    return date.size() == 16 && end != nullptr && *end == '\0' ? std::optional<std::int64_t>(timegm(&parts))
                                                               : std::nullopt;
}

}  // namespace

std::string aws_subject(const GoogleState& state, std::string_view token, std::string_view audience) {
    const PackedRequest request = unpack(token);
    if (canonical_query(request.query) != "Action=GetCallerIdentity&Version=2011-06-15") {
        refuse_subject("it does not ask for GetCallerIdentity.");
    }
    if (header_of(request, "x-goog-cloud-target-resource") != audience) {
        refuse_subject("x-goog-cloud-target-resource is not the audience.");
    }
    if (header_of(request, "host") != request.host) {
        refuse_subject("the host header is not the address's.");
    }
    const std::string authorization = header_of(request, "authorization");
    const std::string date = header_of(request, "x-amz-date");
    const std::string credential = part_of(authorization, "Credential=");
    const std::string names = part_of(authorization, "SignedHeaders=");
    const std::string scope = date.substr(0, 8) + "/" + request.region + "/sts/aws4_request";
    if (!authorization.starts_with("AWS4-HMAC-SHA256 ") || credential != std::string(key_name) + "/" + scope) {
        refuse_subject("unknown access key, or a credential scope that does not fit date, region and service.");
    }
    constexpr std::int64_t tolerance = 900;
    const std::optional<std::int64_t> moment = seconds_of(date);
    if (!moment || *moment < state.now() - tolerance || *moment > state.now() + tolerance) {
        refuse_subject("x-amz-date is not the present time.");
    }
    const std::vector<std::string_view> listed = split(std::string_view(names), ';');
    for (const std::string_view needed : {"host", "x-amz-date"}) {
        if (std::find(listed.begin(), listed.end(), needed) == listed.end()) {
            refuse_subject("host and x-amz-date must be signed.");
        }
    }
    if (!std::is_sorted(listed.begin(), listed.end())) {
        refuse_subject("the signed headers are not sorted.");
    }
    if (!same_bytes(part_of(authorization, "Signature="), expected_signature(request, date, scope, names))) {
        refuse_subject("the signature does not match.");
    }
    return "arn:aws:sts::123456789012:assumed-role/emulator/session";
}

}  // namespace emulator
