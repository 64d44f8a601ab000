#pragma once
// Thought signatures: made for the parts of an answer, checked when the parts come back.

#include "gemini_call.hpp"

#include <string>

namespace emulator {

/// A signature vouches for the host, the family of the model, and the very part that it stands in. The secret lives as
/// long as the process, so nothing that another process signed or a client made up passes.
class ThoughtSigner {
public:
    explicit ThoughtSigner(std::string secret) : secret_(std::move(secret)) {}

    /// Of a part (text or functionCall) that answers `call`; standard base64.
    [[nodiscard]] std::string sign(const GeminiCall& call, const json::object& part) const;

    /// Every signature of the history must be the one of its part, or a documented placeholder; the first call of each
    /// step of the current turn must have one, from Gemini 3 on. A call has an id only if the model gave it. Throws
    /// Refused.
    void verify(const GeminiCall& call) const;

private:
    [[nodiscard]] std::string seal(const GeminiCall& call, const json::object& part, std::string_view head) const;
    [[nodiscard]] bool fits(const GeminiCall& call, const json::object& part, std::string_view token) const;

    std::string secret_;
};

}  // namespace emulator
