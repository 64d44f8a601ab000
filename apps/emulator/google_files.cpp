// Credential files of every kind that point at this emulator.

#include "google_services.hpp"

namespace emulator {

namespace {

json::object service_account(const RsaKey& key, const std::string& base) {
    return {{"type", "service_account"},
            {"project_id", GoogleState::project},
            {"private_key_id", GoogleState::key_id},
            {"private_key", key.private_pem()},
            {"client_email", GoogleState::service_account},
            {"client_id", "100000000000000000001"},
            {"auth_uri", base + "/auth"},
            {"token_uri", base + "/token"},
            {"universe_domain", "googleapis.com"}};
}

json::object authorized_user(GoogleState& state, const std::string& base) {
    return {{"type", "authorized_user"},
            {"client_id", GoogleState::client_id},
            {"client_secret", state.client_secret},
            {"refresh_token", state.user_refresh_token()},
            {"token_uri", base + "/token"},
            {"universe_domain", "googleapis.com"}};
}

json::object external_account(const std::string& base, std::string_view audience, std::string_view token_type,
                              json::object source) {
    return {{"type", "external_account"},
            {"audience", audience},
            {"subject_token_type", token_type},
            {"token_url", base + "/v1/token"},
            {"credential_source", std::move(source)},
            {"universe_domain", "googleapis.com"}};
}

std::string impersonation_url(const std::string& base, std::string_view account) {
    return base + "/v1/projects/-/serviceAccounts/" + std::string(account) + ":generateAccessToken";
}

json::object impersonated(const std::string& base, json::object source) {
    return {{"type", "impersonated_service_account"},
            {"service_account_impersonation_url", impersonation_url(base, GoogleState::target_account)},
            {"delegates", json::array{}},
            {"source_credentials", std::move(source)}};
}

json::object json_format(std::string_view name) { return {{"type", "json"}, {"subject_token_field_name", name}}; }

}  // namespace

std::string subject_token(const GoogleState& state, std::string_view base, const json::object& changes,
                          const RsaKey& key) {
    constexpr std::int64_t life = 600;
    json::object claims{{"iss", std::string(base) + "/oidc"},
                        {"sub", GoogleState::oidc_subject},
                        {"aud", "https:" + workload_audience("oidc")},
                        {"iat", state.now()},
                        {"exp", state.now() + life}};
    for (const auto& item : changes) {
        claims[item.key()] = item.value();
    }
    return make_jwt(claims, key, GoogleState::key_id);
}

json::object credential_files(GoogleState& state, const std::string& base, const std::string& folder) {
    constexpr std::string_view jwt = "urn:ietf:params:oauth:token-type:jwt";
    constexpr std::string_view id_token = "urn:ietf:params:oauth:token-type:id_token";
    constexpr std::int64_t executable_life = 600;
    const std::string oidc = workload_audience("oidc");
    const std::string token = subject_token(state, base, {}, state.oidc_key);
    json::object files;
    files["subject_token.txt"] = token;
    files["subject_token.json"] = json::object{{"id_token", token}};
    files["executable_output.json"] = json::object{{"version", 1},
                                                   {"success", true},
                                                   {"token_type", id_token},
                                                   {"id_token", token},
                                                   {"expiration_time", state.now() + executable_life}};
    files["service_account.json"] = service_account(state.service_key, base);
    files["service_account_wrong_key.json"] = service_account(state.foreign_key, base);
    files["authorized_user.json"] = authorized_user(state, base);
    files["external_account_file.json"] =
        external_account(base, oidc, jwt, {{"file", folder + "/subject_token.txt"}});
    files["external_account_json_file.json"] =
        external_account(base, oidc, jwt,
                         {{"file", folder + "/subject_token.json"}, {"format", json_format("id_token")}});
    files["external_account_url.json"] =
        external_account(base, oidc, jwt,
                         {{"url", base + "/oidc/token"},
                          {"headers", json::object{{"Authorization", "Bearer " + state.url_bearer}}},
                          {"format", json_format("value")}});
    files["external_account_executable.json"] =
        external_account(base, oidc, id_token,
                         {{"executable", json::object{{"command", "/bin/cat " + folder + "/executable_output.json"},
                                                      {"timeout_millis", 5000}}}});
    files["external_account_aws.json"] = external_account(
        base, workload_audience("aws"), "urn:ietf:params:aws:token-type:aws4_request",
        {{"environment_id", "aws1"},
         {"region_url", base + "/latest/meta-data/placement/availability-zone"},
         {"url", base + "/latest/meta-data/iam/security-credentials"},
         {"regional_cred_verification_url",
          "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"},
         {"imdsv2_session_token_url", base + "/latest/api/token"}});
    json::object through = external_account(base, oidc, jwt, {{"file", folder + "/subject_token.txt"}});
    through["service_account_impersonation_url"] = impersonation_url(base, GoogleState::target_account);
    through["service_account_impersonation"] = json::object{{"token_lifetime_seconds", 1200}};
    files["external_account_impersonating.json"] = std::move(through);
    json::object workforce =
        external_account(base, workforce_audience(), id_token, {{"file", folder + "/subject_token.txt"}});
    workforce["workforce_pool_user_project"] = GoogleState::project;
    files["external_account_workforce.json"] = std::move(workforce);
    files["external_account_authorized_user.json"] = json::object{{"type", "external_account_authorized_user"},
                                                                  {"audience", workforce_audience()},
                                                                  {"client_id", GoogleState::client_id},
                                                                  {"client_secret", state.client_secret},
                                                                  {"refresh_token", state.workforce_refresh_token()},
                                                                  {"token_url", base + "/v1/oauthtoken"},
                                                                  {"token_info_url", base + "/v1/introspect"},
                                                                  {"quota_project_id", GoogleState::project},
                                                                  {"universe_domain", "googleapis.com"}};
    files["impersonated_service_account.json"] = impersonated(base, service_account(state.service_key, base));
    files["impersonated_user.json"] = impersonated(base, authorized_user(state, base));
    return files;
}

}  // namespace emulator
