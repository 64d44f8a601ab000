#include "anthropic_call.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace emulator {

namespace {

const json::object& block_of(const json::value& value) { return value.get_object(); }

void read_turn(AnthropicCall& call, const json::value& value, std::size_t index, std::size_t count) {
    const std::string path = join("messages", index);
    const json::object& message = want_object(value, path);
    only_fields(message, path, {"role", "content"});
    Turn turn;
    turn.role = want_string(require(message, "role", path), join(path, "role"));
    if (turn.role == "system") {
        if (!call.rules->mid_conversation_system) {
            refuse("", "role 'system' is not supported on this model");
        }
    } else if (turn.role != "user" && turn.role != "assistant") {
        refuse("messages", "Unexpected role \"" + turn.role + "\". Allowed roles are \"user\" or \"assistant\".");
    }
    const json::value& content = require(message, "content", path);
    if (content.is_string()) {
        if (!content.get_string().empty()) {
            turn.blocks.push_back(json::object{{"type", "text"}, {"text", content.get_string()}});
        }
    } else if (content.is_array()) {
        turn.blocks = content.get_array();
    } else {
        refuse(join(path, "content"), "Input should be a valid string or list");
    }
    const bool optional_end = turn.role == "assistant" && index + 1 == count;
    if (turn.blocks.empty() && !optional_end) {
        refuse(path, turn.role == "user"
                         ? "user messages must have non-empty content"
                         : "all messages must have non-empty content except for the optional final assistant message");
    }
    std::size_t at = 0;
    for (const json::value& block : turn.blocks) {
        check_block(call, block, turn.role, join(join(path, "content"), at++));
    }
    if (turn.role == "system" && !call.beta("mid-conversation-tool-changes-") &&
        std::any_of(turn.blocks.begin(), turn.blocks.end(),
                    [](const json::value& block) { return text_of(block_of(block), "type") != "text"; })) {
        refuse(path, "system messages may only contain text");
    }
    call.turns.push_back(std::move(turn));
}

void check_roles(const AnthropicCall& call) {
    if (call.turns.empty()) {
        refuse("messages", "at least one message is required");
    }
    if (call.turns.front().role != "user") {
        refuse("messages", "first message must use the \"user\" role");
    }
    for (std::size_t i = 1; i < call.turns.size(); ++i) {
        if (call.turns[i].role != "system") {
            continue;
        }
        if (call.turns[i - 1].role != "user") {
            refuse(join("messages", i), "a system message must follow a user message");
        }
        if (i + 1 < call.turns.size() && call.turns[i + 1].role != "assistant") {
            refuse(join("messages", i),
                   "a system message must be the last message or be followed by an assistant message");
        }
    }
}

// A turn's calls must all be answered in the very next message, once each, before any other content.
void check_tool_pairs(const AnthropicCall& call) {
    std::set<std::string> all;
    for (std::size_t i = 0; i < call.turns.size(); ++i) {
        const Turn& turn = call.turns[i];
        std::vector<std::string> called;
        for (std::size_t at = 0; at < turn.blocks.size(); ++at) {
            if (text_of(block_of(turn.blocks[at]), "type") == "tool_use") {
                called.push_back(text_of(block_of(turn.blocks[at]), "id"));
                if (!all.insert(called.back()).second) {
                    refuse(join(join(join("messages", i), "content"), at), "`tool_use` ids must be unique");
                }
            }
        }
        std::vector<std::string> expected;
        if (turn.role == "user" && i > 0) {
            for (const json::value& block : call.turns[i - 1].blocks) {
                if (text_of(block_of(block), "type") == "tool_use") {
                    expected.push_back(text_of(block_of(block), "id"));
                }
            }
        }
        std::vector<std::string> answered;
        bool other_content = false;
        for (std::size_t at = 0; at < turn.blocks.size(); ++at) {
            const json::object& block = block_of(turn.blocks[at]);
            if (text_of(block, "type") != "tool_result") {
                other_content = true;
                continue;
            }
            const std::string id = text_of(block, "tool_use_id");
            const std::string path = join(join(join("messages", i), "content"), at);
            if (std::find(expected.begin(), expected.end(), id) == expected.end()) {
                refuse(path, "unexpected `tool_use_id` found in `tool_result` blocks: " + id +
                                 ". Each `tool_result` block must have a corresponding `tool_use` block in the "
                                 "previous message.");
            }
            if (std::find(answered.begin(), answered.end(), id) != answered.end()) {
                refuse(path,
                       "each tool_use must have a single result. Found multiple `tool_result` blocks with id: " + id);
            }
            if (other_content) {
                // The service reads results only at the front, so it finds the call unanswered.
                refuse(
                    join("messages", i - 1),
                    "`tool_use` ids were found without `tool_result` blocks immediately after: " + id +
                        ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
            }
            answered.push_back(id);
        }
        if (!called.empty()) {
            std::string missing;
            for (const std::string& id : called) {
                bool found = false;
                if (i + 1 < call.turns.size() && call.turns[i + 1].role == "user") {
                    for (const json::value& block : call.turns[i + 1].blocks) {
                        found = found || (text_of(block_of(block), "type") == "tool_result" &&
                                          text_of(block_of(block), "tool_use_id") == id);
                    }
                }
                if (!found) {
                    missing += (missing.empty() ? "" : ", ") + id;
                }
            }
            if (!missing.empty()) {
                refuse(
                    join("messages", i),
                    "`tool_use` ids were found without `tool_result` blocks immediately after: " + missing +
                        ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
            }
        }
    }
}

// While the service's own tools are still at work, the user may only answer calls.
void check_server_tools(const AnthropicCall& call) {
    for (std::size_t i = 0; i + 1 < call.turns.size(); ++i) {
        const Turn& turn = call.turns[i];
        if (turn.role != "assistant" || !turn.holds("tool_use")) {
            continue;
        }
        const bool unresolved = std::any_of(turn.blocks.begin(), turn.blocks.end(), [&turn](const json::value& value) {
            const json::object& use = block_of(value);
            return text_of(use, "type") == "server_tool_use" &&
                   std::none_of(turn.blocks.begin(), turn.blocks.end(), [&use](const json::value& other) {
                       return text_of(block_of(other), "tool_use_id") == text_of(use, "id");
                   });
        });
        const json::array& next = call.turns[i + 1].blocks;
        if (unresolved && std::any_of(next.begin(), next.end(), [](const json::value& block) {
                return text_of(block_of(block), "type") != "tool_result";
            })) {
            refuse(join("messages", i + 1),
                   "`tool_result` blocks only are allowed after an assistant message with an unresolved "
                   "`server_tool_use` block");
        }
    }
}

void check_prefill(const AnthropicCall& call) {
    const Turn& last = call.turns.back();
    if (last.role != "assistant") {
        return;
    }
    if (!call.rules->prefill) {
        refuse("",
               "This model does not support assistant message prefill. The conversation must end with a user message.");
    }
    if (!last.blocks.empty()) {
        const json::object& block = block_of(last.blocks.back());
        const std::string text = text_of(block, "text");
        if (text_of(block, "type") == "text" && !text.empty() &&
            std::isspace(static_cast<unsigned char>(text.back())) != 0) {
            refuse("messages", "final assistant content cannot end with trailing whitespace");
        }
    }
}

// Manual thinking: the turn that is still open must have begun with a thinking block.
void check_open_turn(const AnthropicCall& call) {
    if (call.thinking != ThinkingMode::manual) {
        return;
    }
    std::size_t first = call.turns.size();  // first assistant message of the open turn
    // Neighbours of one role are one turn to the service, so words right behind tool results do not close the turn.
    bool open = !call.turns.empty() && call.turns.back().role == "assistant";
    for (std::size_t i = call.turns.size(); i-- > 0;) {
        const Turn& turn = call.turns[i];
        if (turn.role == "assistant") {
            if (!open) {
                break;
            }
            first = i;
            open = i > 0 && call.turns[i - 1].role == "assistant";
        } else if (turn.role == "user") {
            open = open || turn.holds("tool_result");
        }
    }
    if (first == call.turns.size() || call.turns[first].blocks.empty()) {
        return;
    }
    const std::string type = text_of(block_of(call.turns[first].blocks.front()), "type");
    if (type != "thinking" && type != "redacted_thinking") {
        refuse(join(join("messages", first), "content.0.type"),
               "Expected `thinking` or `redacted_thinking`, but found `" + type +
                   "`. When `thinking` is enabled, a final `assistant` message must start with a thinking block "
                   "(preceeding the lastmost "
                   "set of `tool_use` and `tool_result` blocks).");
    }
}

std::size_t count_images(const json::value& value) {
    std::size_t count = 0;
    if (const json::array* list = value.if_array()) {
        for (const json::value& item : *list) {
            count += count_images(item);
        }
    } else if (const json::object* object = value.if_object()) {
        count += text_of(*object, "type") == "image" ? 1U : 0U;
        if (const json::value* content = member(*object, "content")) {
            count += count_images(*content);
        }
    }
    return count;
}

void count_marks(const json::value& value, std::vector<std::string>& lifetimes) {
    if (const json::array* list = value.if_array()) {
        for (const json::value& item : *list) {
            count_marks(item, lifetimes);
        }
    } else if (const json::object* object = value.if_object()) {
        if (const json::value* mark = member(*object, "cache_control"); mark != nullptr && mark->is_object()) {
            const std::string ttl = text_of(mark->get_object(), "ttl");
            lifetimes.push_back(ttl.empty() ? "5m" : ttl);
        }
        if (const json::value* content = member(*object, "content")) {
            count_marks(*content, lifetimes);
        }
    }
}

}  // namespace

void check_media_count(const AnthropicCall& call) {
    const std::size_t most = call.rules->window > 200'000 ? 600 : 100;
    std::size_t images = 0;
    for (const Turn& turn : call.turns) {
        images += count_images(turn.blocks);
    }
    if (images > most) {
        refuse("messages",
               "Too much media: 0 document pages + " + std::to_string(images) + " images > " + std::to_string(most));
    }
}

void check_cache_marks(const AnthropicCall& call) {
    std::vector<std::string> lifetimes;
    for (const std::string_view part :
         {std::string_view("tools"), std::string_view("system"), std::string_view("messages")}) {
        if (const json::value* value = member(call.body, part)) {
            count_marks(*value, lifetimes);
        }
    }
    if (const json::value* automatic = member(call.body, "cache_control");
        automatic != nullptr && automatic->is_object()) {
        const std::string ttl = text_of(automatic->get_object(), "ttl");
        const std::string lifetime = ttl.empty() ? "5m" : ttl;
        std::vector<std::string> own;  // of the very last block, where the automatic mark would stand
        if (!call.turns.empty() && !call.turns.back().blocks.empty()) {
            count_marks(call.turns.back().blocks.back(), own);
        }
        if (!own.empty() && own.back() != lifetime) {
            refuse("cache_control", "the last cacheable block already has a `cache_control` with a different ttl");
        }
        lifetimes.push_back(lifetime);
    }
    if (lifetimes.size() > 4) {
        refuse("", "A maximum of 4 blocks with cache_control may be provided. Found " +
                       std::to_string(lifetimes.size()) + ".");
    }
    if (!std::is_sorted(lifetimes.begin(), lifetimes.end())) {  // "1h" sorts before "5m"
        refuse("",
               "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Blocks are "
               "processed in the "
               "order: `tools`, `system`, `messages`.");
    }
}

void check_messages(AnthropicCall& call) {
    const json::array& messages = want_array(require(call.body, "messages", ""), "messages");
    if (messages.size() > 100'000) {
        refuse("messages", "too many messages: " + std::to_string(messages.size()) + " > 100000");
    }
    std::size_t index = 0;
    for (const json::value& message : messages) {
        read_turn(call, message, index++, messages.size());
    }
    check_roles(call);
    check_media_count(call);
    check_cache_marks(call);
    check_tool_pairs(call);
    check_server_tools(call);
    check_prefill(call);
    check_open_turn(call);
}

}  // namespace emulator
