#include "schema/node.hpp"

#include "schema/equal.hpp"

#include <algorithm>

namespace cortex::schema {
namespace {

bool shorter(std::string_view a, std::string_view b) noexcept { return a.size() != b.size() ? a.size() < b.size() : a < b; }

}  // namespace

const Node* ObjectRules::property(std::string_view name) const noexcept {
    const auto at = std::lower_bound(properties.begin(), properties.end(), name,
                                     [](const auto& entry, std::string_view wanted) { return shorter(entry.first, wanted); });
    return at != properties.end() && at->first == name ? at->second : nullptr;
}

void ObjectRules::sort() {
    std::sort(properties.begin(), properties.end(), [](const auto& a, const auto& b) { return shorter(a.first, b.first); });
}

bool Choice::holds(const JsonValue& value) const noexcept {
    if (const auto* text = value.if_string()) return std::binary_search(sorted_texts.begin(), sorted_texts.end(), json_view(*text));
    return std::any_of(values.begin(), values.end(), [&value](const JsonValue& allowed) { return equal(allowed, value); });
}

}  // namespace cortex::schema
