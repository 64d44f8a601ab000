#pragma once

#include "core/dialect.hpp"
#include "core/json.hpp"
#include "dialects/openai_chat/schema_answer.hpp"
#include "dialects/openai_chat/tool_calls.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::openai_chat {

/// Decodes an answer of Chat Completions: its stream of chunks, or the whole completion. Lenient towards the many
/// servers that speak the dialect their own way, strict about one thing: an answer without a `finish_reason` or
/// `[DONE]` is not whole.
class Decoder final : public StreamDecoder {
public:
    explicit Decoder(const ModelCall& call);

    void on_event(const SseEvent& event, std::vector<StreamEvent>& out) override;
    void on_document(std::string_view body, std::vector<StreamEvent>& out) override;
    void on_end(std::vector<StreamEvent>& out) override;

private:
    void take_chunk(const JsonObject& chunk, std::string_view raw, std::vector<StreamEvent>& out);
    void take_message(const JsonObject& message, std::string_view raw, bool whole, std::vector<StreamEvent>& out);
    void take_content(const JsonValue& content, std::vector<StreamEvent>& out);
    void take_usage(const JsonObject& usage);
    void say(std::string_view text, std::vector<StreamEvent>& out);
    void show(std::string_view text, std::vector<StreamEvent>& out);
    void think(std::string_view text, std::vector<StreamEvent>& out);
    StopReason stop() const noexcept;
    void done(std::vector<StreamEvent>& out);
    void fail(ErrorInfo error, std::vector<StreamEvent>& out);

    ModelCall names_;  // provider and model of the call, for errors; no history
    JsonParser parser_;
    std::string id_ = {};
    std::string model_ = {};
    std::string text_ = {};
    std::string thinking_ = {};
    std::string refusal_ = {};
    ToolCalls tool_calls_;
    std::optional<SchemaAnswer> schema_answer_ = {};   // where the answer's schema offers the tools
    std::optional<std::string> finish_ = {};
    std::optional<Usage> usage_ = {};
    bool usage_known_ = false;
    bool started_ = false;
    bool ended_ = false;
};

}  // namespace cortex::dialects::openai_chat
