#include "schema/compiler.hpp"

#include "core/text.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace cortex::schema {
namespace {

/// Keywords of the specification that change what a schema means and that are not checked.
constexpr std::array unsupported = {"$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary", "additionalItems",
                                    "dependencies", "id"};

std::string child(const std::string& place, std::string_view token) {
    std::string out = place;
    append_token(out, token);
    return out;
}

std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            out.push_back(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

/// `visit` sees every schema that judges the same value as the node.
template <class Visit>
void for_each_in_place(const Node& node, Visit visit) {
    if (!node.in_place) return;
    const InPlace& rules = *node.in_place;
    for (const Node* next : {rules.reference, rules.negated, rules.condition, rules.then, rules.otherwise})
        if (next != nullptr) visit(*next);
    for (const auto* list : {&rules.all_of, &rules.any_of, &rules.one_of})
        for (const Node* next : *list) visit(*next);
    for (const auto& entry : rules.dependent) visit(*entry.second);
}

}  // namespace

Compiler::Compiler() : document_(std::make_shared<Document>()) {}

Result<std::shared_ptr<const Node>> Compiler::run(const JsonValue& value) {
    Node* root = schema(value, "");
    if (!failed()) resolve();
    if (!failed())
        for (Node& node : document_->nodes)
            if (height(node, 0) < 0) break;
    if (failed()) return ErrorInfo{.code = ErrorCode::config, .message = failure_};
    return std::shared_ptr<const Node>(document_, root);
}

void Compiler::fail(const std::string& place, std::string_view reason) {
    if (!failed()) failure_ = fmt::format("the schema cannot be used: at #{}: {}", place.size() <= 400 ? place : place.substr(0, 400) + "...", reason);
}

Node* Compiler::schema(const JsonValue& value, const std::string& place) {
    Node& node = document_->nodes.emplace_back();
    if (failed()) return &node;
    node.place = place;
    places_.emplace(place, &node);
    if (document_->nodes.size() > max_nodes) {
        fail(place, fmt::format("it has more than {} subschemas", max_nodes));
        return &node;
    }
    if (const bool* truth = value.if_bool()) {
        node.refuses_all = !*truth;
        return &node;
    }
    const JsonObject* members = value.if_object();
    if (members == nullptr) {
        fail(place, fmt::format("a schema is an object or a boolean, not {}", shown(value)));
        return &node;
    }
    // First, as they say how to read the rest.
    if (const JsonValue* found = members->if_contains("$schema")) dialect(node, *found, child(place, "$schema"));
    if (const JsonValue* found = members->if_contains("$id")) id(node, *found, child(place, "$id"));
    if (reference_stands_alone_) legacy_reference(*members, place);
    for (const auto& member : *members) {
        const std::string_view name = member.key();
        const auto& known = keywords();
        const auto found = std::find_if(known.begin(), known.end(), [name](const Keyword& keyword) { return keyword.name == name; });
        if (found == known.end())
            unknown(std::string(name), place);
        else if (found->handler != nullptr)
            (this->*found->handler)(node, member.value(), child(place, name));
        if (failed()) break;
    }
    if (node.object) node.object->sort();
    return &node;
}

void Compiler::unknown(const std::string& name, const std::string& place) {
    if (name.starts_with("x-")) return;   // by convention an annotation of somebody's own
    if (std::find(unsupported.begin(), unsupported.end(), name) != unsupported.end())
        return fail(child(place, name), fmt::format("the keyword {} is not supported", in_quotes(name)));
    std::vector<std::string> names;
    for (const Keyword& keyword : keywords()) names.emplace_back(keyword.name);
    const auto near = name.size() <= 64 ? nearest(name, names) : std::nullopt;
    fail(child(place, name), fmt::format("unknown keyword {}{}", in_quotes(name), near ? fmt::format("; did you mean {}?", in_quotes(*near)) : ""));
}

void Compiler::legacy_reference(const JsonObject& members, const std::string& place) {
    if (!members.contains("$ref")) return;
    for (const auto& member : members) {
        const std::string_view name = member.key();
        if (name == "$ref" || name == "$schema" || name == "$id" || name == "definitions" || name == "$defs") continue;
        const auto& known = keywords();
        const auto found = std::find_if(known.begin(), known.end(), [name](const Keyword& keyword) { return keyword.name == name; });
        if (found != known.end() && found->handler != nullptr)
            return fail(child(place, name), "its draft ignores what stands beside $ref; say \"$schema\": \"https://json-schema.org/draft/2020-12/schema\" if it is meant to count");
    }
}

void Compiler::resolve() {
    for (const Reference& wanted : references_) {
        std::string_view target = wanted.target;
        if (!root_id_.empty() && target.starts_with(root_id_) && (target.size() == root_id_.size() || target[root_id_.size()] == '#'))
            target.remove_prefix(root_id_.size());
        if (!target.empty() && target.front() != '#') return fail(wanted.at, fmt::format("{} leads out of the schema; only references within it are supported", in_quotes(target)));
        if (!target.empty()) target.remove_prefix(1);
        const std::string fragment = percent_decoded(target);
        const auto& table = fragment.empty() || fragment.front() == '/' ? places_ : anchors_;
        const auto found = table.find(fragment);
        if (found == table.end()) return fail(wanted.at, fmt::format("{} leads to no schema", in_quotes(wanted.target)));
        wanted.from->in_place->reference = found->second;
    }
}

/// -1 after a failure. A node whose height is being measured has -2: to meet it again is a circle.
int Compiler::height(Node& node, int above) {
    if (node.height >= 0) return node.height;
    if (node.height == -2) {
        fail(node.place, "it leads back to itself without looking at a part of the value");
        return -1;
    }
    if (above > max_height) {
        fail(node.place, fmt::format("more than {} schemas follow each other on the same value", max_height));
        return -1;
    }
    node.height = -2;
    int highest = 0;
    for_each_in_place(node, [&](const Node& next) {
        if (highest < 0) return;
        // The node is in this document, which is still being made.
        const int found = height(const_cast<Node&>(next), above + 1);   // NOLINT(cppcoreguidelines-pro-type-const-cast)
        highest = found < 0 ? -1 : std::max(highest, found + 1);
    });
    if (highest >= 0) node.height = highest;
    return highest;
}

std::string Compiler::text(const JsonValue& value, const std::string& at) {
    if (const auto* found = value.if_string()) return std::string(json_view(*found));
    fail(at, fmt::format("must be a string, not {}", shown(value)));
    return {};
}

std::vector<std::string> Compiler::texts(const JsonValue& value, const std::string& at) {
    std::vector<std::string> out;
    const JsonArray* items = value.if_array();
    if (items == nullptr) {
        fail(at, fmt::format("must be an array of strings, not {}", shown(value)));
        return out;
    }
    for (const JsonValue& item : *items) out.push_back(text(item, child(at, std::to_string(out.size()))));
    return out;
}

std::optional<std::uint64_t> Compiler::size(const JsonValue& value, const std::string& at) {
    if (!value.is_number() || !is_whole(value) || wide(value) < 0) {
        fail(at, fmt::format("must be a whole number of at least 0, not {}", shown(value)));
        return std::nullopt;
    }
    constexpr Wide largest = 9e18L;
    return static_cast<std::uint64_t>(std::min(wide(value), largest));
}

std::optional<Limit> Compiler::limit(const JsonValue& value, const std::string& at) {
    if (value.is_number() && is_finite(value)) return Limit{wide(value), owned(value)};
    fail(at, fmt::format("must be a number, not {}", shown(value)));
    return std::nullopt;
}

const JsonObject& Compiler::members(const JsonValue& value, const std::string& at) {
    static const JsonObject none;
    if (const JsonObject* found = value.if_object()) return *found;
    fail(at, fmt::format("must be an object, not {}", shown(value)));
    return none;
}

std::vector<const Node*> Compiler::schemas(const JsonValue& value, const std::string& at) {
    std::vector<const Node*> out;
    const JsonArray* items = value.if_array();
    if (items == nullptr || items->empty()) {
        fail(at, fmt::format("must be an array of at least one schema, not {}", shown(value)));
        return out;
    }
    for (const JsonValue& item : *items) out.push_back(schema(item, child(at, std::to_string(out.size()))));
    return out;
}

std::optional<Pattern> Compiler::pattern(std::string_view text, const std::string& at) {
    auto compiled = Pattern::compile(text);
    if (compiled) return std::move(*compiled);
    fail(at, compiled.error().message);
    return std::nullopt;
}

}  // namespace cortex::schema
