// One function for each keyword: reads its value into the node.

#include "core/text.hpp"
#include "schema/compiler.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cortex::schema {
namespace {

template <class Rules>
Rules& made(std::unique_ptr<Rules>& rules) {
    if (!rules) rules = std::make_unique<Rules>();
    return *rules;
}

std::string child(const std::string& place, std::string_view token) {
    std::string out = place;
    append_token(out, token);
    return out;
}

}  // namespace

template <std::unique_ptr<NumberRules> Node::*Rules, std::optional<Limit> NumberRules::*Field>
void Compiler::bound(Node& node, const JsonValue& value, const std::string& at) {
    made(node.*Rules).*Field = limit(value, at);
}

template <auto Rules, auto SizesField, auto Side>
void Compiler::size_of(Node& node, const JsonValue& value, const std::string& at) {
    (made(node.*Rules).*SizesField).*Side = size(value, at);
}

template <auto Rules, auto Field>
void Compiler::subschema(Node& node, const JsonValue& value, const std::string& at) {
    made(node.*Rules).*Field = schema(value, at);
}

template <auto Field>
void Compiler::alternatives(Node& node, const JsonValue& value, const std::string& at) {
    made(node.in_place).*Field = schemas(value, at);
}

const std::vector<Compiler::Keyword>& Compiler::keywords() {
    using C = Compiler;
    using N = NumberRules;
    using A = ArrayRules;
    using O = ObjectRules;
    using I = InPlace;
    static const std::vector<Keyword> all = {
        {"type", &C::type},
        {"description", nullptr},
        {"properties", &C::properties},
        {"required", &C::required},
        {"additionalProperties", &C::subschema<&Node::object, &O::additional>},
        {"items", &C::subschema<&Node::array, &A::items>},
        {"enum", &C::enumeration},
        {"const", &C::constant},
        {"default", nullptr},
        {"title", nullptr},
        {"minimum", &C::bound<&Node::number, &N::at_least>},
        {"maximum", &C::bound<&Node::number, &N::at_most>},
        {"exclusiveMinimum", &C::bound<&Node::number, &N::above>},
        {"exclusiveMaximum", &C::bound<&Node::number, &N::below>},
        {"multipleOf", &C::multiple_of},
        {"minLength", &C::size_of<&Node::text, &StringRules::length, &Sizes::least>},
        {"maxLength", &C::size_of<&Node::text, &StringRules::length, &Sizes::most>},
        {"pattern", &C::pattern_keyword},
        {"format", &C::format},
        {"minItems", &C::size_of<&Node::array, &A::size, &Sizes::least>},
        {"maxItems", &C::size_of<&Node::array, &A::size, &Sizes::most>},
        {"uniqueItems", &C::unique_items},
        {"prefixItems", &C::prefix_items},
        {"contains", &C::subschema<&Node::array, &A::contains>},
        {"minContains", &C::size_of<&Node::array, &A::contained, &Sizes::least>},
        {"maxContains", &C::size_of<&Node::array, &A::contained, &Sizes::most>},
        {"unevaluatedItems", &C::subschema<&Node::array, &A::unevaluated>},
        {"minProperties", &C::size_of<&Node::object, &O::size, &Sizes::least>},
        {"maxProperties", &C::size_of<&Node::object, &O::size, &Sizes::most>},
        {"patternProperties", &C::pattern_properties},
        {"propertyNames", &C::subschema<&Node::object, &O::names>},
        {"unevaluatedProperties", &C::subschema<&Node::object, &O::unevaluated>},
        {"dependentRequired", &C::dependent_required},
        {"dependentSchemas", &C::dependent_schemas},
        {"allOf", &C::alternatives<&I::all_of>},
        {"anyOf", &C::alternatives<&I::any_of>},
        {"oneOf", &C::alternatives<&I::one_of>},
        {"not", &C::subschema<&Node::in_place, &I::negated>},
        {"if", &C::subschema<&Node::in_place, &I::condition>},
        {"then", &C::subschema<&Node::in_place, &I::then>},
        {"else", &C::subschema<&Node::in_place, &I::otherwise>},
        {"$ref", &C::reference},
        {"$defs", &C::definitions},
        {"definitions", &C::definitions},   // the name before 2019, still what many generators write
        {"$anchor", &C::anchor},
        {"$schema", nullptr},               // read before the rest, like $id
        {"$id", nullptr},
        {"$comment", nullptr},
        {"examples", nullptr},
        {"deprecated", nullptr},
        {"readOnly", nullptr},
        {"writeOnly", nullptr},
        {"contentEncoding", nullptr},
        {"contentMediaType", nullptr},
        {"contentSchema", nullptr},
    };
    return all;
}

void Compiler::dialect(Node& node, const JsonValue& value, const std::string& at) {
    std::string name = text(value, at);
    if (failed()) return;
    if (&node != &document_->nodes.front()) return fail(at, "only the root may name a draft");
    if (name.ends_with('#')) name.pop_back();
    if (name.starts_with("https://"))
        name.erase(0, 8);
    else if (name.starts_with("http://"))
        name.erase(0, 7);
    // What a keyword means has not changed since draft 6, if it passes here at all; only $ref did.
    if (name == "json-schema.org/draft/2020-12/schema" || name == "json-schema.org/draft/2019-09/schema") return;
    if (name == "json-schema.org/draft-07/schema" || name == "json-schema.org/draft-06/schema")
        reference_stands_alone_ = true;
    else
        fail(at, fmt::format("{} is not supported; 2020-12 is, and what it shares with 2019-09, draft-07 and draft-06", in_quotes(name)));
}

