#include "anthropic_usage.hpp"

#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <optional>

namespace emulator {

namespace {

constexpr std::size_t media_tokens = 1500;
constexpr std::size_t look_back = 20;  // blocks before a mark that the service searches for an earlier entry

std::size_t text_bytes(const json::value& value) {
    std::size_t bytes = 0;
    if (value.is_string()) {
        bytes = value.get_string().size();
    } else if (const json::array* list = value.if_array()) {
        for (const json::value& item : *list) {
            bytes += text_bytes(item);
        }
    } else if (const json::object* object = value.if_object()) {
        const std::string type = text_of(*object, "type");
        if (type == "base64" || type == "file" || type == "url") {
            return media_tokens * 4;
        }
        for (const auto& item : *object) {
            if (item.key() != "cache_control" && item.key() != "signature" && item.key() != "type") {
                bytes += item.key().size() + text_bytes(item.value());
            }
        }
    } else {
        bytes = 4;
    }
    return bytes;
}

struct Part {
    std::size_t tokens = 0;     // of this part
    std::string digest;         // of everything up to and including it
    std::optional<bool> mark;   // a cache mark; true: one hour
};

std::optional<bool> mark_of(const json::value& value) {
    const json::object* object = value.if_object();
    const json::value* mark = object != nullptr ? member(*object, "cache_control") : nullptr;
    if (mark == nullptr || !mark->is_object()) {
        return std::nullopt;
    }
    return text_of(mark->get_object(), "ttl") == "1h";
}

std::vector<Part> parts_of(const AnthropicCall& call) {
    std::vector<Part> parts;
    std::string digest;
    const auto add = [&](const json::value& value, std::string_view where) {
        digest = std::string(
            bytes_of(sha256(digest + std::string(where) + json::serialize(without(value, "cache_control")))));
        parts.push_back({estimated_tokens(text_bytes(value)), digest, mark_of(value)});
    };
    if (const json::value* tools = member(call.body, "tools"); tools != nullptr && tools->is_array()) {
        for (const json::value& tool : tools->get_array()) {
            add(tool, "tool");
        }
    }
    for (const json::value& block : call.system) {
        add(block, "system");
    }
    for (const Turn& turn : call.turns) {
        for (const json::value& block : turn.blocks) {
            add(block, turn.role);
        }
    }
    if (std::optional<bool> automatic = mark_of(call.body); automatic && !parts.empty() && !parts.back().mark) {
        parts.back().mark = automatic;
    }
    return parts;
}

constexpr std::size_t fixed_tokens = 3;  // the frame around any conversation

}  // namespace

std::size_t count_input(const AnthropicCall& call) {
    std::size_t tokens = fixed_tokens;
    for (const Part& part : parts_of(call)) {
        tokens += part.tokens;
    }
    return tokens;
}

InputTokens PromptCache::charge(const AnthropicCall& call, Clock::time_point now) {
    std::erase_if(entries_, [now](const auto& entry) { return entry.second.expires <= now; });
    const std::vector<Part> parts = parts_of(call);
    std::vector<std::size_t> upto(parts.size());
    std::size_t total = fixed_tokens;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        total += parts[i].tokens;
        upto[i] = total;
    }
    const std::string owner = call.account + "\x1f" + call.model + "\x1f";
    InputTokens result;
    std::size_t read_until = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].mark || upto[i] < call.rules->min_cacheable_tokens) {
            continue;
        }
        for (std::size_t back = 0; back <= std::min(look_back, i); ++back) {
            const auto found = entries_.find(owner + parts[i - back].digest);
            if (found != entries_.end()) {
                found->second.expires = now + found->second.lifetime;
                read_until = std::max(read_until, upto[i - back]);
                break;
            }
        }
    }
    result.read = read_until;
    std::size_t written_until = read_until;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].mark || upto[i] < call.rules->min_cacheable_tokens) {
            continue;
        }
        const Clock::duration lifetime =
            *parts[i].mark ? Clock::duration(std::chrono::hours(1)) : Clock::duration(std::chrono::minutes(5));
        entries_[owner + parts[i].digest] = {now + lifetime, lifetime};
        if (upto[i] > written_until) {
            (*parts[i].mark ? result.written_1h : result.written_5m) += upto[i] - written_until;
            written_until = upto[i];
        }
    }
    result.fresh = total - written_until;
    return result;
}

}  // namespace emulator
