#pragma once
// Signatures of thinking blocks: made when the emulator thinks, checked when the block comes back.

#include "anthropic_call.hpp"

#include <string>
#include <string_view>

namespace emulator {

/// A signature vouches for the model, the account, the text, and digests of the conversation before the block. The secret lives as
/// long as the process, so nothing that another process signed or a client made up passes.
class ThinkingSigner {
public:
    explicit ThinkingSigner(std::string secret);

    /// The signature of a block that answers `call`. `hidden`: the text is not shown, so it is not vouched for either.
    [[nodiscard]] std::string sign(const AnthropicCall& call, std::string_view text, bool hidden) const;

    /// Checks every thinking block of the history; throws Rejection, or notes in `call.transformations` what is dropped.
    void verify(AnthropicCall& call) const;

private:
    struct Token;
    struct Prefix;
    [[nodiscard]] std::string seal(const Token& token, std::string_view text) const;
    void verify_block(AnthropicCall& call, const json::object& block, const Prefix& prefix,
                      const std::string& path) const;

    std::string secret_;
};

}  // namespace emulator
