#pragma once

#include <cortex/attachment.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace cortex {

/// One call that the model asks for.
struct ToolCall {
    std::string id = {};           ///< The vendor's id of the call.
    std::string name = {};
    std::string arguments = {};    ///< JSON text of an object that has passed the tool's schema.
    std::string session_id = {};
    std::string user_id = {};
    std::stop_token stop = {};     ///< Requested when nobody waits for the result any more: a timeout, a cancelled turn.
};

/// What a tool gives back, as the model will read it.
struct ToolOutcome {
    std::string content = {};                    ///< Text, or JSON as text. Bytes that are not UTF-8 become U+FFFD.
    std::vector<Attachment> attachments = {};    ///< Behind the text. Images reach every model that can see; others are named only.
    bool is_error = false;                       ///< The model is told that the call failed; `content` says why.

    static ToolOutcome text(std::string text) { return {.content = std::move(text)}; }
    static ToolOutcome json(std::string text) { return {.content = std::move(text)}; }
    static ToolOutcome image(std::string media_type, std::string bytes) {
        return {.attachments = {{.media_type = std::move(media_type), .data = std::move(bytes)}}};
    }
    static ToolOutcome error(std::string reason) { return {.content = std::move(reason), .is_error = true}; }
};

/// What somebody says who is asked before a call runs.
struct Approval {
    bool allowed = false;
    std::string reason = {};       ///< Of a denial: the model reads it.
    std::string arguments = {};    ///< JSON text in place of the model's arguments; empty: as the model wrote them.

    static Approval allow() { return {.allowed = true}; }
    static Approval deny(std::string reason) { return {.reason = std::move(reason)}; }
    static Approval edit(std::string arguments) { return {.allowed = true, .arguments = std::move(arguments)}; }
};

/// Something that the model may call. `make_tool` (cortex/describe.hpp) makes one from a described struct and a function.
///
/// `execute` and `approve` run on threads of the engine, several at once; they may throw (the model reads a sentence, the log
/// has the text), may start sessions of their own, and should heed `ToolCall::stop`. A tool that ignores it keeps its thread
/// but never its turn.
struct Tool {
    std::string name = {};            ///< 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.
    std::string description = {};     ///< What it does and when to use it: the model decides by this.
    /// JSON text of a JSON Schema (2020-12) whose type is "object"; empty: no parameters. A keyword that the engine cannot check
    /// is a ConfigError when the agent is created.
    std::string input_schema = {};
    /// Absent: the consumer of the `Run` is asked by a ToolRequest.
    std::function<ToolOutcome(const ToolCall&)> execute = {};
    std::chrono::milliseconds timeout{30'000};   ///< Of one call; then the model gets an error result.
    int max_parallel = 0;                        ///< Calls of this tool that run at once within a turn; 0: no limit of its own.
    std::size_t max_result_bytes = 100'000;      ///< A longer result is cut, and says how much is missing.
    std::function<Approval(const ToolCall&)> approve = {};   ///< Asked before each call.
    bool ask_run = false;                        ///< The consumer of the `Run` is asked by an ApprovalRequest before each call.
};

}  // namespace cortex
