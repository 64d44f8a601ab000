#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <cortex/costs.hpp>
#include <cortex/response.hpp>
#include <cortex/session.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>

namespace cortex {
namespace {

/// Vendors' texts (ids in headers, a local server's answer) need not be UTF-8; JSON must be.
void text(JsonWriter& out, std::string_view value) {
    if (invalid_utf8_offset(value))
        out.string(replace_invalid_utf8(value));
    else
        out.string(value);
}

void text(JsonWriter& out, std::string_view name, std::string_view value) { text(out.key(name), value); }

void texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& values) {
    out.key(name).begin_array();
    for (const std::string& value : values) text(out, value);
    out.end_array();
}

void write(JsonWriter& out, const Attempt& attempt) {
    out.begin_object();
    text(out, "provider", attempt.provider);
    text(out, "model", attempt.model);
    text(out, "outcome", attempt.outcome);
    out.field("http_status", attempt.http_status);
    out.field("duration_ms", attempt.duration_ms);
    out.field("input_tokens", attempt.input_tokens);
    out.field("output_tokens", attempt.output_tokens);
    out.field("cost_usd", attempt.cost_usd);
    text(out, "request_id", attempt.request_id);
    out.end_object();
}

void write(JsonWriter& out, const ThinkingReport& thinking) {
    out.begin_object();
    out.field("enabled", thinking.enabled);
    text(out, "form", thinking.form);
    out.field("budget", thinking.budget);
    text(out, "effort", thinking.effort);
    out.field("tokens", thinking.tokens);
    texts(out, "reasons", thinking.reasons);
    out.end_object();
}

void write(JsonWriter& out, const RoutingReport& routing) {
    out.begin_object();
    text(out, "path", routing.path);
    text(out, "role", routing.role);
    text(out, "kind", routing.kind);
    out.field("complexity", routing.complexity);
    out.field("uncertainty", routing.uncertainty);
    out.field("need", routing.need);
    out.field("threshold", routing.threshold);
    texts(out, "reasons", routing.reasons);
    out.end_object();
}

void write(JsonWriter& out, const ResponseMetadata& metadata) {
    out.begin_object();
    text(out, "model_used", metadata.model_used);
    text(out, "provider", metadata.provider);
    out.field("tokens_used", metadata.tokens_used);
    out.field("input_tokens", metadata.input_tokens);
    out.field("output_tokens", metadata.output_tokens);
    out.field("cached_tokens", metadata.cached_tokens);
    out.field("cache_write_tokens", metadata.cache_write_tokens);
    out.field("thinking_tokens", metadata.thinking_tokens);
    out.field("latency_ms", metadata.latency_ms);
    out.field("overhead_ms", metadata.overhead_ms);
    text(out, "finish_reason", metadata.finish_reason);
    out.field("cost_usd", metadata.cost_usd);
    text(out, "request_id", metadata.request_id);
    out.key("attempts").begin_array();
    for (const Attempt& attempt : metadata.attempts) write(out, attempt);
    out.end_array();
    out.key("thinking");
    write(out, metadata.thinking);
    out.key("routing");
    write(out, metadata.routing);
    texts(out, "notices", metadata.notices);
    texts(out, "degraded", metadata.degraded);
    out.field("steps_taken", metadata.steps_taken);
    texts(out, "tools_called", metadata.tools_called);
    out.field("goal_progress", metadata.goal_progress);
    out.field("drift_score", metadata.drift_score);
    out.field("loop_detected", metadata.loop_detected);
    out.key("weights_delta").begin_object().end_object();  // part of the documented shape; nothing changes weights yet
    out.end_object();
}

bool is_json(std::string_view body) {
    boost::json::parse_options options;
    options.max_depth = 1024;  // tools' arguments may nest deeper than the parser's default
    boost::system::error_code failure;
    boost::json::parse({body.data(), body.size()}, failure, {}, options);
    return !failure;
}

void write_headers(JsonWriter& out, const std::vector<std::pair<std::string, std::string>>& headers) {
    out.key("headers").begin_object();
    for (auto header = headers.begin(); header != headers.end(); ++header) {
        const auto same = [&](const auto& other) { return iequals(other.first, header->first); };
        if (std::any_of(headers.begin(), header, same)) continue;
        // A name has one value in an object; HTTP joins repeated ones in the same way.
        std::string value = header->second;
        for (auto next = std::next(header); next != headers.end(); ++next)
            if (same(*next)) value += ", " + next->second;
        text(out, header->first, value);
    }
    out.end_object();
}

}  // namespace

