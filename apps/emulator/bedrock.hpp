#pragma once
// Claude on Amazon Bedrock: InvokeModel with its binary stream and token count, and the Messages route. What is left after
// Bedrock's own rules goes through the checks of the Messages API.

#include "anthropic.hpp"
#include "aws_state.hpp"

namespace emulator {

class Bedrock {
public:
    Bedrock(AwsState& state, AnthropicApi& anthropic) : state_(state), anthropic_(anthropic) {}

    /// POST /model/... `used`: the step gave the answer. Throws Rejection.
    [[nodiscard]] Reply invoke(const HttpRequest& request, const KeyRing& keys, const Step* step, bool& used);

    /// POST /anthropic/v1/messages and its token count. Throws Rejection.
    [[nodiscard]] Reply messages(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                                 const Step* step, bool& used);

    /// The model that a request names, as it names it; empty when it names none.
    [[nodiscard]] static std::string model_of(const HttpRequest& request);

private:
    [[nodiscard]] AwsCaller authorize(const HttpRequest& request, const KeyRing& keys, std::string_view service) const;
    [[nodiscard]] Reply count(const HttpRequest& request, std::string_view id);

    AwsState& state_;
    AnthropicApi& anthropic_;
};

}  // namespace emulator
