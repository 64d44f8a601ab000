#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace cortex::dialects::openai_responses {

/// The ids under which calls and their results go out: at most 64 characters, and no two calls of a conversation the same
/// (some servers number the calls of each answer anew).
class CallIds {
public:
    /// An assistant message begins: only its calls are answered next.
    void begin_turn() { open_.clear(); }
    /// The id of a call that was made under `id`.
    std::string call(const std::string& id);
    /// The id of the result of the first call under `id` that has none yet.
    std::string result(const std::string& id);

private:
    std::set<std::string, std::less<>> sent_ = {};
    std::map<std::string, std::deque<std::string>, std::less<>> open_ = {};
};

}  // namespace cortex::dialects::openai_responses