std::string_view to_string(ChunkType type) noexcept {
    switch (type) {
        case ChunkType::content: return "content";
        case ChunkType::thinking: return "thinking";
        case ChunkType::tool_execution: return "tool_execution";
        case ChunkType::tool_result: return "tool_result";
        case ChunkType::continuation: return "continuation";
    }
    return "content";
}

std::string to_json(const ResponseMetadata& metadata) {
    JsonWriter out(1024);
    write(out, metadata);
    return std::move(out).take();
}

std::string to_json(const Response& response) {
    JsonWriter out(response.content.size() + 1024);
    out.begin_object();
    text(out, "content", response.content);
    out.key("metadata");
    write(out, response.metadata);
    out.end_object();
    return std::move(out).take();
}

namespace {

void write(JsonWriter& out, const CostLine& line) {
    out.begin_object();
    if (!line.provider.empty()) text(out, "provider", line.provider);
    if (!line.model.empty()) text(out, "model", line.model);
    if (!line.user_id.empty()) text(out, "user_id", line.user_id);
    out.field("calls", line.calls);
    out.field("input_tokens", line.input_tokens);
    out.field("output_tokens", line.output_tokens);
    out.field("cached_tokens", line.cached_tokens);
    out.field("cache_write_tokens", line.cache_write_tokens);
    out.key("cost_usd");
    if (line.cost_usd)
        out.number(*line.cost_usd);
    else
        out.null();
    out.field("unknown_cost_calls", line.unknown_cost_calls);
    out.end_object();
}

void lines(JsonWriter& out, std::string_view name, const std::vector<CostLine>& all) {
    out.key(name).begin_array();
    for (const CostLine& line : all) write(out, line);
    out.end_array();
}

}  // namespace

std::string to_json(const CostReport& report) {
    JsonWriter out(1024);
    out.begin_object();
    out.key("total");
    write(out, report.total);
    lines(out, "by_provider", report.by_provider);
    lines(out, "by_model", report.by_model);
    lines(out, "by_user", report.by_user);
    lines(out, "lines", report.lines);
    out.end_object();
    return std::move(out).take();
}

std::string to_json(const StreamChunk& chunk, const ResponseMetadata* metadata) {
    JsonWriter out(chunk.content.size() + 64);
    out.begin_object();
    out.field("chunk_type", to_string(chunk.chunk_type));
    text(out, "content", chunk.content);
    if (chunk.chunk_type == ChunkType::thinking) text(out, "thinking_delta", chunk.thinking_delta);
    if (chunk.chunk_type == ChunkType::tool_execution) texts(out, "tools", chunk.tools);
    if (chunk.chunk_type == ChunkType::tool_result) {
        text(out, "tool_name", chunk.tool_name);
        text(out, "tool_call_id", chunk.tool_call_id);
        out.field("success", chunk.success);
    }
    if (chunk.chunk_type == ChunkType::continuation) text(out, "model", chunk.model);
    if (chunk.is_final) {
        out.field("is_final", true);
        text(out, "finish_reason", chunk.finish_reason);
        text(out, "model", chunk.model);
    }
    if (metadata != nullptr) {
        out.key("metadata");
        write(out, *metadata);
    }
    out.end_object();
    return std::move(out).take();
}

std::string to_json(const SessionStats& stats) {
    JsonWriter out;
    out.begin_object();
    text(out, "session_id", stats.session_id);
    out.field("turns", stats.turns);
    out.field("total_tokens", stats.total_tokens);
    out.field("duration_seconds", stats.duration_seconds);
    out.end_object();
    return std::move(out).take();
}

std::string to_json(const DualProcessStats& stats) {
    JsonWriter out;
    out.begin_object();
    out.field("system1_count", stats.system1_count);
    out.field("system2_count", stats.system2_count);
    out.field("system2_ratio", stats.system2_ratio);
    out.field("total_decisions", stats.total_decisions);
    out.end_object();
    return std::move(out).take();
}

std::string to_json(const RequestPreview& preview) {
    JsonWriter out(preview.body.size() + 1024);
    out.begin_object();
    text(out, "method", preview.method);
    text(out, "url", preview.url);
    write_headers(out, preview.headers);
    out.key("body");
    if (is_json(preview.body))
        out.raw(preview.body);
    else
        text(out, preview.body);
    texts(out, "decisions", preview.decisions);
    text(out, "provider", preview.provider);
    text(out, "model", preview.model);
    out.end_object();
    return std::move(out).take();
}

}  // namespace cortex
