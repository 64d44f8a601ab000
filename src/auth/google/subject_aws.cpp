#include "auth/google/subject_aws.hpp"

#include "auth/aws/chain.hpp"
#include "auth/aws/endpoints.hpp"
#include "auth/aws/settings.hpp"
#include "auth/aws/sigv4.hpp"
#include "auth/google/exchange.hpp"
#include "auth/google/http_rules.hpp"
#include "core/percent.hpp"
#include "core/date_time.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace cortex::auth::google {
namespace {

constexpr std::string_view empty_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view default_verification_url = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";

struct AwsSource {
    std::string region_url = {};
    std::string session_token_url = {};
    std::string verification_url = {};
};

Result<AwsSource> read_aws_source(FieldReader& source) {
    AwsSource out;
    const std::string environment = source.need("environment_id");
    if (!environment.empty() && environment != "aws1")
        source.wrong("environment_id", environment.starts_with("aws") ? "asks for another version than aws1" : "is not \"aws1\"");
    const auto url_of = [&source](std::string_view name) {
        std::string url = source.text(name);
        if (!url.empty())
            if (const auto why = unfit_url(url); !why.empty()) source.wrong(name, why);
        return url;
    };
    out.region_url = url_of("region_url");
    out.session_token_url = url_of("imdsv2_session_token_url");
    url_of("url");   // the keys' address: AWS's chain finds it itself
    out.verification_url = source.text("regional_cred_verification_url");
    if (out.verification_url.empty()) out.verification_url = default_verification_url;
    if (!out.verification_url.starts_with("https://")) source.wrong("regional_cred_verification_url", "does not begin with https://");
    if (source.failed()) return source.error();
    return out;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

/// The region of this EC2 machine: what `region_url` gives is a zone, "us-east-2b".
Result<std::string> region_of_machine(Flow& flow, const AwsSource& aws, const std::string& file) {
    const Attempts quick{.count = 2, .first_pause = std::chrono::milliseconds(500), .each = std::chrono::milliseconds(2'000), .again = {}};
    const std::string who = fmt::format("The instance's region ({}, in the field credential_source.region_url of {})", host_of(aws.region_url), file);
    HttpRequest request;
    request.method = HttpMethod::get;
    request.url = aws.region_url;
    request.use_proxy = !is_local(aws.region_url);
    if (!aws.session_token_url.empty()) {
        HttpRequest first;
        first.method = HttpMethod::put;
        first.url = aws.session_token_url;
        first.use_proxy = !is_local(aws.session_token_url);
        first.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "300"}};
        Result<Answered> token = exchange(flow.world, first, who, quick);
        if (!token) return std::move(token).error();
        if (token->answer.head.status == 200 && fits_header(token->answer.body))
            request.headers.push_back({"x-aws-ec2-metadata-token", std::move(token->answer.body)});
    }
    Result<Answered> answered = exchange(flow.world, request, who, quick);
    if (!answered) return std::move(answered).error();
    std::string zone(trim(answered->answer.body));
    if (!zone.empty()) zone.pop_back();
    if (answered->answer.head.status != 200 || !aws::is_region_name(zone))
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("{} was not told (HTTP {}). Set AWS_REGION.", who, answered->answer.head.status),
                         .retryable = false,
                         .provider = {},
                         .model = {},
                         .http_status = answered->answer.head.status};
    return zone;
}

Result<std::string> region_for(Flow& flow, const AwsSource& source, const std::string& file) {
    Result<aws::Found> known = aws::choose_region(flow.world, {}, {});
    if (!known) return std::move(known).error();
    if (known->source != "default") return known->value;
    if (!source.region_url.empty()) return region_of_machine(flow, source, file);
    return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("The AWS region for {} is not known. Set AWS_REGION.", file)};
}

}  // namespace

Result<void> check_aws_source(FieldReader source) {
    Result<AwsSource> read = read_aws_source(source);
    if (!read) return std::move(read).error();
    return {};
}

std::string aws_subject_token(const Credential& keys, std::string_view region, std::string_view url, std::string_view audience, WallTime now) {
    const auto parts = net::parse_url(url);
    const std::string host = parts ? std::string(parts->host) : std::string();
    const std::size_t after_host = url.find(host) + host.size();
    const std::size_t mark = url.find('?', after_host);
    std::string_view path = url.substr(after_host, mark == std::string_view::npos ? std::string_view::npos : mark - after_host);
    if (path.empty()) path = "/";
    const std::string_view query = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);

    const std::string date = format_basic(now);
    std::vector<HttpHeader> headers{{"host", host}, {"x-amz-date", date}};
    if (!keys.session_token.absent()) headers.push_back({"x-amz-security-token", std::string(SecretAccess::text(keys.session_token))});
    // The first label of the host, which FIPS endpoints extend (google-auth 2.63.0 aws.py).
    std::string service = host.substr(0, host.find('.'));
    if (service.ends_with("-fips")) service.resize(service.size() - 5);
    const aws::SigningScope scope{.region = std::string(region), .service = std::move(service)};
    const aws::SigningTexts texts = aws::signing_texts("POST", path, query, headers, empty_sha256, keys.access_key_id,
                                                       SecretAccess::text(keys.secret), scope, date);
    // The target is added after signing, as google-auth for Python and Node does; Google takes it either way.
    headers.insert(headers.begin(), {"Authorization", texts.authorization});
    headers.push_back({"x-goog-cloud-target-resource", std::string(audience)});

    JsonWriter json;
    json.begin_object().key("headers").begin_array();
    for (const HttpHeader& header : headers) json.begin_object().field("key", header.name).field("value", header.value).end_object();
    json.end_array().field("method", "POST").field("url", url).end_object();
    return percent_encode(json.text(), "/");
}

Result<Secret> subject_from_aws(Flow& flow, FieldReader source, const SubjectContext& context) {
    Result<AwsSource> read = read_aws_source(source);
    if (!read) return std::move(read).error();
    Result<std::string> region = region_for(flow, *read, source.file());
    if (!region) return std::move(region).error();

    aws::ChainOptions options;
    options.provider = flow.options.provider;
    options.method = aws::AuthMethod::sigv4;
    options.region = *region;
    aws::Chain chain(std::move(options));
    Result<std::optional<Credential>> keys = chain.fetch(flow.world);
    if (!keys || !*keys) {
        ErrorInfo error = keys ? chain.missing() : std::move(keys).error();
        error.message = fmt::format("{} wants AWS credentials for its subject token. {}", source.file(), error.message);
        return error;
    }
    std::string url = read->verification_url;
    replace_all(url, "{region}", *region);
    return Secret(aws_subject_token(**keys, *region, url, context.audience, flow.world.clock->wall()));
}

}  // namespace cortex::auth::google
