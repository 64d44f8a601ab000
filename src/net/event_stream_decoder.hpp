#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cortex::net {

/// One header of an event-stream message. The value: nothing for true and false (`type` tells), the integer of types 2 to 5 and
/// 8 (milliseconds since 1970), the bytes of types 6, 7 and 9.
struct EventStreamHeader {
    std::string_view name;
    std::uint8_t type = 0;
    std::int64_t number = 0;
    std::string_view bytes;
};

/// One message, viewed in the decoder's buffer: valid until the callback returns.
struct EventStreamMessage {
    std::vector<EventStreamHeader> headers;
    std::string_view payload;

    /// The value of a string header (type 7), or nothing.
    std::optional<std::string_view> text(std::string_view name) const noexcept;
};

/// Takes `application/vnd.amazon.eventstream` apart, in whatever pieces it arrives. Both checksums are checked, the prelude's
/// before its lengths are believed; a frame that announces more than the limits is refused at once, so nothing is reserved for
/// it. The first thing that is wrong ends the stream.
class EventStreamDecoder {
public:
    static constexpr std::size_t max_headers_bytes = std::size_t{128} << 10U;   ///< AWS's own limit (botocore eventstream.py).
    static constexpr std::size_t max_payload_bytes = std::size_t{24} << 20U;   ///< The same.
    static constexpr std::size_t max_message_bytes = max_payload_bytes + max_headers_bytes + 16;
    static constexpr std::size_t max_headers = 1024;            ///< aws-c-event-stream's.
    static constexpr std::size_t max_value_bytes = 32'767;      ///< aws-c-event-stream's and smithy-go's.

    using Callback = std::function<void(const EventStreamMessage&)>;
    /// False: the bytes are no event stream; see `error`. Messages before the fault were delivered.
    bool feed(std::string_view bytes, const Callback& on_message);
    /// A ProtocolError.
    const std::optional<ErrorInfo>& error() const noexcept { return error_; }
    /// Part of a frame waits for the rest.
    bool inside_frame() const noexcept { return !buffer_.empty(); }

private:
    bool fail(std::string what);
    bool take_prelude(std::string_view frame);
    bool take_frame(std::string_view frame, const Callback& on_message);
    bool take_headers(std::string_view block);

    std::string buffer_;            // a frame that has begun and not ended
    std::size_t frame_bytes_ = 0;   // its length once its prelude was checked, else 0
    std::size_t headers_bytes_ = 0;
    std::optional<ErrorInfo> error_;
    EventStreamMessage message_;
};

}  // namespace cortex::net
