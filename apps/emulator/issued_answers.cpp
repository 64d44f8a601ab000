#include "issued_answers.hpp"

namespace emulator {

namespace {

constexpr std::size_t most_ids = 10'000;

// Thinking and calls in their order; texts between them may be left out by a client, as empty ones must be.
void add_shape(std::string& shape, const json::object& block) {
    const std::string type = text_of(block, "type");
    if (type == "thinking") {
        shape += "\x1ethinking\x1f" + text_of(block, "signature");
    } else if (type == "redacted_thinking") {
        shape += "\x1eredacted\x1f" + text_of(block, "data");
    } else if (type == "tool_use") {
        shape += "\x1euse\x1f" + text_of(block, "id");
    }
}

}  // namespace

void IssuedAnswers::remember(const Answer& answer) {
    std::string shape;
    for (const json::object& block : answer.blocks) {
        add_shape(shape, block);
    }
    for (const json::object& block : answer.blocks) {
        if (text_of(block, "type") != "tool_use") {
            continue;
        }
        ids_.push_back(text_of(block, "id"));
        shape_of_[ids_.back()] = shape;
    }
    while (ids_.size() > most_ids) {
        shape_of_.erase(ids_.front());
        ids_.pop_front();
    }
}

void IssuedAnswers::check_latest(const AnthropicCall& call) const {
    std::size_t latest = call.turns.size();
    while (latest > 0 && call.turns[latest - 1].role != "assistant") {
        --latest;
    }
    if (latest == 0) {
        return;
    }
    const json::array& blocks = call.turns[--latest].blocks;
    std::string shape;
    const std::string* issued = nullptr;
    std::size_t first_thinking = blocks.size();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const json::object& block = blocks[i].get_object();
        const std::string type = text_of(block, "type");
        add_shape(shape, block);
        if (type == "thinking" || type == "redacted_thinking") {
            first_thinking = std::min(first_thinking, i);
        }
        if (type == "tool_use" && issued == nullptr) {
            const auto found = shape_of_.find(text_of(block, "id"));
            issued = found == shape_of_.end() ? nullptr : &found->second;
        }
    }
    if (issued != nullptr && first_thinking < blocks.size() && shape != *issued) {
        refuse(join(join(join("messages", latest), "content"), first_thinking),
               "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These "
               "blocks must "
               "remain as they were in the original response.");
    }
}

void IssuedAnswers::clear() {
    shape_of_.clear();
    ids_.clear();
}

}  // namespace emulator
