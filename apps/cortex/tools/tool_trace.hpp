#pragma once

#include <cortex/tool.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace cortex::cli {

/// What the calls of a turn were and came to, for somebody who watches: the engine tells of a call by its id only.
/// Threads: any; tools run on threads of the engine.
class ToolTrace {
public:
    /// The same tool, which also leaves its calls here. It may outlive this.
    Tool watched(Tool tool) const;
    /// "{"expression":"6*7"} -> 42", on one line, and forgets it; "" for a call that never ran.
    std::string take(const std::string& call_id) const;

private:
    struct Lines {
        std::mutex mutex;
        std::map<std::string, std::string> by_call;   // under mutex
    };
    std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();
};

/// The first `most` characters of a text as one line without control characters; "..." where there was more.
std::string one_line(std::string_view text, std::size_t most);

}  // namespace cortex::cli
