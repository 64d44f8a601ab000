#include "aws_sts.hpp"

#include "aws_reply.hpp"
#include "checks.hpp"
#include "form.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {

namespace {

constexpr std::string_view space = "https://sts.amazonaws.com/doc/2011-06-15/";

[[noreturn]] void invalid(const std::string& message) { throw Rejection(400, "ValidationError", message); }

const std::string& wanted(const Form& form, const std::string& name) {
    const auto found = form.find(name);
    if (found == form.end() || found->second.empty()) {
        throw Rejection(400, "MissingParameter", "The request must contain the parameter " + name + ".");
    }
    return found->second;
}

struct Role {
    std::string arn;
    std::string account;
    std::string name;  ///< without its path
};

Role read_role(const Form& form) {
    Role role;
    role.arn = wanted(form, "RoleArn");
    const std::vector<std::string_view> parts = split(std::string_view(role.arn), ':');
    if (parts.size() != 6 || parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "iam" ||
        parts[4].size() != 12 || !parts[5].starts_with("role/")) {
        invalid(role.arn + " is invalid");
    }
    role.account = parts[4];
    role.name = parts[5].substr(parts[5].rfind('/') + 1);
    return role;
}

std::string read_session_name(const Form& form) {
    const std::string& name = wanted(form, "RoleSessionName");
    const bool fits = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_+=,.@-").find(c) != std::string_view::npos;
    });
    if (!fits || name.size() < 2 || name.size() > 64) {
        invalid("1 validation error detected: Value '" + name +
                "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                "[\\w+=,.@-]*");
    }
    return name;
}

std::int64_t read_duration(const Form& form) {
    const std::string text = field(form, "DurationSeconds");
    if (text.empty()) {
        return 3600;
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < 900 || seconds > 43'200) {
        invalid("1 validation error detected: Value '" + text +
                "' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200");
    }
    return seconds;
}

Reply xml(const std::string& action, const std::string& result, const std::string& request_id) {
    Reply reply;
    reply.headers = {{"content-type", "text/xml"}};
    reply.pieces = {"<" + action + "Response xmlns=\"" + std::string(space) + "\">\n  <" + action + "Result>\n" +
                    result + "  </" + action + "Result>\n  <ResponseMetadata>\n    <RequestId>" + request_id +
                    "</RequestId>\n  </ResponseMetadata>\n</" + action + "Response>\n"};
    return reply;
}

std::string credentials(AwsState& state, const Role& role, const std::string& session, std::int64_t lifetime) {
    const std::string arn = "arn:aws:sts::" + role.account + ":assumed-role/" + role.name + "/" + session;
    const AwsKey key = state.issue(arn, lifetime);
    return "    <AssumedRoleUser>\n      <AssumedRoleId>AROAEMULATOR:" + xml_escaped(session) +
           "</AssumedRoleId>\n      <Arn>" + xml_escaped(arn) +
           "</Arn>\n    </AssumedRoleUser>\n    <Credentials>\n      <AccessKeyId>" + key.id +
           "</AccessKeyId>\n      <SecretAccessKey>" + key.secret + "</SecretAccessKey>\n      <SessionToken>" +
           key.token + "</SessionToken>\n      <Expiration>" + iso_time(key.expires) +
           "</Expiration>\n    </Credentials>\n";
}

void check_allowed(const AwsState& state, const Form& form, const Role& role, const std::string& who,
                   const std::string& action) {
    const auto external = state.external_ids.find(role.arn);
    const bool other = external != state.external_ids.end() && field(form, "ExternalId") != external->second;
    if (other || role.name.find("denied") != std::string::npos) {
        throw Rejection(403, "AccessDenied",
                        (who.empty() ? "Not" : "User: " + who + " is not") + " authorized to perform: sts:" + action +
                            (who.empty() ? "" : " on resource: " + role.arn));
    }
}

