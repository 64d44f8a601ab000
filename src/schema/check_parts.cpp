// Arrays and objects: what is asked of their parts.

#include "core/text.hpp"
#include "schema/check_words.hpp"
#include "schema/equal.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

namespace cortex::schema {
namespace {

Step item_step(const Step* parent, std::size_t index) { return {.parent = parent, .index = index, .is_index = true}; }
Step member_step(const Step* parent, std::string_view key) { return {.parent = parent, .key = key}; }

std::vector<std::string> names_of(const ObjectRules& rules) {
    std::vector<std::string> names;
    for (const auto& entry : rules.properties) names.push_back(entry.first);
    return names;
}

}  // namespace

bool Checker::check_array(const ArrayRules& rules, const JsonArray& items, Position where, Evaluated* seen) {
    if (!size_fits(rules.size, items.size(), "item", "has", where)) return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Node* node = i < rules.prefix.size() ? rules.prefix[i] : rules.items;
        if (node == nullptr) break;
        const Step step = item_step(where.at, i);
        if (!check(*node, items[i], {&step, where.report}, nullptr)) return false;
        if (seen != nullptr) seen->mark(i);
    }
    if (rules.contains != nullptr && !check_contains(rules, items, where, seen)) return false;
    if (rules.unique) {
        if (!spend(items.size())) return false;
        if (const auto same = equal_items(items)) {
            return fail(where, [&] {
                return fmt::format("has the same item, {}, at {} and {}; its items must differ", shown(items[same->first]), same->first, same->second);
            });
        }
    }
    return true;
}

bool Checker::check_contains(const ArrayRules& rules, const JsonArray& items, Position where, Evaluated* seen) {
    std::uint64_t found = 0;
    const std::uint64_t least = rules.contained.least.value_or(1);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Step step = item_step(where.at, i);
        if (!check(*rules.contains, items[i], {&step, false}, nullptr)) {
            if (gave_up_) return false;
            continue;
        }
        ++found;
        if (seen != nullptr) seen->mark(i);
        if (seen == nullptr && !rules.contained.most && found >= least) break;
    }
    const auto refuse = [&](std::string_view demand, std::uint64_t limit) {
        return fail(where, [&] {
            return fmt::format("has {} of the form that the schema asks for; it must have {} {}", counted(found, "item"), demand, limit);
        });
    };
    if (found < least) return refuse("at least", least);
    if (rules.contained.most && found > *rules.contained.most) return refuse("at most", *rules.contained.most);
    return true;
}

bool Checker::check_object(const ObjectRules& rules, const JsonObject& members, Position where, Evaluated* seen) {
    if (!check_presence(rules, members, where)) return false;
    if (rules.names != nullptr && !check_names(rules, members, where)) return false;
    if (rules.properties.empty() && rules.patterns.empty() && rules.additional == nullptr) return true;
    std::size_t index = 0;
    for (const auto& member : members) {
        const std::string_view name = member.key();
        const Step step = member_step(where.at, name);
        const Position inside{&step, where.report};
        bool known = false;
        if (const Node* node = rules.property(name)) {
            known = true;
            if (!check(*node, member.value(), inside, nullptr)) return false;
        }
        for (const auto& [pattern, node] : rules.patterns) {
            if (!matches(pattern, name)) continue;
            known = true;
            if (!check(*node, member.value(), inside, nullptr)) return false;
        }
        if (!known && rules.additional != nullptr) {
            known = true;
            if (rules.additional->refuses_all) return unknown_property(rules, name, inside);
            if (!check(*rules.additional, member.value(), inside, nullptr)) return false;
        }
        if (known && seen != nullptr) seen->mark(index);
        ++index;
    }
    return !gave_up_;
}

bool Checker::check_presence(const ObjectRules& rules, const JsonObject& members, Position where) {
    if (!size_fits(rules.size, members.size(), "property", "has", where)) return false;
    if (!spend(rules.required.size() + rules.dependent_required.size())) return false;
    for (const std::string& name : rules.required) {
        if (members.contains(name)) continue;
        return fail(where, [&] { return fmt::format("lacks the required property {}", in_quotes(name)); });
    }
    for (const auto& [name, needed] : rules.dependent_required) {
        if (!members.contains(name)) continue;
        for (const std::string& other : needed) {
            if (members.contains(other)) continue;
            return fail(where, [&] { return fmt::format("lacks the property {}, which is required beside {}", in_quotes(other), in_quotes(name)); });
        }
    }
    return true;
}

bool Checker::check_names(const ObjectRules& rules, const JsonObject& members, Position where) {
    for (const auto& member : members) {
        const JsonValue name(member.key());
        if (check(*rules.names, name, {where.at, false}, nullptr)) continue;
        if (gave_up_ || !where.report || found_) return false;
        // Again, for the words.
        const Step step = member_step(where.at, member.key());
        check(*rules.names, name, {&step, true}, nullptr);
        if (found_) found_->reason = fmt::format("is no name that the schema allows: {} {}", in_quotes(member.key()), found_->reason);
        return false;
    }
    return true;
}

bool Checker::unknown_property(const ObjectRules& rules, std::string_view name, Position where) {
    return fail(where, [&] {
        const auto names = names_of(rules);
        if (names.empty()) return std::string("is not a known property");
        const auto near = name.size() <= 64 ? nearest(name, names) : std::nullopt;
        if (near) return fmt::format("is not a known property; did you mean {}?", in_quotes(*near));
        return fmt::format("is not a known property; known {} {}", names.size() == 1 ? "is" : "are", list_of(names));
    });
}

bool Checker::check_unevaluated(const Node& node, const JsonValue& value, Position where, Evaluated& seen) {
    if (const JsonArray* items = value.if_array()) {
        for (std::size_t i = 0; i < items->size(); ++i) {
            if (seen.has(i)) continue;
            const Step step = item_step(where.at, i);
            if (!check(*node.array->unevaluated, (*items)[i], {&step, where.report}, nullptr)) return false;
        }
    } else if (const JsonObject* members = value.if_object()) {
        std::size_t index = 0;
        for (const auto& member : *members) {
            if (seen.has(index++)) continue;
            const Step step = member_step(where.at, member.key());
            const Position inside{&step, where.report};
            if (node.object->unevaluated->refuses_all) return fail(inside, [] { return std::string("is not a known property"); });
            if (!check(*node.object->unevaluated, member.value(), inside, nullptr)) return false;
        }
    }
    seen.mark_all();
    return true;
}

}  // namespace cortex::schema
