#include "auth/aws/sts.hpp"

#include "auth/aws/key_document.hpp"
#include "auth/aws/service_call.hpp"
#include "auth/aws/settings.hpp"
#include "auth/aws/sigv4.hpp"
#include "core/date_time.hpp"
#include "core/mask.hpp"
#include "core/percent.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view version = "2011-06-15";

/// The body of a query call, field by field.
class Form {
public:
    explicit Form(std::string_view action) : text_(fmt::format("Action={}&Version={}", action, version)) {}
    void add(std::string_view name, std::string_view value) {
        if (!value.empty()) text_ += fmt::format("&{}={}", name, percent_encode(value));
    }
    Body take() { return std::make_shared<const std::string>(std::move(text_)); }

private:
    std::string text_;
};

std::string session_name(const Asking& asking, const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    const auto since = asking.now().time_since_epoch();
    return fmt::format("cortex-{}", std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

Result<Endpoint> endpoint(const Asking& asking, std::string_view region) {
    EndpointQuery query{.service = "sts", .region = std::string(region.empty() ? std::string_view(asking.options.region) : region)};
    if (query.region.empty()) {
        Result<Found> found = choose_region(asking.world, {}, asking.options.profile);
        if (!found) return std::move(found).error();
        query.region = std::move(found->value);
    }
    query.global_sts = legacy_sts(asking.world, asking.options.profile);
    return service_endpoint(asking, std::move(query), "STS");
}

HttpRequest post(const std::string& url, Body body) {
    HttpRequest request;
    request.url = url + "/";
    request.headers.push_back({"content-type", "application/x-www-form-urlencoded"});
    request.headers.push_back({"accept", "text/xml"});
    request.body = std::move(body);
    return request;
}

/// The one code that STS itself calls passing (botocore 1.44.8, sts service model: IDPCommunicationError is retryable).
Verdict judge(const HttpAnswer& answer) {
    if (answer.head.status == 200) return Verdict::done;
    const ServiceError said = read_xml_error(answer.head, answer.body);
    return said.code.starts_with("IDPCommunicationError") ? Verdict::again : judge_status(answer.head.status, said.code);
}

/// The field of that number of "arn:aws:sts::123456789012:assumed-role/x/y"; "" where there are fewer.
std::string arn_field(std::string_view arn, int number) {
    for (; number > 0; --number) {
        const std::size_t colon = arn.find(':');
        if (colon == std::string_view::npos) return {};
        arn.remove_prefix(colon + 1);
    }
    return std::string(arn.substr(0, arn.find(':')));
}

/// The keys of an answer whose elements stand below `action`Response > `action`Result.
Result<Credential> read_answer(HttpAnswer& answer, std::string_view action, std::string source) {
    const auto wrong = [&](std::string_view why) {
        return ErrorInfo{.code = ErrorCode::protocol, .message = fmt::format("AWS STS answered {} wrongly: {}. Check that its address is right.", action, why)};
    };
    Result<XmlDocument> document = XmlDocument::parse(answer.body);
    wipe(answer.body);
    if (!document) return wrong("it is no XML");
    const std::string result = fmt::format("{0}Response/{0}Result/", action);
    const auto text = [&](std::string_view name) {
        const auto found = document->text(fmt::format("{}{}", result, name));
        return found ? std::string(trim(*found)) : std::string();
    };
    RawKeys keys{.access_key_id = text("Credentials/AccessKeyId"),
                 .secret_access_key = text("Credentials/SecretAccessKey"),
                 .session_token = text("Credentials/SessionToken")};
    if (keys.access_key_id.empty() || keys.secret_access_key.empty() || keys.session_token.empty()) return wrong("it holds no credentials");
    keys.expires_at = parse_iso8601(text("Credentials/Expiration"));
    if (!keys.expires_at) return wrong("Expiration is not a time");
    const std::string arn = text("AssumedRoleUser/Arn");
    keys.account_id = arn_field(arn, 4);
    return to_credential(std::move(keys), std::move(source));
}

}  // namespace

Result<Credential> assume_role(Asking& asking, const RoleHop& hop, std::string_view region, const Credential& base, std::string source) {
    Result<Endpoint> where = endpoint(asking, region);
    if (!where) return std::move(where).error();
    Form form("AssumeRole");
    form.add("RoleArn", hop.role_arn);
    form.add("RoleSessionName", session_name(asking, hop.session_name));
    form.add("ExternalId", hop.external_id);
    if (hop.duration_seconds > 0) form.add("DurationSeconds", std::to_string(hop.duration_seconds));
    const Body body = form.take();
    const SigningScope scope{.region = where->signing_region, .service = "sts"};
    const auto request = [&] {
        HttpRequest out = post(where->url, body);
        sign(out, base, scope, asking.now());
        return out;
    };

    Result<HttpAnswer> answer = ask_service(asking.world, request, judge);
    if (answer && answer->head.status != 200 && clock_doubt(read_xml_error(answer->head, answer->body).code) != ClockDoubt::none) {
        // Asked once more, and only where the server's own date says that the clocks differ.
        const auto date = answer->head.header("date");
        const auto server = date ? parse_http_date(*date) : std::nullopt;
        if (server && asking.options.clock->learn(*server, asking.world.clock->wall())) answer = ask_service(asking.world, request, judge);
    }
    const std::string what = fmt::format("AWS STS refused to give profile {} the role {}", hop.profile, hop.role_arn);
    if (!answer) return unreachable(std::move(answer).error(), fmt::format("AWS STS cannot be asked for the role {} of profile {}", hop.role_arn, hop.profile));
    if (answer->head.status != 200) {
        ServiceError said = read_xml_error(answer->head, answer->body);
        said.message = mask_secret(mask_secret(said.message, SecretAccess::text(base.secret)), SecretAccess::text(base.session_token));
        return service_failure(said, answer->head.status, what, fmt::format("Check the role's trust policy, and the keys that are used for it ({}).", base.source));
    }
    return read_answer(*answer, "AssumeRole", std::move(source));
}

Result<Credential> assume_role_with_web_identity(Asking& asking, const WebIdentity& identity, std::string source) {
    Result<std::optional<std::string>> file = asking.world.files->read(identity.token_file);
    if (!file) {
        ErrorInfo error = std::move(file).error();
        error.code = ErrorCode::auth;
        return error;
    }
    if (!*file)
        return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("There is no file {}, which {} names. Correct the name.", identity.token_file, identity.named_by)};
    Secret token{std::string(trim(**file))};
    wipe(**file);
    if (token.absent())
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("The file {}, which {} names, is empty. It must hold a token.", identity.token_file, identity.named_by)};
    Result<Endpoint> where = endpoint(asking, identity.region);
    if (!where) return std::move(where).error();
    Form form("AssumeRoleWithWebIdentity");
    form.add("RoleArn", identity.role_arn);
    form.add("RoleSessionName", session_name(asking, identity.session_name));
    form.add("WebIdentityToken", SecretAccess::text(token));
    const Body body = form.take();

    // Not signed: the token speaks for itself.
    Result<HttpAnswer> answer = ask_service(asking.world, [&] { return post(where->url, body); }, judge);
    if (!answer) return unreachable(std::move(answer).error(), fmt::format("AWS STS cannot be asked for the role {}", identity.role_arn));
    if (answer->head.status != 200) {
        ServiceError said = read_xml_error(answer->head, answer->body);
        said.message = mask_secret(said.message, SecretAccess::text(token));
        const std::string what = fmt::format("AWS STS refused the token of {} for the role {}", identity.token_file, identity.role_arn);
        const bool expired = said.code.starts_with("ExpiredToken");
        return service_failure(said, answer->head.status, what,
                               expired ? "The token has expired: whatever writes that file must write a new one."
                                       : "Check the role's trust policy, and who issued the token.");
    }
    return read_answer(*answer, "AssumeRoleWithWebIdentity", std::move(source));
}

}  // namespace cortex::auth::aws
