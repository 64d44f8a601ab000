#include "aws_service.hpp"
#include "checks.hpp"

namespace emulator {

namespace {

void change_keys(AwsState& state, const json::value& value) {
    std::size_t index = 0;
    for (const json::value& item : want_array(value, "keys")) {
        const std::string path = join("keys", index++);
        const json::object& object = want_object(item, path);
        only_fields(object, path, {"id", "secret", "token", "arn", "expires_in_seconds"});
        AwsKey key;
        key.id = want_string(require(object, "id", path), join(path, "id"));
        key.secret = want_string(require(object, "secret", path), join(path, "secret"));
        key.token = text_of(object, "token");
        key.arn = text_of(object, "arn");
        if (const auto seconds = integer_of(object, "expires_in_seconds")) {
            key.expires = state.now() + *seconds;
        }
        state.add(std::move(key));
    }
}

void change_instance(AwsInstance& instance, const json::value& value) {
    const json::object& object = want_object(value, "instance");
    only_fields(object, "instance", {"role", "code", "disabled", "stale"});
    if (object.contains("role")) {
        instance.role = text_of(object, "role");  // null: none
    }
    if (object.contains("code")) {
        instance.code = text_of(object, "code");
    }
    if (const json::value* disabled = member(object, "disabled")) {
        instance.disabled = want_bool(*disabled, "instance.disabled");
    }
    if (const json::value* stale = member(object, "stale")) {
        instance.stale = want_bool(*stale, "instance.stale");
    }
}

void change_texts(std::map<std::string, std::string, std::less<>>& texts, const json::value& value,
                  const std::string& path) {
    texts.clear();
    for (const auto& item : want_object(value, path)) {
        texts[item.key()] = want_string(item.value(), join(path, item.key()));
    }
}

void change_tokens(AwsState& state, const json::value& value) {
    for (const auto& item : want_object(value, "sso_tokens")) {
        state.sso.access_tokens[item.key()] = state.now() + want_integer(item.value(), join("sso_tokens", item.key()));
    }
}

}  // namespace

void change_aws_state(AwsState& state, const json::object& changes) {
    only_fields(
        changes, "aws",
        {"clock_offset_seconds", "lifetime_seconds", "region", "messages_service", "keys", "revoke", "container_token",
         "instance", "sso_tokens", "rotate_refresh_tokens", "external_ids", "application_profiles"});
    if (const json::value* offset = member(changes, "clock_offset_seconds")) {
        state.clock.move(want_integer(*offset, "clock_offset_seconds"));
    }
    if (const json::value* lifetime = member(changes, "lifetime_seconds")) {
        state.lifetime.reset();
        if (!lifetime->is_null()) {
            state.lifetime = want_integer(*lifetime, "lifetime_seconds");
        }
    }
    if (changes.contains("region")) {
        state.region = text_of(changes, "region");  // null: any
    }
    if (const json::value* service = member(changes, "messages_service")) {
        one_of(want_string(*service, "messages_service"), "messages_service", {"bedrock-mantle", "bedrock"});
        state.messages_service = service->get_string();
    }
    if (const json::value* keys = member(changes, "keys")) {
        change_keys(state, *keys);
    }
    if (const json::value* what = member(changes, "revoke")) {
        state.revoke(std::string(want_string(*what, "revoke")));
    }
    if (const json::value* token = member(changes, "container_token")) {
        state.container_token.reset();
        if (!token->is_null()) {
            state.container_token = want_string(*token, "container_token");
        }
    }
    if (const json::value* instance = member(changes, "instance")) {
        change_instance(state.instance, *instance);
    }
    if (const json::value* tokens = member(changes, "sso_tokens")) {
        change_tokens(state, *tokens);
    }
    if (const json::value* rotate = member(changes, "rotate_refresh_tokens")) {
        state.rotate_refresh_tokens = want_bool(*rotate, "rotate_refresh_tokens");
    }
    if (const json::value* ids = member(changes, "external_ids")) {
        change_texts(state.external_ids, *ids, "external_ids");
    }
    if (const json::value* profiles = member(changes, "application_profiles")) {
        change_texts(state.application_profiles, *profiles, "application_profiles");
    }
}

json::object describe_aws_state(AwsState& state) {
    return {
        {"time", iso_time(state.now())},
        {"clock_offset_seconds", state.clock.offset()},
        {"region", state.region},
        {"messages_service", state.messages_service},
        {"account_id", aws_account},
        {"access_key", json::object{{"id", "AKIDEXAMPLE"}, {"secret", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}}},
        {"sso", json::object{{"access_token", "emulator-sso-access-token"},
                             {"refresh_token", "emulator-sso-refresh-token"},
                             {"client_id", state.sso.client_id},
                             {"client_secret", state.sso.client_secret}}},
        {"login", json::object{{"session", "arn:aws:sts::" + std::string(aws_account) + ":assumed-role/Admin/emulator"},
                               {"client_id", "arn:aws:signin:::devtools/same-device"},
                               {"refresh_token", "emulator-login-refresh-token"},
                               {"dpop_key", state.login_key()}}},
        {"identity", json::object{{"issuer", AwsState::identity_issuer()}, {"audience", "sts.amazonaws.com"}}},
        {"instance_role", state.instance.role}};
}

std::string make_identity_token(AwsState& state, const json::object& wishes) {
    only_fields(wishes, "identity-token", {"iss", "aud", "sub", "expires_in_seconds", "stranger"});
    json::object claims{{"iss", AwsState::identity_issuer()},
                        {"aud", "sts.amazonaws.com"},
                        {"sub", "system:serviceaccount:default:emulator"},
                        {"iat", state.now()},
                        {"exp", state.now() + integer_of(wishes, "expires_in_seconds").value_or(3600)}};
    for (const std::string_view name : {"iss", "aud", "sub"}) {
        if (const json::value* wish = member(wishes, name)) {
            claims[name] = *wish;
        }
    }
    return make_jwt(claims, is_true(wishes, "stranger") ? state.stranger_key() : state.identity_key(), "emulator");
}

}  // namespace emulator
