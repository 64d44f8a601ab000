// How a value is held against a schema: what all kinds of values share. Arrays and objects are in check_parts.cpp.

#include "schema/checker.hpp"

#include "schema/check_words.hpp"
#include "schema/equal.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::schema {
namespace {

std::uint8_t kinds_of(const JsonValue& value) noexcept {
    switch (value.kind()) {
        case boost::json::kind::null: return Kind::null;
        case boost::json::kind::bool_: return Kind::boolean;
        case boost::json::kind::int64:
        case boost::json::kind::uint64: return Kind::integer | Kind::number;
        case boost::json::kind::double_:
            // A number that overflowed on the way in fits no type: nobody could compute with it.
            return is_whole(value) ? Kind::integer | Kind::number : is_finite(value) ? Kind::number : 0;
        case boost::json::kind::string: return Kind::string;
        case boost::json::kind::array: return Kind::array;
        case boost::json::kind::object: break;
    }
    return Kind::object;
}

}  // namespace

void Evaluated::join(const Evaluated& other) {
    for (std::size_t i = 0; i < seen_.size(); ++i)
        if (other.seen_[i]) seen_[i] = true;
}

std::optional<Violation> Checker::run(const Node& root, const JsonValue& value) {
    if (check(root, value, {nullptr, true}, nullptr)) return std::nullopt;
    if (gave_up_)
        return Violation{.path = "", .reason = "takes too much work to check: the schema repeats itself, or the value is nested too deeply"};
    return std::move(found_);
}

bool Checker::check(const Node& node, const JsonValue& value, Position where, Evaluated* seen) {
    if (depth_ >= max_depth) gave_up_ = true;
    if (!spend(1)) return false;
    if (node.refuses_all) return fail(where, [] { return std::string("is not allowed"); });
    if (node.kinds != every_kind && !check_kind(node, value, where)) return false;
    if (!node.choices.empty() && !check_choices(node, value, where)) return false;
    if (node.number && value.is_number() && !check_number(*node.number, value, where)) return false;
    if (node.text && value.is_string() && !check_text(*node.text, value, where)) return false;

    const JsonArray* items = node.array ? value.if_array() : nullptr;
    const JsonObject* members = node.object ? value.if_object() : nullptr;
    if (items == nullptr && members == nullptr && !node.in_place) return true;

    ++depth_;
    const bool asks = (items != nullptr && node.array->unevaluated != nullptr) || (members != nullptr && node.object->unevaluated != nullptr);
    std::optional<Evaluated> own;
    if (asks) own.emplace(items != nullptr ? items->size() : members->size());
    Evaluated* const notes = own ? &*own : seen;
    const bool holds = (members == nullptr || check_object(*node.object, *members, where, notes)) &&
                       (items == nullptr || check_array(*node.array, *items, where, notes)) &&
                       (!node.in_place || check_in_place(*node.in_place, value, where, notes)) &&
                       (!own || check_unevaluated(node, value, where, *own));
    --depth_;
    if (holds && own && seen != nullptr) seen->join(*own);
    return holds && !gave_up_;
}

bool Checker::spend(std::size_t work) noexcept {
    if (work >= work_) gave_up_ = true;
    if (gave_up_) return false;
    work_ -= work;
    return true;
}

bool Checker::try_branch(const Node& node, const JsonValue& value, const Step* at, Evaluated* seen) {
    if (seen == nullptr) return check(node, value, {at, false}, nullptr);
    const std::size_t size = value.is_array() ? value.get_array().size() : value.is_object() ? value.get_object().size() : 0;
    Evaluated own(size);
    if (!check(node, value, {at, false}, &own)) return false;
    seen->join(own);
    return true;
}

bool Checker::check_kind(const Node& node, const JsonValue& value, Position where) {
    if ((node.kinds & kinds_of(value)) != 0) return true;
    return fail(where, [&] { return fmt::format("is {}; it must be {}", shown(value), kind_names(node.kinds)); });
}

bool Checker::check_choices(const Node& node, const JsonValue& value, Position where) {
    for (const Choice& choice : node.choices)
        if (!spend(value.is_string() ? 1 : choice.values.size()) || !choice.holds(value)) return fail(where, [&] { return choice_reason(choice, value); });
    return true;
}

bool Checker::check_number(const NumberRules& rules, const JsonValue& value, Position where) {
    const Wide number = wide(value);
    const auto refuse = [&](std::string_view demand, const JsonValue& limit) {
        return fail(where, [&] { return fmt::format("is {}; it must be {} {}", shown(value), demand, shown(limit)); });
    };
    if (rules.at_least && number < rules.at_least->value) return refuse("at least", rules.at_least->shown);
    if (rules.at_most && number > rules.at_most->value) return refuse("at most", rules.at_most->shown);
    if (rules.above && number <= rules.above->value) return refuse("more than", rules.above->shown);
    if (rules.below && number >= rules.below->value) return refuse("less than", rules.below->shown);
    if (rules.multiple_of && !is_multiple(decimal(value), rules.multiple_of->first))
        return refuse("a multiple of", rules.multiple_of->second);
    return true;
}

