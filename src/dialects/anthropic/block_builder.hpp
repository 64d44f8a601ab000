#pragma once

#include "core/content.hpp"
#include "core/json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::dialects::anthropic {

/// Puts one content block together: from the object that opened it and the deltas that followed, or from a finished
/// object alone. What it does not know stays in the raw object, byte for byte.
class BlockBuilder {
public:
    /// `raw` is the text of `object`, a content block.
    BlockBuilder(std::string_view raw, const JsonObject& object);

    enum class Kind { text, thinking, redacted_thinking, tool_use, other };
    Kind kind() const noexcept { return kind_; }
    /// Of a text or thinking block: what it holds so far.
    const std::string& text() const noexcept { return text_; }

    void add_text(std::string_view piece) {
        text_.append(piece);
        touched_ = true;
    }
    void add_input(std::string_view piece) {
        input_.append(piece);
        touched_ = touched_ || !piece.empty();
    }
    /// The whole signature: it replaces what was there.
    void set_signature(std::string_view signature) {
        signature_ = signature;
        touched_ = true;
    }
    void add_citation(std::string_view raw) {
        citations_.emplace_back(raw);
        touched_ = true;
    }
    /// Sets a member of a block of another kind.
    void set_member(std::string_view name, std::string_view raw);

    ContentBlock finish() &&;

private:
    std::string replaced() const;
    bool plain_text() const;

    Kind kind_;
    std::string type_;
    std::string start_;  // the opening object's bytes
    std::string text_ = {};
    std::string signature_ = {};
    std::string input_ = {};
    std::vector<std::string> citations_ = {};
    std::vector<std::pair<std::string, std::string>> members_ = {};
    bool touched_ = false;  // a delta changed it: start_ alone is not the block
};

}  // namespace cortex::dialects::anthropic
