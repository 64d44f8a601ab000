#pragma once

#include "core/dialect.hpp"
#include "core/json.hpp"
#include "dialects/openai_responses/items.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::openai_responses {

/// Decodes an answer of the Responses API: its stream of events, or the whole response. The finished items count; deltas
/// are shown as they come, and what no delta brought is shown with its item.
class Decoder final : public StreamDecoder {
public:
    explicit Decoder(const ModelCall& call);

    void on_event(const SseEvent& event, std::vector<StreamEvent>& out) override;
    void on_document(std::string_view body, std::vector<StreamEvent>& out) override;
    void on_end(std::vector<StreamEvent>& out) override;

private:
    /// What is known of one output item.
    struct Slot {
        std::string id = {};
        std::string type = {};  // of an item that began
        std::string call_id = {};
        std::string name = {};
        std::string arguments = {};
        std::string text = {};  // shown so far
        std::string thinking = {};
        std::string refusal = {};
        std::int64_t part = 0;  // of the thinking: which was shown last
        std::optional<ContentBlock> block = {};  // once the item is whole
    };

    void on_object(std::string_view type, const JsonObject& event, std::string_view raw, std::vector<StreamEvent>& out);
    void take_delta(std::string_view type, const JsonObject& event, std::vector<StreamEvent>& out);
    void take_head(const JsonObject& response, std::vector<StreamEvent>& out);
    void take_usage(const JsonObject& usage);
    void open_item(const JsonObject& event);
    void take_item(std::int64_t index, const JsonObject& item, std::string_view raw, std::vector<StreamEvent>& out);
    void take_response(const JsonObject& response, std::string_view raw, std::string_view status,
                       std::vector<StreamEvent>& out);
    void take_output(const JsonObject& response, std::string_view raw, std::vector<StreamEvent>& out);
    std::int64_t index_of(const JsonObject& event) const;
    std::int64_t next_index() const;
    void begin(std::vector<StreamEvent>& out);
    void say(Slot& slot, std::string_view piece, std::vector<StreamEvent>& out);
    void think(Slot& slot, std::int64_t part, std::string_view piece, std::vector<StreamEvent>& out);
    std::optional<ContentBlock> finish(Slot& slot) const;
    StopReason stop(const Message& message, std::string_view status, std::string_view reason,
                    bool refused) const noexcept;
    void done(std::string_view status, std::string_view reason, std::vector<StreamEvent>& out);
    void fail(ErrorInfo error, std::vector<StreamEvent>& out);

    ModelCall names_;  // provider and model of the call, for errors; no history
    std::string id_stem_;
    JsonParser parser_;
    std::map<std::int64_t, Slot> slots_ = {};  // by output_index
    std::string id_ = {};
    std::string model_ = {};
    std::optional<Usage> usage_ = {};
    bool started_ = false;
    bool thought_ = false;
    bool ended_ = false;
};

}  // namespace cortex::dialects::openai_responses
