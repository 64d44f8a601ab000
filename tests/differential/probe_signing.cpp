#include "probe_signing.hpp"

#include "auth/aws/sigv4.hpp"
#include "auth/google/credential_file.hpp"
#include "auth/google/service_account.hpp"
#include "core/base64.hpp"
#include "core/date_time.hpp"
#include "core/json_writer.hpp"

#include <memory>
#include <utility>

namespace probe {
namespace {

using cortex::json_text_or_empty;

std::string text(const cortex::JsonObject& object, std::string_view name) { return std::string(json_text_or_empty(object, name)); }

std::string failure(std::string_view why) {
    cortex::JsonWriter out;
    out.begin_object().field("error", why).end_object();
    return std::move(out).take();
}

cortex::HttpMethod method_of(std::string_view name) {
    if (name == "GET") return cortex::HttpMethod::get;
    return name == "PUT" ? cortex::HttpMethod::put : cortex::HttpMethod::post;
}

}  // namespace

std::string signed_request(const cortex::JsonObject& request) {
    const auto when = cortex::parse_iso8601(json_text_or_empty(request, "date"));
    std::string body;
    const bool decoded = cortex::append_from_base64(json_text_or_empty(request, "body"), body);
    const cortex::JsonArray* headers = cortex::json_array(request, "headers");
    if (!when || !decoded || headers == nullptr) return failure("date, body or headers are wrong");

    cortex::HttpRequest out;
    out.method = method_of(json_text_or_empty(request, "method"));
    out.url = text(request, "url");
    for (const cortex::JsonValue& header : *headers) {
        const cortex::JsonArray& pair = header.get_array();
        out.headers.push_back({std::string(cortex::json_view(pair.at(0).get_string())), std::string(cortex::json_view(pair.at(1).get_string()))});
    }
    if (!body.empty()) out.body = std::make_shared<const std::string>(std::move(body));
    cortex::Credential keys;
    keys.kind = cortex::Credential::Kind::aws_keys;
    keys.access_key_id = text(request, "access_key_id");
    keys.secret = cortex::Secret(text(request, "secret_access_key"));
    keys.session_token = cortex::Secret(text(request, "session_token"));
    cortex::auth::aws::sign(out, keys, {.region = text(request, "region"), .service = text(request, "service")}, *when);

    cortex::JsonWriter answer;
    answer.begin_object();
    for (const cortex::HttpHeader& header : out.headers)
        if (header.name == "authorization" || header.name == "x-amz-date" || header.name == "x-amz-security-token") answer.field(header.name, header.value);
    answer.end_object();
    return std::move(answer).take();
}

std::string assertion(const cortex::JsonObject& request) {
    const auto when = cortex::parse_iso8601(json_text_or_empty(request, "date"));
    if (!when) return failure("date is wrong");
    auto file = cortex::auth::google::parse_credential_file(json_text_or_empty(request, "file"), "the file", "the probe was given it");
    if (!file) return failure(file.error().message);
    auto account = cortex::auth::google::read_service_account(cortex::auth::google::FieldReader(file->object(), "the file", "Write it anew."));
    if (!account) return failure(account.error().message);
    const std::string_view scope = json_text_or_empty(request, "scope");
    const std::string host = text(request, "service_host");
    const auto token = host.empty() ? cortex::auth::google::assertion(*account, scope, *when)
                                    : cortex::auth::google::self_signed_token(*account, scope, host, *when);
    if (!token) return failure(token.error().message);
    cortex::JsonWriter answer;
    answer.begin_object().field("token", *token).end_object();
    return std::move(answer).take();
}

}  // namespace probe
