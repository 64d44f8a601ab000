#pragma once

#include "core/content.hpp"
#include "core/usage.hpp"

#include <cortex/error.hpp>

#include <string>
#include <variant>
#include <vector>

namespace cortex {

/// Why a model stopped, in neutral words.
enum class StopReason {
    stop,             ///< Its turn ended, or a stop sequence was met.
    length,           ///< Output limit or window reached: the text is cut.
    tool_calls,
    pause,            ///< The vendor paused a long turn: send the content back to go on.
    refusal,          ///< The model or a filter declined.
    unknown,          ///< A word that this version does not know, kept in `MessageDone::vendor_stop`.
};

/// The answer begins: the vendor's id and the model that serves.
struct MessageStarted {
    std::string id;
    std::string model;
};
struct TextDelta {
    std::string text;       ///< Never empty.
};
struct ThinkingDelta {
    std::string text;       ///< Never empty.
};
/// The answer is whole. Exactly one of MessageDone and MessageFailed ends a decode.
struct MessageDone {
    Message message;             ///< Origin is filled in by the caller of the decoder.
    StopReason stop = StopReason::stop;
    std::string vendor_stop;     ///< The vendor's word for it.
    std::string explanation;     ///< Of a refusal, where one was given.
    Usage usage;
    bool usage_known = true;     ///< False where the server sent none.
    std::string model;           ///< The model that served, as the vendor named it; empty if it did not.
    std::string id;
};
/// An error event inside the stream, a stream that ended early (`network`), or malformed data (`protocol`).
struct MessageFailed {
    ErrorInfo error;
    Usage usage;                 ///< What had been counted until then.
};

using StreamEvent = std::variant<MessageStarted, TextDelta, ThinkingDelta, MessageDone, MessageFailed>;

/// "stop", "length", ...: the spelling of `metadata.finish_reason`.
std::string_view to_string(StopReason reason) noexcept;

}  // namespace cortex
