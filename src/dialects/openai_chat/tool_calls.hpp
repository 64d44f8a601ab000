#pragma once

#include "core/content.hpp"
#include "core/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::dialects::openai_chat {

/// Puts the tool calls of one answer together, from pieces of any of the shapes that servers send: with or without
/// index or id, whole or in fragments, arguments as text or as an object.
class ToolCalls {
public:
    /// `id_stem`: what the ids begin with that a server leaves out; unique in the conversation.
    explicit ToolCalls(std::string id_stem) : id_stem_(std::move(id_stem)) {}

    /// One element of `tool_calls`; `raw` is its text. `whole`: it is a call of its own, no piece that may continue another.
    void take(const JsonObject& piece, std::string_view raw, bool whole);

    /// A whole call that came another way.
    void add(std::string name, std::string arguments) {
        calls_.push_back({.index = {}, .id = {}, .name = std::move(name), .arguments = std::move(arguments)});
    }

    /// Calls that were begun and never filled do not count.
    bool empty() const noexcept;
    /// The finished calls, in the order in which they began.
    std::vector<ContentBlock> finish() &&;

private:
    struct Call {
        std::optional<std::int64_t> index = {};
        std::string id = {};
        std::string name = {};
        std::string arguments = {};
    };
    Call& choose(const JsonObject& piece, bool whole);
    static bool is_blank(const Call& call) noexcept;

    std::string id_stem_;
    std::vector<Call> calls_ = {};
};

}  // namespace cortex::dialects::openai_chat
