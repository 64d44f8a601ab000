#pragma once

#include "schema/node.hpp"
#include "schema/schema.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::schema {

/// A place in the instance, as a chain on the stack: written out only where something is wrong.
struct Step {
    const Step* parent = nullptr;
    std::string_view key = {};
    std::size_t index = 0;
    bool is_index = false;
};

/// Which items or properties of one value some schema has looked at, for unevaluatedItems and unevaluatedProperties.
class Evaluated {
public:
    explicit Evaluated(std::size_t size) : seen_(size, false) {}
    void mark(std::size_t index) { seen_[index] = true; }
    void mark_all() { seen_.assign(seen_.size(), true); }
    void join(const Evaluated& other);
    bool has(std::size_t index) const { return seen_[index]; }

private:
    std::vector<bool> seen_;
};

/// One check of one instance.
class Checker {
public:
    /// Work that one check may do: nodes visited, steps of patterns. A schema that repeats itself at every level of a deep value
    /// asks for exponentially much; no honest pair of schema and value comes near.
    static constexpr std::size_t max_work = 10'000'000;
    /// Nodes within each other. The instance's own depth is bounded by whoever parsed it.
    static constexpr int max_depth = 2'000;

    std::optional<Violation> run(const Node& root, const JsonValue& value);

private:
    struct Position {
        const Step* at;
        bool report;   ///< Whether a failure is to be put into words: not in a branch that may fail.
    };

    bool check(const Node& node, const JsonValue& value, Position where, Evaluated* seen);
    bool check_kind(const Node& node, const JsonValue& value, Position where);
    bool check_choices(const Node& node, const JsonValue& value, Position where);
    bool check_number(const NumberRules& rules, const JsonValue& value, Position where);
    bool check_text(const StringRules& rules, const JsonValue& value, Position where);
    bool check_array(const ArrayRules& rules, const JsonArray& items, Position where, Evaluated* seen);
    bool check_contains(const ArrayRules& rules, const JsonArray& items, Position where, Evaluated* seen);
    bool check_object(const ObjectRules& rules, const JsonObject& members, Position where, Evaluated* seen);
    bool check_presence(const ObjectRules& rules, const JsonObject& members, Position where);
    bool check_names(const ObjectRules& rules, const JsonObject& members, Position where);
    bool check_unevaluated(const Node& node, const JsonValue& value, Position where, Evaluated& seen);
    bool check_in_place(const InPlace& rules, const JsonValue& value, Position where, Evaluated* seen);
    bool check_any_of(const std::vector<const Node*>& branches, const JsonValue& value, Position where, Evaluated* seen);
    bool check_one_of(const std::vector<const Node*>& branches, const JsonValue& value, Position where, Evaluated* seen);

    /// In a branch that may fail: what it has looked at counts only if it holds.
    bool try_branch(const Node& node, const JsonValue& value, const Step* at, Evaluated* seen);
    void explain_branches(const std::vector<const Node*>& branches, const JsonValue& value, Position where);

    bool matches(const Pattern& pattern, std::string_view text);
    bool size_fits(const Sizes& sizes, std::uint64_t size, std::string_view thing, std::string_view verb, Position where);
    bool unknown_property(const ObjectRules& rules, std::string_view name, Position where);

    /// False, for good, once the work is used up.
    bool spend(std::size_t work) noexcept;

    template <class Reason>
    bool fail(Position where, Reason reason);

    std::size_t work_ = max_work;
    int depth_ = 0;
    bool gave_up_ = false;
    std::optional<Violation> found_ = {};
};

}  // namespace cortex::schema
