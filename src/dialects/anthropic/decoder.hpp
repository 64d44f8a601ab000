#pragma once

#include "core/dialect.hpp"
#include "core/json.hpp"
#include "dialects/anthropic/block_builder.hpp"
#include "dialects/anthropic/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cortex::dialects::anthropic {

/// Decodes an answer of the Messages API: its stream of events, or the whole message. The JSON's `type` is the truth;
/// the event's name only stands in where the JSON has none.
class Decoder final : public StreamDecoder {
public:
    explicit Decoder(const ModelCall& call);

    void on_event(const SseEvent& event, std::vector<StreamEvent>& out) override;
    void on_document(std::string_view body, std::vector<StreamEvent>& out) override;
    void on_end(std::vector<StreamEvent>& out) override;

private:
    struct Slot {
        std::int64_t index;
        BlockBuilder builder;
    };

    void on_object(std::string_view type, const JsonObject& object, std::string_view raw,
                   std::vector<StreamEvent>& out);
    void message_start(const JsonObject& event, std::vector<StreamEvent>& out);
    void block_start(const JsonObject& event, std::string_view raw, std::vector<StreamEvent>& out);
    void block_delta(const JsonObject& event, std::string_view raw, std::vector<StreamEvent>& out);
    void message_delta(const JsonObject& event);
    void whole_message(const JsonObject& message, std::string_view raw, std::vector<StreamEvent>& out);
    bool quick_delta(std::string_view data, std::vector<StreamEvent>& out);

    void take_head(const JsonObject& message, std::vector<StreamEvent>& out);
    void take_stop(const JsonObject& holder);
    void open(std::int64_t index, std::string_view raw, const JsonObject& object, std::vector<StreamEvent>& out);
    BlockBuilder* find(std::int64_t index) noexcept;
    BlockBuilder* find_or_open(std::int64_t index, BlockBuilder::Kind kind);
    void append(BlockBuilder& block, std::string_view piece, std::vector<StreamEvent>& out);
    void done(std::vector<StreamEvent>& out);
    void fail(ErrorInfo error, std::vector<StreamEvent>& out);

    ModelCall names_;  // provider and model of the call, for errors; no history
    JsonParser parser_;
    std::vector<Slot> slots_ = {};  // in the order in which they were opened
    UsageTotals usage_ = {};
    std::string id_ = {};
    std::string model_ = {};
    std::string vendor_stop_ = {};
    std::string explanation_ = {};
    std::string piece_ = {};  // unescaped text of a quick delta; kept for its memory
    bool started_ = false;
    bool ended_ = false;
};

}  // namespace cortex::dialects::anthropic
