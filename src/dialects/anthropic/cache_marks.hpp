#pragma once

#include "core/model_call.hpp"
#include "dialects/turns.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace cortex::dialects::anthropic {

/// Where a request asks the service to remember what it has read: at most four places (Messages API, "Prompt caching").
struct CacheMarks {
    bool tools = false;  ///< On the last tool.
    bool system = false;  ///< On the system text.
    std::vector<std::size_t> turns = {};  ///< On the last block of these user turns.

    bool on(std::size_t turn) const noexcept;
};

/// The marks of one call: tools, system, the newest user message, and the one that this model answered last, whose entry
/// its request wrote. Exact places, so that no search backwards (20 blocks at most) is needed in a long tool loop. For a
/// model that forgets the thinking of earlier turns also the message that began the turn, if that is further back than the
/// search reaches: nothing behind it survives the turn's end. The mark on the tools gives way, as that on the system text
/// covers them.
///
/// A place counts only where what is read up to there is as long as the model caches at all; unknown Claude models are
/// taken to cache from 1,024 tokens on, models of others not at all.
CacheMarks place_cache_marks(const ModelCall& call, const std::vector<Turn>& turns);

/// The last element of a user turn that a mark may stand on, or nothing: an index into its unanswered calls and its blocks,
/// counted in that order.
std::optional<std::size_t> markable_element(const Turn& turn) noexcept;

}  // namespace cortex::dialects::anthropic
