#pragma once

#include "auth/aws/chain.hpp"
#include "core/secret_access.hpp"
#include "support/fake_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cortex::test {

/// A machine with a home and nothing in it, where nobody answers.
inline FakeWorld bare_machine() {
    FakeWorld machine;
    machine.environment["HOME"] = "/home/u";
    machine.clock.wall_now = WallTime(std::chrono::seconds(1'700'000'000));   // 2023-11-14T22:13:20Z
    return machine;
}

inline auth::aws::ChainOptions chain_options() { return {.provider = "bedrock", .region = "us-east-1"}; }

using Fetched = Result<std::optional<Credential>>;

inline Fetched fetch(FakeWorld& machine, auth::aws::ChainOptions options = chain_options()) {
    auth::aws::Chain chain(std::move(options));
    World world = machine.world();
    return chain.fetch(world);
}

/// The failure's sentence; "" where there is none.
inline std::string failure(FakeWorld& machine, auth::aws::ChainOptions options = chain_options()) {
    const Fetched fetched = fetch(machine, std::move(options));
    return fetched ? std::string() : fetched.error().message;
}

inline std::string secret_of(const Credential& credential) { return std::string(SecretAccess::text(credential.secret)); }
inline std::string token_of(const Credential& credential) { return std::string(SecretAccess::text(credential.session_token)); }

inline std::string header_of(const HttpRequest& request, std::string_view name) {
    for (const HttpHeader& header : request.headers)
        if (header.name == name) return header.value;
    return {};
}

inline HttpAnswer text_answer(int status, std::string body) { return {.head = {.status = status, .headers = {}, .received_at = {}}, .body = std::move(body)}; }

/// What STS answers to AssumeRole (or another action of its kind).
inline HttpAnswer sts_answer(std::string_view action, std::string_view key, std::string_view expiration = "2023-11-14T23:13:20Z") {
    const std::string name(action);
    return text_answer(200, "<" + name + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + name +
                                "Result><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>" +
                                std::string(key) + "</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>" +
                                std::string(expiration) + "</Expiration></Credentials></" + name + "Result></" + name + "Response>");
}
inline HttpAnswer sts_refusal(int status, std::string_view code, std::string_view message = "no") {
    return text_answer(status, "<ErrorResponse><Error><Type>Sender</Type><Code>" + std::string(code) + "</Code><Message>" + std::string(message) +
                                   "</Message></Error><RequestId>request-1</RequestId></ErrorResponse>");
}

}  // namespace cortex::test
