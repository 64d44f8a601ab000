#include "dialects/openai_responses/call_ids.hpp"

#include "dialects/turns.hpp"

#include <fmt/format.h>

namespace cortex::dialects::openai_responses {
namespace {

constexpr std::size_t longest = 64;

}  // namespace

std::string CallIds::call(const std::string& id) {
    std::string sent = fitting_id(id, longest);
    for (int copy = 2; !sent_.insert(sent).second; ++copy) {
        const std::string number = fmt::format("_{}", copy);
        sent = fitting_id(id, longest - number.size()) + number;
    }
    open_[id].push_back(sent);
    return sent;
}

std::string CallIds::result(const std::string& id) {
    const auto calls = open_.find(id);
    if (calls == open_.end() || calls->second.empty()) return fitting_id(id, longest);
    std::string sent = std::move(calls->second.front());
    calls->second.pop_front();
    return sent;
}

}  // namespace cortex::dialects::openai_responses