void Compiler::id(Node& node, const JsonValue& value, const std::string& at) {
    std::string name = text(value, at);
    if (failed()) return;
    if (&node != &document_->nodes.front()) return fail(at, "only the root may have an $id");
    if (name.ends_with('#')) name.pop_back();
    if (name.find('#') != std::string::npos) return fail(at, "an $id has no fragment; name the place with $anchor");
    root_id_ = std::move(name);
}

void Compiler::anchor(Node& node, const JsonValue& value, const std::string& at) {
    const std::string name = text(value, at);
    if (failed()) return;
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    if (name.empty() || !plain(name.front()) || (name.front() >= '0' && name.front() <= '9') ||
        !std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-' || c == '.'; }))
        return fail(at, fmt::format("{} is no name for an anchor", in_quotes(name)));
    if (!anchors_.emplace(name, &node).second) fail(at, fmt::format("there are two anchors {}", in_quotes(name)));
}

void Compiler::reference(Node& node, const JsonValue& value, const std::string& at) {
    std::string target = text(value, at);
    made(node.in_place);
    references_.push_back({&node, std::move(target), at});
}

void Compiler::definitions(Node&, const JsonValue& value, const std::string& at) {
    for (const auto& member : members(value, at)) schema(member.value(), child(at, member.key()));
}

void Compiler::type(Node& node, const JsonValue& value, const std::string& at) {
    const auto bits = [&](const std::string& name) -> std::uint8_t {
        if (name == "null") return Kind::null;
        if (name == "boolean") return Kind::boolean;
        if (name == "integer") return Kind::integer;
        if (name == "number") return Kind::number;
        if (name == "string") return Kind::string;
        if (name == "array") return Kind::array;
        if (name == "object") return Kind::object;
        const auto near = name.size() <= 64 ? nearest(name, {"null", "boolean", "integer", "number", "string", "array", "object"}) : std::nullopt;
        fail(at, fmt::format("{} is no type{}", in_quotes(name), near ? fmt::format("; did you mean {}?", in_quotes(*near)) : ""));
        return 0;
    };
    node.kinds = 0;
    if (value.is_string()) {
        node.kinds = bits(text(value, at));
        return;
    }
    const auto names = texts(value, at);
    if (!failed() && names.empty()) fail(at, "names no type");
    for (const std::string& name : names)
        if (!failed()) node.kinds = static_cast<std::uint8_t>(node.kinds | bits(name));
}

void Compiler::enumeration(Node& node, const JsonValue& value, const std::string& at) {
    const JsonArray* items = value.if_array();
    if (items == nullptr) return fail(at, fmt::format("must be an array, not {}", shown(value)));
    Choice choice;
    for (const JsonValue& item : *items) {
        choice.values.push_back(owned(item));
        if (const auto* found = item.if_string()) choice.sorted_texts.emplace_back(json_view(*found));
    }
    std::sort(choice.sorted_texts.begin(), choice.sorted_texts.end());
    node.choices.push_back(std::move(choice));
}

void Compiler::constant(Node& node, const JsonValue& value, const std::string& at) {
    enumeration(node, JsonValue(JsonArray{owned(value)}), at);
}

void Compiler::multiple_of(Node& node, const JsonValue& value, const std::string& at) {
    if (!value.is_number() || !is_finite(value) || wide(value) <= 0)
        return fail(at, fmt::format("must be a number above 0, not {}", shown(value)));
    made(node.number).multiple_of.emplace(decimal(value), owned(value));
}

void Compiler::pattern_keyword(Node& node, const JsonValue& value, const std::string& at) {
    made(node.text).pattern = pattern(text(value, at), at);
}

void Compiler::unique_items(Node& node, const JsonValue& value, const std::string& at) {
    const bool* truth = value.if_bool();
    if (truth == nullptr) return fail(at, fmt::format("must be true or false, not {}", shown(value)));
    made(node.array).unique = *truth;
}

void Compiler::properties(Node& node, const JsonValue& value, const std::string& at) {
    ObjectRules& rules = made(node.object);
    for (const auto& member : members(value, at))
        rules.properties.emplace_back(member.key(), schema(member.value(), child(at, member.key())));
}

void Compiler::pattern_properties(Node& node, const JsonValue& value, const std::string& at) {
    ObjectRules& rules = made(node.object);
    for (const auto& member : members(value, at)) {
        const std::string place = child(at, member.key());
        if (auto compiled = pattern(member.key(), place)) rules.patterns.emplace_back(std::move(*compiled), schema(member.value(), place));
        if (failed()) return;
    }
}

void Compiler::required(Node& node, const JsonValue& value, const std::string& at) { made(node.object).required = texts(value, at); }

void Compiler::dependent_required(Node& node, const JsonValue& value, const std::string& at) {
    ObjectRules& rules = made(node.object);
    for (const auto& member : members(value, at))
        rules.dependent_required.emplace_back(member.key(), texts(member.value(), child(at, member.key())));
}

void Compiler::dependent_schemas(Node& node, const JsonValue& value, const std::string& at) {
    InPlace& rules = made(node.in_place);
    for (const auto& member : members(value, at))
        rules.dependent.emplace_back(member.key(), schema(member.value(), child(at, member.key())));
}

void Compiler::prefix_items(Node& node, const JsonValue& value, const std::string& at) { made(node.array).prefix = schemas(value, at); }

void Compiler::format(Node&, const JsonValue& value, const std::string& at) { text(value, at); }

}  // namespace cortex::schema
