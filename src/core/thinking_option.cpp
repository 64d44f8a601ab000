#include <cortex/config.hpp>

#include <charconv>

namespace cortex {

Thinking::Thinking(std::string_view text) : kind_(Kind::invalid) {
    if (text == "auto") {
        kind_ = Kind::automatic;
    } else if (text == "off") {
        kind_ = Kind::off;
    } else {
        int tokens = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), tokens);
        if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return;
        kind_ = Kind::budget;
        budget_ = tokens;
    }
}

}  // namespace cortex
