#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cortex::property {

/// What of a request body its vendor's cache reads, in any dialect, cache marks aside.
struct Wire {
    std::string head;                      ///< Tools and system prompt.
    std::vector<std::string> messages;     ///< The elements of `messages`, `contents` or `input`.
};
Wire wire_of(std::string body);

/// Where `after` does not begin with `before`; "" if it does. `last_may_grow`: the conversation went on with a message of the
/// same role, and some dialects join neighbours, so the last message of `before` may have become longer.
std::string breach(const Wire& before, const Wire& after, bool last_may_grow);

}  // namespace cortex::property
