#pragma once

#include "core/content.hpp"
#include "core/model_call.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects {

/// What a tool result says for a call that was never executed: every call must be answered, or the vendor refuses the
/// history.
inline constexpr std::string_view not_executed = "This call was not executed.";

/// A message as it may be sent: never empty, calls and results paired.
struct Turn {
    const Message* message = nullptr;
    bool own = false;  ///< Written by the very model that is asked now: raw blocks go back verbatim.
    std::vector<const ContentBlock*> blocks;  ///< What is sent of it; a user's tool results come first.
    std::vector<std::string> ids;  ///< Beside `blocks`: under which id a call or a result is sent; "" for other blocks.
    std::vector<std::string> unanswered;  ///< Calls of the turn before, by the id they were sent under, that this user
        ///< message leaves without a result.
};

/// The conversation as the call's model may see it. Dropped are: empty texts, thinking and unknown blocks of another
/// origin, thinking without a signature if `signed_thinking`, all thinking if the call goes without, results of calls that are not there, and messages of
/// which nothing is left. Ids are legal, and no two calls have the same: some servers number the calls of each answer anew,
/// which others refuse. A pure function of the messages up to each turn, so what a longer conversation yields begins
/// with what a shorter one did.
std::vector<Turn> legal_turns(const ModelCall& call, bool signed_thinking);

/// A tool call's id in the grammar `[A-Za-z0-9_-]+`: itself where it fits, else a spelling of it that differs for
/// different ids.
std::string legal_tool_id(std::string_view id);

/// An id that fits a field of at most `most` characters: itself, or a shorter spelling that differs for different ids.
std::string fitting_id(std::string_view id, std::size_t most);

/// A tool's name in the grammar that every vendor takes, `[A-Za-z0-9_-]{1,64}`: itself where it fits. Models make names up,
/// and what one of them wrote goes to another.
std::string legal_tool_name(std::string_view name);

/// Whether the call tells the model of tools by the vendor's own field.
bool lists_tools(const ModelCall& call) noexcept;

/// The call's input as JSON text of an object: itself (halves of surrogate pairs healed), {} where it is blank, else
/// {"INVALID_JSON": the text}.
std::string legal_tool_input(std::string_view input);

}  // namespace cortex::dialects
