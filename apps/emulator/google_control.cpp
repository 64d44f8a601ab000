// The control routes of the Google half.

#include "checks.hpp"
#include "form.hpp"
#include "google_services.hpp"

#include <algorithm>

namespace emulator {

namespace {

json::object body_of(const HttpRequest& request) {
    if (request.body.empty()) {
        return {};
    }
    boost::system::error_code error;
    const json::value parsed = json::parse(request.body, error);
    if (error) {
        refuse("google", "not valid JSON: " + error.message());
    }
    return want_object(parsed, "google");
}

void read_flag(const json::object& body, std::string_view name, bool& flag) {
    if (const json::value* value = member(body, name)) {
        flag = want_bool(*value, std::string(name));
    }
}

void revoke(GoogleState& state, std::string_view what) {
    one_of(what, "revoke", {"access_tokens", "refresh_tokens", "all"});
    if (what != "refresh_tokens") {
        state.revoke_access_tokens();
    }
    if (what != "access_tokens") {
        state.revoke_refresh_tokens();
    }
}

json::object shown(const GoogleSwitches& switches) {
    return {{"lifetime_seconds", switches.lifetime_seconds},
            {"clock_offset_seconds", switches.clock_offset_seconds},
            {"rotate_refresh_tokens", switches.rotate_refresh_tokens},
            {"require_quota_project", switches.require_quota_project},
            {"require_reauthentication", switches.require_reauthentication},
            {"expires_in_as_text", switches.expires_in_as_text},
            {"long_lifetimes", switches.long_lifetimes},
            {"metadata", switches.metadata},
            {"error_shape", switches.error_shape},
            {"retry_info_seconds", switches.retry_info_seconds}};
}

json::object set_switches(GoogleState& state, const json::object& body) {
    only_fields(body, "",
                {"lifetime_seconds", "clock_offset_seconds", "rotate_refresh_tokens", "require_quota_project",
                 "require_reauthentication", "expires_in_as_text", "long_lifetimes", "metadata", "error_shape",
                 "retry_info_seconds", "revoke"});
    GoogleSwitches next = state.switches;
    if (const json::value* seconds = member(body, "lifetime_seconds")) {
        next.lifetime_seconds = want_integer(*seconds, "lifetime_seconds");
        if (next.lifetime_seconds < 1) {
            refuse("lifetime_seconds", "Input should be greater than or equal to 1");
        }
    }
    if (const json::value* seconds = member(body, "clock_offset_seconds")) {
        next.clock_offset_seconds = want_integer(*seconds, "clock_offset_seconds");
    }
    read_flag(body, "rotate_refresh_tokens", next.rotate_refresh_tokens);
    read_flag(body, "require_quota_project", next.require_quota_project);
    read_flag(body, "require_reauthentication", next.require_reauthentication);
    read_flag(body, "expires_in_as_text", next.expires_in_as_text);
    read_flag(body, "long_lifetimes", next.long_lifetimes);
    if (const json::value* mode = member(body, "metadata")) {
        next.metadata = want_string(*mode, "metadata");
        one_of(next.metadata, "metadata", {"account", "no_account", "captive_portal", "hang"});
    }
    if (const json::value* shape = member(body, "error_shape")) {
        next.error_shape = want_string(*shape, "error_shape");
        one_of(next.error_shape, "error_shape", {"anthropic", "google", "google_array", "google_wrapped"});
    }
    if (const json::value* seconds = member(body, "retry_info_seconds")) {
        next.retry_info_seconds = want_number(*seconds, "retry_info_seconds");
    }
    state.switches = next;
    if (const json::value* what = member(body, "revoke")) {
        revoke(state, want_string(*what, "revoke"));
    }
    return shown(state.switches);
}

// Where the client reaches this emulator: what it says, else the Host header.
std::string base_of(const HttpRequest& request, const Form& query) {
    if (std::string base = field(query, "base_url"); !base.empty()) {
        return base;
    }
    const std::string* host = find_header(request.headers, "host");
    return "http://" + (host == nullptr ? std::string() : *host);
}

}  // namespace

std::optional<json::value> GoogleServices::control(const HttpRequest& request, std::string_view name) {
    if (name == "google" && request.method == "PUT") {
        return set_switches(state_, body_of(request));
    }
    if (name == "google" && request.method == "GET") {
        return shown(state_.switches);
    }
    const Form query = query_of(request);
    if (name == "google/files" && request.method == "GET") {
        const std::string folder = field(query, "folder");
        return credential_files(state_, base_of(request, query), folder.empty() ? "." : folder);
    }
    if (name == "google/subject_token" && request.method == "POST") {
        const json::object body = body_of(request);
        only_fields(body, "", {"claims", "wrong_key"});
        const json::value* claims = member(body, "claims");
        const RsaKey& key = is_true(body, "wrong_key") ? state_.foreign_key : state_.oidc_key;
        return json::object{{"token", subject_token(state_, base_of(request, query),
                                                    claims == nullptr ? json::object() : want_object(*claims, "claims"),
                                                    key)}};
    }
    return std::nullopt;
}

}  // namespace emulator
