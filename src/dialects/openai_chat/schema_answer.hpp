#pragma once

#include "core/content.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex::dialects::openai_chat {

/// Reads an answer that follows `write_answer_schema`, as it arrives: a final answer's text is shown piece by piece, a call
/// is kept back until it is whole. An answer that is no such object, from a server that knows no schemas, is shown as it is.
class SchemaAnswer {
public:
    /// The next piece of the answer; what of it the user may see.
    std::string feed(std::string_view piece);

    struct End {
        std::optional<ToolUseBlock> call = {};  ///< Without an id.
        std::string text = {};  ///< What is still to be shown.
    };
    /// The answer is over.
    End finish() &&;

private:
    enum class State { undecided, plain, final_text, closed, kept };

    void decide();
    std::string take_text();

    State state_ = State::undecided;
    std::string buffer_ = {};
    std::size_t read_ = 0;  // of the buffer, in a final text
};

}  // namespace cortex::dialects::openai_chat
