#pragma once

#include <string_view>

namespace cortex {

/// One server-sent event, viewed in the decoder's buffer: valid until the callback returns.
struct SseEvent {
    std::string_view type;  ///< "message" if the stream named none.
    std::string_view data;  ///< `data` lines joined by LF; valid UTF-8.
    std::string_view id;    ///< The last event id.
};

}  // namespace cortex