Reply assume_role(AwsState& state, const HttpRequest& request, const Form& form, const std::string& request_id) {
    const AwsCaller caller = authenticate(state, request, "sts");
    const Role role = read_role(form);
    const std::string session = read_session_name(form);
    const std::int64_t duration = read_duration(form);
    check_allowed(state, form, role, caller.arn, "AssumeRole");
    if (form.contains("SerialNumber") != form.contains("TokenCode")) {
        throw Rejection(
            403, "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
    }
    return xml("AssumeRole", credentials(state, role, session, duration), request_id);
}

// Kubernetes writes a list of audiences, GitHub one text.
bool is_for_sts(const json::object& claims) {
    const json::value* audience = member(claims, "aud");
    if (audience != nullptr && audience->is_array()) {
        const json::array& list = audience->get_array();
        return std::find(list.begin(), list.end(), json::value("sts.amazonaws.com")) != list.end();
    }
    return text_of(claims, "aud") == "sts.amazonaws.com";
}

Reply assume_role_with_web_identity(AwsState& state, const Form& form, const std::string& request_id) {
    const Role role = read_role(form);
    const std::string session = read_session_name(form);
    const std::int64_t duration = read_duration(form);
    const std::optional<Jwt> token = read_jwt(wanted(form, "WebIdentityToken"));
    if (!token) {
        throw Rejection(
            400, "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
    }
    if (text_of(token->claims, "iss") != AwsState::identity_issuer()) {
        throw Rejection(400, "InvalidIdentityToken",
                        "No OpenIDConnect provider found in your account for " + text_of(token->claims, "iss"));
    }
    if (text_of(token->header, "alg") != "RS256" ||
        !state.identity_key().verifies(token->signed_text, token->signature)) {
        throw Rejection(400, "InvalidIdentityToken",
                        "Couldn't retrieve verification key from your identity provider, "
                        "please reference AssumeRoleWithWebIdentity documentation for "
                        "requirements");
    }
    if (!is_for_sts(token->claims)) {
        throw Rejection(400, "InvalidIdentityToken", "Incorrect token audience");
    }
    if (integer_of(token->claims, "exp").value_or(0) <= state.now()) {
        throw Rejection(400, "=ExpiredTokenException",
                        "Token expired: current date/time must be before the expiration date/time");
    }
    check_allowed(state, form, role, {}, "AssumeRoleWithWebIdentity");
    return xml("AssumeRoleWithWebIdentity",
               credentials(state, role, session, duration) + "    <SubjectFromWebIdentityToken>" +
                   xml_escaped(text_of(token->claims, "sub")) +
                   "</SubjectFromWebIdentityToken>\n    <Audience>sts.amazonaws.com</Audience>\n    <Provider>" +
                   xml_escaped(AwsState::identity_issuer()) + "</Provider>\n",
               request_id);
}

Reply caller_identity(const AwsState& state, const HttpRequest& request, const std::string& request_id) {
    const AwsCaller caller = authenticate(state, request, "sts");
    const std::vector<std::string_view> parts = split(std::string_view(caller.arn), ':');
    return xml("GetCallerIdentity",
               "    <Arn>" + xml_escaped(caller.arn) + "</Arn>\n    <UserId>AIDAEMULATOR</UserId>\n    <Account>" +
                   std::string(parts.size() > 4 ? parts[4] : aws_account) + "</Account>\n",
               request_id);
}

}  // namespace

Reply answer_sts(AwsState& state, const HttpRequest& request, const std::string& request_id) {
    const Form form = read_form(request.body).value_or(Form());
    const std::string action = field(form, "Action");
    if (field(form, "Version") == "2011-06-15") {
        if (action == "AssumeRole") {
            return assume_role(state, request, form, request_id);
        }
        if (action == "AssumeRoleWithWebIdentity") {
            return assume_role_with_web_identity(state, form, request_id);
        }
        if (action == "GetCallerIdentity") {
            return caller_identity(state, request, request_id);
        }
    }
    throw Rejection(400, "InvalidAction",
                    "Could not find operation " + action + " for version " + field(form, "Version"));
}

}  // namespace emulator
