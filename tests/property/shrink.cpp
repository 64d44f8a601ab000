#include "shrink.hpp"

#include <utility>

namespace cortex::property {
namespace {

bool drop_a_message(History& history, const std::function<bool(const History&)>& fails) {
    for (std::size_t i = history.messages.size(); i-- > 0;) {
        History smaller = history;
        smaller.messages.erase(smaller.messages.begin() + static_cast<std::ptrdiff_t>(i));
        if (smaller.messages.empty() || smaller.messages.back()->role != Role::user || !fails(smaller)) continue;
        history = std::move(smaller);
        return true;
    }
    return false;
}

bool drop_a_block(History& history, const std::function<bool(const History&)>& fails) {
    for (std::size_t i = 0; i < history.messages.size(); ++i)
        for (std::size_t block = 0; block < history.messages[i]->content.size() && history.messages[i]->content.size() > 1; ++block) {
            auto message = std::make_shared<Message>(*history.messages[i]);
            message->content.erase(message->content.begin() + static_cast<std::ptrdiff_t>(block));
            History smaller = history;
            smaller.messages[i] = std::move(message);
            if (!fails(smaller)) continue;
            history = std::move(smaller);
            return true;
        }
    return false;
}

bool drop_of_the_prefix(History& history, const std::function<bool(const History&)>& fails) {
    for (std::size_t i = 0; i <= history.prefix->tools.size(); ++i) {
        FrozenPrefix prefix = *history.prefix;
        if (i < prefix.tools.size())
            prefix.tools.erase(prefix.tools.begin() + static_cast<std::ptrdiff_t>(i));
        else if (!std::exchange(prefix.system, {}).empty())
            ;
        else
            continue;
        History smaller = history;
        smaller.prefix = std::make_shared<FrozenPrefix>(std::move(prefix));
        if (!fails(smaller)) continue;
        history = std::move(smaller);
        return true;
    }
    return false;
}

}  // namespace

History shrunk(History history, const std::function<bool(const History&)>& fails) {
    while (drop_a_message(history, fails) || drop_a_block(history, fails) || drop_of_the_prefix(history, fails)) {
    }
    return history;
}

}  // namespace cortex::property
