#include "dialects/openai_chat/tool_calls.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>

namespace cortex::dialects::openai_chat {

/// The call that a piece continues, or a new one.
ToolCalls::Call& ToolCalls::choose(const JsonObject& piece) {
    const auto index = json_integer(piece, "index");
    const std::string_view id = json_text_or_empty(piece, "id");
    if (index) {
        for (auto call = calls_.rbegin(); call != calls_.rend(); ++call)
            // Some servers number every call 0 and tell them apart by id alone.
            if (call->index == index && (id.empty() || call->id.empty() || call->id == id)) return *call;
    } else if (!calls_.empty()) {
        Call& last = calls_.back();
        const JsonObject* function = json_object(piece, "function");
        const bool named = function != nullptr && !json_text_or_empty(*function, "name").empty();
        // Without an index an id or a name begins a call; what has neither goes on with the last one.
        if (id.empty() ? !named : id == last.id) return last;
    }
    calls_.push_back({.index = index, .id = {}, .name = {}, .arguments = {}});
    return calls_.back();
}

void ToolCalls::take(const JsonObject& piece, std::string_view raw) {
    Call& call = choose(piece);
    if (call.id.empty()) call.id = json_text_or_empty(piece, "id");
    const JsonObject* function = json_object(piece, "function");
    if (function == nullptr) return;
    if (call.name.empty()) call.name = json_text_or_empty(*function, "name");
    if (const auto text = json_text(*function, "arguments")) {
        call.arguments += *text;
    } else if (json_object(*function, "arguments") != nullptr) {
        call.arguments += slice_member(slice_member(raw, "function").value_or(""), "arguments").value_or("");
    }
}

std::vector<ContentBlock> ToolCalls::finish() && {
    std::vector<ContentBlock> blocks;
    std::set<std::string, std::less<>> taken;
    int number = 0;
    for (Call& call : calls_) {
        ++number;
        const bool blank = trim(call.arguments).empty();
        if (call.name.empty() && blank) continue;   // begun and never filled
        // Results find their call by its id: none may be missing or occur twice.
        if (call.id.empty() || taken.contains(call.id)) call.id = fmt::format("{}_{}", id_stem_, number);
        taken.insert(call.id);
        if (blank) call.arguments = "{}";
        blocks.push_back(
            {.value = ToolUseBlock{std::move(call.id), std::move(call.name), std::move(call.arguments)}, .raw = {}});
    }
    calls_.clear();
    return blocks;
}

}  // namespace cortex::dialects::openai_chat
