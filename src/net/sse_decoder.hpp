#pragma once

#include "core/sse_event.hpp"

#include <cortex/error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cortex::net {

/// Decodes a `text/event-stream` body (WHATWG HTML, "Server-sent events"). Bytes go in as they arrive, cut anywhere;
/// events come out as soon as their blank line is complete. Knows no socket and no clock; one decoder per stream, one
/// thread at a time.
///
/// The work is linear in the bytes fed. An event that lies wholly inside one fed chunk is handed out without a copy of
/// its data; buffers are kept, so a stream of similar events allocates nothing after the first few. Invalid UTF-8 in
/// data, type and id is replaced by U+FFFD. An event that the end of the stream cuts off is never delivered.
class SseDecoder {
public:
    /// Source of the default: the engine's bound for one answer (64 MiB); a single event cannot be larger.
    static constexpr std::size_t default_limit = std::size_t{64} << 20U;

    /// `event_limit`: bytes that one line, or the joined data of one event, may have. Comments are not counted.
    explicit SseDecoder(std::size_t event_limit = default_limit) noexcept : limit_(event_limit) {}

    /// Decodes `bytes` and calls `on_event(const SseEvent&)` for each event completed by them, in order. The event's
    /// views are valid until the callback returns. The callback must neither feed nor reset nor destroy this decoder.
    /// False: the stream broke the limit; `error()` says so, and nothing more is decoded until `reset`.
    template <class F>
    [[nodiscard]] bool feed(std::string_view bytes, F&& on_event) {
        begin(bytes);
        SseEvent event;
        while (next(event)) on_event(std::as_const(event));
        return !error_;
    }

    /// Why `feed` returned false: a ProtocolError; nothing while all is well.
    const std::optional<ErrorInfo>& error() const noexcept { return error_; }

    /// The last reconnection time that the stream asked for. Model APIs are never reconnected; other users may care.
    std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

    /// Forgets the stream (its id and retry too) and keeps the buffers, for the next stream.
    void reset() noexcept;

private:
    enum class Held : unsigned char { none, view, owned };

    void begin(std::string_view bytes);
    bool next(SseEvent& out);
    void skip_byte_order_mark();
    std::size_t find_line_end() noexcept;
    bool dispatch(SseEvent& out);
    void finish_event() noexcept;
    void take_line(std::string_view line, bool buffered);
    void take_data(std::string_view value, bool buffered);
    void keep_rest();
    void fail();

    std::size_t limit_;
    std::string_view chunk_ = {};  // what is left to decode lies at pos_
    std::size_t pos_ = 0;
    std::size_t next_lf_ = 0;  // first LF at or after pos_, if not below pos_; likewise CR
    std::size_t next_cr_ = 0;
    std::string line_ = {};  // start of a line that an earlier chunk cut
    std::string data_ = {};  // joined data, from data_start_ on, while held_ is owned
    std::string_view data_view_ = {};  // the one data line so far, inside chunk_, while held_ is view
    std::size_t data_start_ = 0;
    std::string type_ = {};
    std::string id_ = {};
    std::optional<std::chrono::milliseconds> retry_ = {};
    std::optional<ErrorInfo> error_ = {};
    Held held_ = Held::none;
    unsigned char mark_seen_ = 0;  // bytes of the byte order mark matched; 3 once the start is behind us
    bool swallow_lf_ = false;  // the last line ended with CR: an LF now belongs to it
    bool delivered_ = false;  // the event handed out last still holds the buffers
};

}  // namespace cortex::net
