#pragma once
// `encrypted_content` of reasoning items: made when the emulator reasons, checked when an item comes back.

#include "json_util.hpp"

#include <string>
#include <string_view>

namespace emulator {

struct ResponsesCall;

/// A seal vouches for the item's id, the service, the model, the key, what came before the item and what followed it. The
/// secret lives as long as the process, so nothing that another process sealed or a client made up passes.
class ReasoningSealer {
public:
    ReasoningSealer();

    /// `written`: the answer's items so far; `followed_by`: the item that comes next, or null.
    [[nodiscard]] std::string seal(const ResponsesCall& call, const json::array& written, const std::string& id,
                                   const json::object* followed_by) const;

    /// Checks every reasoning item of the input: the seal, and that its item follows. Throws Rejection, or notes in
    /// `call.transformations` what is left out.
    void verify(ResponsesCall& call) const;

private:
    [[nodiscard]] std::string text_for(const json::object& token) const;
    [[nodiscard]] json::object open(std::string_view text, const std::string& id) const;
    void verify_item(ResponsesCall& call, std::size_t index, const std::string& prefix) const;

    std::string secret_;
};

}  // namespace emulator
