#pragma once

#include "core/dialect.hpp"
#include "core/json.hpp"
#include "dialects/gemini/answer_parts.hpp"
#include "dialects/gemini/vocabulary.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::gemini {

/// Decodes an answer of generateContent: the whole one, or a stream of pieces of the same shape. No piece says that it is the
/// last: the answer is whole when the body ends after a piece with a `finishReason` (there may be several).
class Decoder final : public StreamDecoder {
public:
    explicit Decoder(const ModelCall& call);

    void on_event(const SseEvent& event, std::vector<StreamEvent>& out) override;
    void on_document(std::string_view body, std::vector<StreamEvent>& out) override;
    void on_end(std::vector<StreamEvent>& out) override;

private:
    /// A response, or an array of them (a stream that was asked for without `alt=sse`).
    void take(const JsonValue& value, std::string_view raw, std::vector<StreamEvent>& out);
    void take_response(const JsonObject& response, std::string_view raw, std::vector<StreamEvent>& out);
    void take_candidate(const JsonObject& candidate, std::string_view raw, std::vector<StreamEvent>& out);
    void take_parts(const JsonArray& parts, std::string_view raw, std::vector<StreamEvent>& out);
    void finish(std::vector<StreamEvent>& out);
    void done(StopReason stop, std::string word, std::string explanation, std::vector<StreamEvent>& out);
    void fail(ErrorInfo error, std::vector<StreamEvent>& out);

    ModelCall names_;   // provider and model of the call, for errors; no history
    JsonParser parser_;
    std::vector<std::string> respelled_ = {};   // tools that the service knows by another name
    AnswerParts parts_ = {};
    UsageTotals usage_ = {};
    std::string id_ = {};
    std::string model_ = {};
    std::string finish_reason_ = {};
    std::string finish_message_ = {};
    std::string block_reason_ = {};        // why the prompt was not answered
    std::string block_message_ = {};
    std::string continuation_ = {};        // the token's JSON
    bool started_ = false;
    bool answered_ = false;                // there was a candidate
    bool ended_ = false;
};

}  // namespace cortex::dialects::gemini
