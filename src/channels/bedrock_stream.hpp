#pragma once

#include "core/channel.hpp"
#include "core/model_call.hpp"
#include "net/event_stream_decoder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::channels {

/// The stream of InvokeModelWithResponseStream: frames of AWS's event stream, each with one event of the Messages API in base64.
/// An exception's frame becomes the error that the same exception would be as an HTTP answer.
class BedrockStream final : public Deframer {
public:
    explicit BedrockStream(const ModelCall& call);

    bool feed(std::string_view bytes, StreamDecoder& decoder, std::vector<StreamEvent>& out) override;
    const std::optional<ErrorInfo>& error() const noexcept override { return error_; }

private:
    void on_message(const net::EventStreamMessage& message, StreamDecoder& decoder, std::vector<StreamEvent>& out);
    void fail(ErrorInfo error);

    ModelCall names_;   ///< The call without its conversation: for errors.
    net::EventStreamDecoder frames_;
    std::string event_;   ///< Decoded bytes of the current frame; kept for its capacity.
    std::optional<ErrorInfo> error_;
    bool ended_ = false;
};

}  // namespace cortex::channels
