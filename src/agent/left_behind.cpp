#include "agent/left_behind.hpp"

#include <fmt/format.h>

#include <map>

namespace cortex::agent {
namespace {

std::string_view kind_of(const ContentBlock& block) {
    if (block.as<ThinkingBlock>() != nullptr || block.as<RedactedThinkingBlock>() != nullptr) return "thinking";
    if (block.as<UnknownBlock>() != nullptr) return "blocks of its vendor's own";
    return {};
}

}  // namespace

std::vector<std::string> left_behind(const std::vector<MessagePtr>& messages, const ModelChoice& choice) {
    std::map<std::pair<std::string, std::string_view>, std::size_t> counts;   // by the model that wrote it, and the kind
    for (const MessagePtr& message : messages) {
        if (message->role != Role::assistant || (message->origin.provider == choice.provider && message->origin.model == choice.wire_model)) continue;
        for (const ContentBlock& block : message->content)
            if (const std::string_view kind = kind_of(block); !kind.empty()) ++counts[{message->origin.model, kind}];
    }
    std::vector<std::string> sentences;
    for (const auto& [what, count] : counts)
        sentences.push_back(fmt::format("{} does not get the {} of {} ({} block{})", choice.wire_model, what.second, what.first.empty() ? "an earlier model" : what.first, count,
                                        count == 1 ? "" : "s"));
    return sentences;
}

}  // namespace cortex::agent
