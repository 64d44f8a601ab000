#pragma once

#include <cortex/export.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

/// One request to a provider within a turn, in order.
struct Attempt {
    std::string provider = {};
    std::string model = {};
    std::string outcome = {};        ///< "ok", or the error's code ("rate_limit", ...).
    int http_status = 0;             ///< 0 where no HTTP answer arrived.
    double duration_ms = 0.0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::optional<double> cost_usd = {};
    std::string request_id = {};
};

/// What was asked of the model's extended thinking, and why.
struct ThinkingReport {
    bool enabled = false;            ///< Whether the model may have thought: by request, or because it always does.
    std::string form = {};           ///< "budget", "adaptive", "disabled", or "" when nothing was sent.
    int budget = 0;                  ///< Tokens, for "budget".
    std::string effort = {};         ///< For "adaptive".
    std::int64_t tokens = 0;         ///< Tokens spent thinking, where the vendor tells.
    std::vector<std::string> reasons = {};
};

/// Which model was chosen, and why.
struct RoutingReport {
    std::string path = {};           ///< "system2" (orchestrator) or "system1" (worker).
    std::string role = {};           ///< "orchestrator" or "worker".
    std::string kind = {};           ///< What the message asks for: "greeting", "lookup", "planning", "mathematics", ...
    double complexity = 0.0;         ///< 0 to 1, from the message alone.
    double uncertainty = 0.0;        ///< 0 to 1, from what happened before it.
    double need = 0.0;               ///< 0 to 1, from both.
    double threshold = 0.0;          ///< Of `need`: from here on the orchestrator answers, and may think.
    std::vector<std::string> reasons = {};
};

struct ResponseMetadata {
    std::string model_used = {};             ///< The model that served, as the provider named it.
    std::string provider = {};               ///< The registered name.
    std::int64_t tokens_used = 0;            ///< Input and output of all calls of the turn.
    std::int64_t input_tokens = 0;           ///< All input, cached or not.
    std::int64_t output_tokens = 0;          ///< Thinking included.
    std::int64_t cached_tokens = 0;          ///< The part of the input that was read from a prompt cache.
    std::int64_t cache_write_tokens = 0;     ///< The part of the input that was written to a prompt cache.
    std::int64_t thinking_tokens = 0;        ///< The part of the output spent on thinking, where the vendor tells.
    double latency_ms = 0.0;                 ///< Wall time of the whole turn.
    double overhead_ms = 0.0;                ///< latency_ms less the time spent waiting for providers.
    std::string finish_reason = {};          ///< "stop", "length", "tool_calls", ...
    std::optional<double> cost_usd = {};     ///< By the catalogue's prices; nothing where a price is unknown.
    std::string request_id = {};             ///< Of the last request.
    std::vector<Attempt> attempts = {};
    ThinkingReport thinking = {};
    RoutingReport routing = {};
    std::vector<std::string> notices = {};   ///< Sentences for the user: a model that retires, a default that changed.
    std::vector<std::string> degraded = {};  ///< What was given up to answer at all.
    int steps_taken = 0;                     ///< Tool rounds.
    std::vector<std::string> tools_called = {};
    double goal_progress = 0.0;
    double drift_score = 0.0;
    bool loop_detected = false;
};

struct Response {
    std::string content = {};   ///< The answer's text, without any thinking.
    ResponseMetadata metadata = {};
};

enum class ChunkType {
    content,
    thinking,
    tool_execution,
    tool_result,
    continuation,   ///< The model broke off in mid-answer; `StreamChunk::model` goes on where the text ended (`EngineConfig::continue_in_midstream`).
};

struct StreamChunk {
    std::string content = {};         ///< The answer's text, printable as it is; empty in all chunks of another type.
    ChunkType chunk_type = ChunkType::content;
    bool is_final = false;            ///< True in the last chunk and no other.
    std::string finish_reason = {};   ///< In the last chunk: as in the metadata.
    std::string model = {};           ///< In the last chunk: the model that served. `continuation`: the one that goes on.
    std::string thinking_delta = {};  ///< `thinking`: the text, for turns with `show_thinking`.
    std::vector<std::string> tools = {};   ///< `tool_execution`: the names of the calls of this round, in order.
    std::string tool_name = {};       ///< `tool_result`: which call ended; results come as they arrive.
    std::string tool_call_id = {};
    bool success = false;             ///< `tool_result`: false where the model gets an error.
};

/// What `Session::close` tells.
struct SessionStats {
    std::string session_id = {};
    std::int64_t turns = 0;            ///< Answered turns.
    std::int64_t total_tokens = 0;
    double duration_seconds = 0.0;     ///< From start_session to the first close.
};

/// How often each path was taken, one decision a turn.
struct DualProcessStats {
    std::int64_t system1_count = 0;    ///< The worker, without thinking.
    std::int64_t system2_count = 0;    ///< The orchestrator.
    double system2_ratio = 0.0;        ///< 0 before the first decision.
    std::int64_t total_decisions = 0;
};

CORTEX_API std::string_view to_string(ChunkType type) noexcept;

/// One JSON object each, on one line, with the field names above. `to_json(Response)` is {"content": ..., "metadata": {...}}.
CORTEX_API std::string to_json(const Response& response);
CORTEX_API std::string to_json(const ResponseMetadata& metadata);
/// `metadata` is given for the last chunk of a stream.
CORTEX_API std::string to_json(const StreamChunk& chunk, const ResponseMetadata* metadata = nullptr);
CORTEX_API std::string to_json(const SessionStats& stats);
CORTEX_API std::string to_json(const DualProcessStats& stats);

}  // namespace cortex
