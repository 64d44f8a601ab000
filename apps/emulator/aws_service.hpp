#pragma once
// The AWS half of the emulator: Bedrock, and every service that gives out keys for it.

#include "aws_reply.hpp"
#include "aws_state.hpp"
#include "bedrock.hpp"
#include "recorder.hpp"

namespace emulator {

class AwsService {
public:
    AwsService(const AwsOptions& options, AnthropicApi& anthropic) : state_(options), bedrock_(state_, anthropic) {}

    [[nodiscard]] static bool serves(const HttpRequest& request);

    [[nodiscard]] Reply answer(const HttpRequest& request, const KeyRing& keys, Script& script, Record& record);

    /// Hides what is secret in the body of a kept request.
    static void mask(HttpRequest& request);

    /// `name`: "aws", "aws/identity-token", "aws/jwks". Throws Rejection. Nothing: no such route.
    [[nodiscard]] std::optional<json::value> control(const HttpRequest& request, std::string_view name);

    void reset() { state_.reset(); }

private:
    [[nodiscard]] static AwsRoute route_of(const HttpRequest& request);
    [[nodiscard]] Reply dispatch(AwsRoute route, const HttpRequest& request, const KeyRing& keys,
                                 const std::string& request_id, const Step* step, bool& used);

    AwsState state_;
    Bedrock bedrock_;
};

/// The control routes, apart from the services that they steer.
void change_aws_state(AwsState& state, const json::object& changes);
[[nodiscard]] json::object describe_aws_state(AwsState& state);
[[nodiscard]] std::string make_identity_token(AwsState& state, const json::object& wishes);

}  // namespace emulator
