#pragma once

#include "core/content.hpp"
#include "core/legal_params.hpp"
#include "core/model_info.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex {

/// A tool as the model is told of it.
struct ToolDefinition {
    std::string name = {};
    std::string description = {};
    std::string input_schema = {};   ///< JSON text of an object schema, exactly as it is sent.
};

/// What never changes within a session: rendered once, sent first, byte for byte the same each time.
struct FrozenPrefix {
    std::string system = {};                     ///< Empty: none.
    std::vector<ToolDefinition> tools = {};      ///< In the order of registration.
};

/// What the model may do with its tools on one call. The list stays in the request either way.
enum class ToolChoice { automatic, none };

/// What the answer must be: JSON that fits a schema.
struct AnswerSchema {
    std::string name = "answer";     ///< In the grammar `[A-Za-z0-9_-]{1,64}`.
    std::string schema = {};         ///< JSON text of an object schema.
};

/// One model call, ready to be encoded: everything that goes into the request but address and credential.
struct ModelCall {
    std::shared_ptr<const ModelInfo> model;          ///< Capabilities; for an unknown id a stand-in.
    std::string wire_model;                          ///< The id as the channel spells it.
    std::string provider;                            ///< Registered name, for errors.
    std::shared_ptr<const FrozenPrefix> prefix;
    std::vector<MessagePtr> messages;
    LegalParams params;
    bool stream = false;
    ToolChoice tool_choice = ToolChoice::automatic;
    std::shared_ptr<const AnswerSchema> answer = {};   ///< Null: text.
    std::string cache_key = {};                        ///< Groups calls that share a prefix, where a vendor takes such a key; may be empty.
    // What a refusal taught (see Dialect::remedy); all false on a first attempt.
    bool without_thinking_blocks = false;            ///< Thinking of earlier messages stays out.
    bool without_tools = false;                      ///< The server takes no tools: none are listed, calls and results are told as text.
    bool without_stream_usage = false;               ///< The server does not know the field that asks for usage in streams.
    bool without_effort = false;                     ///< Nothing is said about how much to think.
    bool other_max_tokens = false;                   ///< The answer's length goes under the field's other name.
    bool system_role = false;                        ///< `system` instead of `developer`.
};

}  // namespace cortex
