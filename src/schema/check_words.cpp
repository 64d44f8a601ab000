#include "schema/check_words.hpp"

#include "core/text.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::schema {

std::string kind_names(std::uint8_t kinds) {
    std::vector<std::string> names;
    const auto name = [&](Kind kind, std::string_view noun) {
        if ((kinds & kind) != 0) names.push_back(with_article(noun));
    };
    name(Kind::string, "string");
    if ((kinds & Kind::number) == 0) name(Kind::integer, "integer");
    name(Kind::number, "number");
    name(Kind::boolean, "boolean");
    name(Kind::array, "array");
    name(Kind::object, "object");
    name(Kind::null, "null");
    return names.empty() ? "absent" : join_or(names);
}

std::uint8_t kinds_through(const Node& node) noexcept {
    std::uint8_t kinds = node.refuses_all ? 0 : node.kinds;
    // A chain of references is finite: circles were refused.
    for (const Node* next = node.in_place ? node.in_place->reference : nullptr; next != nullptr;
         next = next->in_place ? next->in_place->reference : nullptr) {
        const bool whole_only = (kinds & Kind::number) == 0 || (next->kinds & Kind::number) == 0;
        const auto numeric = static_cast<std::uint8_t>(Kind::number | Kind::integer);
        const bool both = (kinds & numeric) != 0 && (next->kinds & numeric) != 0;
        kinds = static_cast<std::uint8_t>(kinds & next->kinds & ~numeric);
        if (both) kinds = static_cast<std::uint8_t>(kinds | (whole_only ? Kind::integer : Kind::number));
    }
    return kinds;
}

std::string choice_reason(const Choice& choice, const JsonValue& value) {
    constexpr std::size_t most = 12;
    constexpr std::size_t room = 300;
    if (choice.values.empty()) return fmt::format("is {}; the schema allows no value here", shown(value));
    if (choice.values.size() == 1) return fmt::format("is {}; it must be {}", shown(value), shown(choice.values.front()));
    std::vector<std::string> names;
    std::size_t length = 0;
    for (const JsonValue& allowed : choice.values) {
        names.push_back(shown(allowed));
        length += names.back().size();
        if (names.size() == most || length > room) break;
    }
    if (names.size() < choice.values.size()) names.push_back(fmt::format("one of {} more", choice.values.size() - names.size()));
    return fmt::format("is {}; it must be {}", shown(value), join_or(names));
}

std::string short_pattern(const Pattern& pattern) {
    const std::string& text = pattern.text();
    return text.size() <= 80 ? text : fmt::format("{}...", utf8_prefix(text, 77));
}

std::string pointer_to(const Step* step) {
    std::vector<const Step*> steps;
    for (; step != nullptr; step = step->parent) steps.push_back(step);
    std::string out;
    for (auto at = steps.rbegin(); at != steps.rend(); ++at) append_token(out, (*at)->is_index ? std::to_string((*at)->index) : (*at)->key);
    return out;
}

}  // namespace cortex::schema