bool Checker::check_text(const StringRules& rules, const JsonValue& value, Position where) {
    const std::string_view text = json_view(value.get_string());
    if (rules.length.least || rules.length.most) {
        // Characters are code points: every byte that does not continue one.
        const auto length = static_cast<std::uint64_t>(
            std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
        if (!size_fits(rules.length, length, "character", "is", where)) return false;
    }
    if (!rules.pattern || matches(*rules.pattern, text)) return true;
    return fail(where, [&] { return fmt::format("is {}; it must match the pattern {}", in_quotes(text), short_pattern(*rules.pattern)); });
}

bool Checker::check_in_place(const InPlace& rules, const JsonValue& value, Position where, Evaluated* seen) {
    if (rules.reference != nullptr && !check(*rules.reference, value, where, seen)) return false;
    for (const Node* branch : rules.all_of)
        if (!check(*branch, value, where, seen)) return false;
    if (!rules.any_of.empty() && !check_any_of(rules.any_of, value, where, seen)) return false;
    if (!rules.one_of.empty() && !check_one_of(rules.one_of, value, where, seen)) return false;
    if (rules.negated != nullptr && check(*rules.negated, value, {where.at, false}, nullptr))
        return fail(where, [&] { return fmt::format("is {}; the schema rules out this form", shown(value)); });
    if (rules.condition != nullptr && (rules.then != nullptr || rules.otherwise != nullptr || seen != nullptr)) {
        const Node* next = try_branch(*rules.condition, value, where.at, seen) ? rules.then : rules.otherwise;
        if (next != nullptr && !check(*next, value, where, seen)) return false;
    }
    if (const JsonObject* members = rules.dependent.empty() ? nullptr : value.if_object())
        for (const auto& [name, branch] : rules.dependent)
            if (members->contains(name) && !check(*branch, value, where, seen)) return false;
    return true;
}

bool Checker::check_any_of(const std::vector<const Node*>& branches, const JsonValue& value, Position where, Evaluated* seen) {
    bool fits = false;
    for (const Node* branch : branches) {
        if (try_branch(*branch, value, where.at, seen)) fits = true;
        if (fits && seen == nullptr) return true;   // else every branch that holds has something to note
    }
    if (!fits) explain_branches(branches, value, where);
    return fits;
}

bool Checker::check_one_of(const std::vector<const Node*>& branches, const JsonValue& value, Position where, Evaluated* seen) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < branches.size() && fitting.size() < 2; ++i)
        if (try_branch(*branches[i], value, where.at, seen)) fitting.push_back(i);
    if (fitting.size() == 1) return true;
    if (fitting.empty()) {
        explain_branches(branches, value, where);
        return false;
    }
    return fail(where, [&] {
        return fmt::format("is {}; it fits alternatives {} and {} and must fit exactly one", shown(value), fitting[0] + 1, fitting[1] + 1);
    });
}

/// Nothing fits. Where each alternative wants another kind of value, all kinds are named; else the alternative that the value
/// comes closest to speaks: the one whose complaint lies deepest, and is not about the kind.
void Checker::explain_branches(const std::vector<const Node*>& branches, const JsonValue& value, Position where) {
    if (!where.report || found_ || gave_up_) return;
    std::uint8_t wanted = 0;
    int candidates = 0;
    std::optional<Violation> best;
    for (const Node* branch : branches) {
        const std::uint8_t kinds = kinds_through(*branch);
        if ((kinds & kinds_of(value)) == 0) {
            wanted = static_cast<std::uint8_t>(wanted | kinds);
            continue;
        }
        ++candidates;
        check(*branch, value, where, nullptr);
        if (gave_up_) return;
        std::optional<Violation> complaint;
        complaint.swap(found_);
        if (complaint && (!best || complaint->path.size() > best->path.size())) best = std::move(complaint);
    }
    if (best && candidates > 1) best->reason += fmt::format(" (the nearest of {} alternatives)", candidates);
    if (best)
        found_ = std::move(best);
    else
        fail(where, [&] { return fmt::format("is {}; it must be {}", shown(value), kind_names(wanted)); });
}

bool Checker::matches(const Pattern& pattern, std::string_view text) {
    const bool found = pattern.found_in(text, work_);
    if (work_ == 0) gave_up_ = true;
    return found;
}

bool Checker::size_fits(const Sizes& sizes, std::uint64_t size, std::string_view thing, std::string_view verb, Position where) {
    const auto refuse = [&](std::string_view demand, std::uint64_t limit) {
        return fail(where, [&] {
            return verb == "is" ? fmt::format("is {} long; it must be {} {} long", counted(size, thing), demand, counted(limit, thing))
                                : fmt::format("has {}; it must have {} {}", counted(size, thing), demand, limit);
        });
    };
    if (sizes.least && size < *sizes.least) return refuse("at least", *sizes.least);
    if (sizes.most && size > *sizes.most) return refuse("at most", *sizes.most);
    return true;
}

}  // namespace cortex::schema
