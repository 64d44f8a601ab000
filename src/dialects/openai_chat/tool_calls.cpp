#include "dialects/openai_chat/tool_calls.hpp"

#include "core/json_slice.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace cortex::dialects::openai_chat {

/// The call that a piece continues, or a new one.
ToolCalls::Call& ToolCalls::choose(const JsonObject& piece, bool whole) {
    const auto index = json_integer(piece, "index");
    const std::string_view id = json_text_or_empty(piece, "id");
    if (whole) {
        // Each element is a call, whatever ids and indexes repeat.
    } else if (index) {
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

bool ToolCalls::is_blank(const Call& call) noexcept { return call.name.empty() && trim(call.arguments).empty(); }

bool ToolCalls::empty() const noexcept { return std::all_of(calls_.begin(), calls_.end(), is_blank); }

void ToolCalls::take(const JsonObject& piece, std::string_view raw, bool whole) {
    Call& call = choose(piece, whole);
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
        if (is_blank(call)) continue;
        // Results find their call by its id: none may be missing or occur twice.
        if (call.id.empty() || taken.contains(call.id)) call.id = fmt::format("{}_{}", id_stem_, number);
        taken.insert(call.id);
        if (trim(call.arguments).empty()) call.arguments = "{}";
        blocks.push_back(
            {.value = ToolUseBlock{std::move(call.id), std::move(call.name), std::move(call.arguments)}, .raw = {}});
    }
    calls_.clear();
    return blocks;
}

}  // namespace cortex::dialects::openai_chat
