#pragma once

#include "core/json.hpp"
#include "schema/number.hpp"
#include "schema/pattern.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::schema {

struct Node;

/// Kinds of values as bits. A whole number has both number bits, so that "number" and "integer" are one test each.
enum Kind : std::uint8_t { null = 1, boolean = 2, integer = 4, number = 8, string = 16, array = 32, object = 64 };
constexpr std::uint8_t every_kind = 127;

struct Limit {
    Wide value = 0;
    JsonValue shown = {};   ///< As the schema has it.
};

struct NumberRules {
    std::optional<Limit> at_least = {}, at_most = {}, above = {}, below = {};
    std::optional<std::pair<Decimal, JsonValue>> multiple_of = {};
};

/// Sizes: characters, items or properties.
struct Sizes {
    std::optional<std::uint64_t> least = {}, most = {};
};

struct StringRules {
    Sizes length = {};
    std::optional<Pattern> pattern = {};
};

struct ArrayRules {
    Sizes size = {};
    bool unique = false;
    std::vector<const Node*> prefix = {};
    const Node* items = nullptr;          ///< Of what follows the prefix.
    const Node* contains = nullptr;
    Sizes contained = {};
    const Node* unevaluated = nullptr;
};

struct ObjectRules {
    /// The named properties, sorted by length and then by bytes.
    std::vector<std::pair<std::string, const Node*>> properties = {};
    std::vector<std::pair<Pattern, const Node*>> patterns = {};
    const Node* additional = nullptr;
    const Node* names = nullptr;
    const Node* unevaluated = nullptr;
    std::vector<std::string> required = {};
    std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required = {};
    Sizes size = {};

    const Node* property(std::string_view name) const noexcept;
    void sort();
};

/// What is asked of the same value by further schemas.
struct InPlace {
    const Node* reference = nullptr;
    std::vector<const Node*> all_of = {}, any_of = {}, one_of = {};
    const Node* negated = nullptr;
    const Node *condition = nullptr, *then = nullptr, *otherwise = nullptr;
    std::vector<std::pair<std::string, const Node*>> dependent = {};
};

/// The only values that will do.
struct Choice {
    std::vector<JsonValue> values = {};
    std::vector<std::string> sorted_texts = {};   ///< The texts among them, for a quick look.
    bool holds(const JsonValue& value) const noexcept;
};

/// One schema of the document, `true` and `false` too.
struct Node {
    std::string place = {};           ///< JSON Pointer in the document.
    bool refuses_all = false;
    std::uint8_t kinds = every_kind;
    std::vector<Choice> choices = {};  ///< Of `enum` and of `const`: each must hold the value.
    std::unique_ptr<NumberRules> number = {};
    std::unique_ptr<StringRules> text = {};
    std::unique_ptr<ArrayRules> array = {};
    std::unique_ptr<ObjectRules> object = {};
    std::unique_ptr<InPlace> in_place = {};
    int height = -1;                  ///< Of the longest way through schemas of the same value; for the search for circles.
};

/// All nodes of one schema; they point at each other and live as long as it.
struct Document {
    std::deque<Node> nodes = {};
};

}  // namespace cortex::schema
