#pragma once

#include "schema/checker.hpp"

#include <string>

namespace cortex::schema {

/// "a string or null".
std::string kind_names(std::uint8_t kinds);
/// The kinds of values that the node lets through at best: its own type, narrowed by what it refers to.
std::uint8_t kinds_through(const Node& node) noexcept;
/// Why a value is none of the choice's.
std::string choice_reason(const Choice& choice, const JsonValue& value);
std::string short_pattern(const Pattern& pattern);
std::string pointer_to(const Step* step);

template <class Reason>
bool Checker::fail(Position where, Reason reason) {
    if (where.report && !found_ && !gave_up_) found_ = Violation{.path = pointer_to(where.at), .reason = reason()};
    return false;
}

}  // namespace cortex::schema
