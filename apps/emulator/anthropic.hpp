#pragma once
// The Messages API: its routes, headers and errors.

#include "anthropic_call.hpp"
#include "anthropic_thinking.hpp"
#include "anthropic_usage.hpp"
#include "http.hpp"
#include "issued_answers.hpp"
#include "keys.hpp"
#include "prompt.hpp"
#include "script.hpp"

#include <string>

namespace emulator {

class AnthropicApi {
public:
    AnthropicApi();

    /// A step may give the answer; it is marked used by the caller when `step_used` comes back true.
    [[nodiscard]] Reply answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                               const Step* step, bool& step_used);

    [[nodiscard]] static Reply error(int status, std::string_view type, std::string_view message,
                                     const std::string& request_id, std::string_view code = {});

    /// The usual `error.type` of a status.
    [[nodiscard]] static std::string_view type_of(int status) noexcept;

    void reset() {
        cache_.clear();
        issued_.clear();
    }

private:
    [[nodiscard]] AnthropicCall read_call(const HttpRequest& request, const KeyRing& keys, bool counting) const;
    [[nodiscard]] Reply create(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                               const Step* step, bool& step_used);
    [[nodiscard]] Reply models(const HttpRequest& request, std::string_view id, const std::string& request_id) const;

    ThinkingSigner signer_;
    PromptCache cache_;
    IssuedAnswers issued_;
    std::uint64_t next_id_ = 0;
};

/// The neutral view of a request, for the composer.
[[nodiscard]] Prompt prompt_of(const AnthropicCall& call);

}  // namespace emulator
