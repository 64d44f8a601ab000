#include "brain/message.hpp"

#include "brain/plain_text.hpp"

namespace cortex::brain {

Message::Message(const TurnFacts& facts) {
    const Window window = window_of(facts.prompt, head_bytes, tail_bytes);
    std::string_view raw = window.head;
    if (!window.tail.empty()) {
        joined_.reserve(window.size() + 1);
        joined_.append(window.head).append("\n").append(window.tail);
        raw = joined_;
    }
    plain_.reserve(raw.size());
    append_plain(raw, plain_);
    reading_ = read(plain_);
    features_ = measure(facts, raw, plain_, reading_);
}

}  // namespace cortex::brain
