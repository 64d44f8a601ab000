#include "aws_state.hpp"

#include "aws_dpop.hpp"
#include "aws_sigv4.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

namespace emulator {

namespace {

// The pair that AWS's signing documentation and test suite publish: it opens nothing.
constexpr std::string_view published_id = "AKIDEXAMPLE";
constexpr std::string_view published_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

AwsKey read_pair(const std::string& text) {
    const std::vector<std::string_view> parts = split(std::string_view(text), ':');
    if (parts.size() < 2 || parts.size() > 3 || parts[0].empty() || parts[1].empty()) {
        refuse("--aws-key", "should be ID:SECRET or ID:SECRET:TOKEN");
    }
    AwsKey key;
    key.id = parts[0];
    key.secret = parts[1];
    key.token = parts.size() == 3 ? std::string(parts[2]) : std::string();
    return key;
}

}  // namespace

std::string random_letters(std::size_t count) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text = random_bytes(count);
    for (char& c : text) {
        c = letters[static_cast<unsigned char>(c) % letters.size()];
    }
    return text;
}

std::string random_uuid() {
    std::string bytes = random_bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    std::string text = hex(bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) {
        text.insert(at, "-");
    }
    return text;
}

AwsState::AwsState(const AwsOptions& options) : options_(options) { reset(); }

void AwsState::reset() {
    clock = {};
    region = options_.region;
    messages_service = "bedrock-mantle";
    lifetime.reset();
    rotate_refresh_tokens = true;
    container_token.reset();
    instance = {};
    sso = {};
    sso.access_tokens["emulator-sso-access-token"] = 0;
    sso.refresh_tokens.insert("emulator-sso-refresh-token");
    login = {};
    login.refresh_tokens.insert("emulator-login-refresh-token");
    external_ids.clear();
    application_profiles = {{"abc123", "anthropic.claude-sonnet-4-5-20250929-v1:0"}};
    keys_.clear();
    revoked_.clear();
    add({std::string(published_id), std::string(published_secret), {}, {}, 0, false});
    for (const std::string& pair : options_.keys) {
        add(read_pair(pair));
    }
}

const AwsKey* AwsState::find(std::string_view id) const {
    const auto found = keys_.find(id);
    return found == keys_.end() ? nullptr : &found->second;
}

void AwsState::add(AwsKey key) {
    if (key.arn.empty()) {
        key.arn = "arn:aws:iam::" + std::string(aws_account) + ":user/emulator";
    }
    const std::string id = key.id;
    keys_[id] = std::move(key);
}

AwsKey AwsState::issue(const std::string& arn, std::int64_t usual_lifetime) {
    AwsKey key;
    key.id = "ASIAEMU" + random_letters(13);
    key.secret = base64(random_bytes(30));
    key.token = "IQoJb3JpZ2luX2Vj" + base64(random_bytes(60));
    key.arn = arn;
    key.expires = now() + lifetime_or(usual_lifetime);
    add(key);
    return key;
}

void AwsState::revoke(const std::string& what) {
    for (auto& [id, key] : keys_) {
        if (what == id || what == key.token || (what == "issued" && key.expires != 0)) {
            key.revoked = true;
        }
    }
    sso.access_tokens.erase(what);
    sso.refresh_tokens.erase(what);
    login.refresh_tokens.erase(what);
    instance.tokens.erase(what);
    revoked_.insert(what);
}

const std::string& AwsState::login_key() {
    if (login_key_.empty()) {
        login_key_ = new_p256_pem();
    }
    return login_key_;
}

AwsCaller authenticate(const AwsState& state, const HttpRequest& request, std::string_view service) {
    const AwsSignature signature = read_signature(request);
    const AwsKey* key = state.find(signature.key_id);
    const std::string* token = find_header(request.headers, "x-amz-security-token");
    const std::string sent = token == nullptr ? std::string() : *token;
    if (key == nullptr || key->revoked || key->token != sent) {
        throw Rejection(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
    }
    if (key->expires != 0 && key->expires <= state.now()) {
        throw Rejection(403, "ExpiredTokenException", "The security token included in the request is expired");
    }
    check_scope(request, signature, state.region, service, state.now());
    check_signature(request, signature, key->secret);
    return {key->arn, signature.region};
}

}  // namespace emulator
