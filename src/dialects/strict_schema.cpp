#include "dialects/strict_schema.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace cortex::dialects {
namespace {

// Azure's limits of nesting and properties; the longer ones of api.openai.com are 10 and 5000.
constexpr std::size_t most_levels = 5;
constexpr std::size_t most_properties = 100;
constexpr std::size_t most_enum_values = 1000;
constexpr std::size_t most_bytes = 120'000;

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 21> keywords{"type",
                                                    "title",
                                                    "description",
                                                    "properties",
                                                    "required",
                                                    "additionalProperties",
                                                    "items",
                                                    "enum",
                                                    "const",
                                                    "anyOf",
                                                    "$defs",
                                                    "definitions",
                                                    "pattern",
                                                    "format",
                                                    "minimum",
                                                    "maximum",
                                                    "exclusiveMinimum",
                                                    "exclusiveMaximum",
                                                    "minItems",
                                                    "maxItems",
                                                    "multipleOf"};
constexpr std::array<std::string_view, 7> types{"string", "number", "integer", "boolean", "object", "array", "null"};
constexpr std::array<std::string_view, 9> formats{"date-time", "time", "date", "duration", "email",
                                                  "hostname",  "ipv4", "ipv6", "uuid"};

class Check {
public:
    explicit Check(const JsonObject& root) : root_(root) {}

    bool passes() {
        if (json_text_or_empty(root_, "type") != "object" || root_.contains("anyOf")) return false;
        for (const std::string_view name : {"$defs", "definitions"})
            if (!definitions(name)) return false;
        properties_ = 0;
        return schema(root_, 1, true);
    }

private:
    /// Each definition is counted on its own.
    bool definitions(std::string_view name) {
        const JsonValue* value = root_.if_contains(name);
        if (value == nullptr) return true;
        const JsonObject* object = value->if_object();
        if (object == nullptr) return false;
        return std::all_of(object->begin(), object->end(), [&](const auto& member) {
            properties_ = 0;
            return schema(member.value(), 1, false);
        });
    }

    bool schema(const JsonValue& value, std::size_t level, bool is_root) {
        const JsonObject* object = value.if_object();
        return object != nullptr && schema(*object, level, is_root);
    }

    bool schema(const JsonObject& node, std::size_t level, bool is_root) {
        if (level > most_levels) return false;
        if (const JsonValue* reference = node.if_contains("$ref"))
            return node.size() == 1 && reference->is_string() && resolve(json_view(reference->get_string())) != nullptr;
        for (const auto& member : node) {
            const std::string_view name(member.key().data(), member.key().size());
            if (!one_of(name, keywords)) return false;
            if (!is_root && (name == "$defs" || name == "definitions")) return false;
        }
        if (node.contains("anyOf")) return alternatives(node, level);
        const auto kinds = types_of(node);
        if (!kinds) return false;
        const auto has = [&](std::string_view kind) {
            return std::find(kinds->begin(), kinds->end(), kind) != kinds->end();
        };
        if (!values(node) || !texts(node)) return false;
        if (has("object") ? !closed_object(node, level) : node.contains("properties")) return false;
        return has("array") ? items(node, level) : !node.contains("items");
    }

    std::optional<std::vector<std::string_view>> types_of(const JsonObject& node) const {
        const JsonValue* type = node.if_contains("type");
        if (type == nullptr) return std::nullopt;
        std::vector<std::string_view> kinds;
        const auto take = [&](const JsonValue& value) {
            if (!value.is_string() || !one_of(json_view(value.get_string()), types)) return false;
            kinds.push_back(json_view(value.get_string()));
            return true;
        };
        if (const JsonArray* list = type->if_array()) {
            if (list->empty() || !std::all_of(list->begin(), list->end(), take)) return std::nullopt;
        } else if (!take(*type)) {
            return std::nullopt;
        }
        return kinds;
    }

    bool closed_object(const JsonObject& node, std::size_t level) {
        const JsonValue* closed = node.if_contains("additionalProperties");
        if (closed == nullptr || !closed->is_bool() || closed->get_bool()) return false;
        const JsonValue* member = node.if_contains("properties");
        if (member == nullptr || !member->is_object()) return false;
        const JsonObject& properties = member->get_object();
        properties_ += properties.size();
        if (properties_ > most_properties) return false;
        const JsonArray* required = json_array(node, "required");
        for (const auto& property : properties) {
            const bool demanded =
                required != nullptr && std::any_of(required->begin(), required->end(), [&](const JsonValue& name) {
                    return name.is_string() && name.get_string() == property.key();
                });
            if (!demanded || !schema(property.value(), level + 1, false)) return false;
        }
        return (required == nullptr ? 0 : required->size()) == properties.size();
    }

    bool items(const JsonObject& node, std::size_t level) {
        const JsonValue* member = node.if_contains("items");
        return member != nullptr && schema(*member, level + 1, false);
    }

    bool alternatives(const JsonObject& node, std::size_t level) {
        for (const auto& member : node)
            if (member.key() != "anyOf" && member.key() != "title" && member.key() != "description") return false;
        const JsonArray* branches = json_array(node, "anyOf");
        if (branches == nullptr || branches->empty()) return false;
        std::vector<std::string_view> firsts;
        for (const JsonValue& branch : *branches) {
            if (!schema(branch, level + 1, false)) return false;
            // Two objects that begin with the same property are refused: nothing tells them apart early enough.
            const std::string_view first = first_property(branch.get_object());
            if (first.empty()) continue;
            if (std::find(firsts.begin(), firsts.end(), first) != firsts.end()) return false;
            firsts.push_back(first);
        }
        return true;
    }

    std::string_view first_property(const JsonObject& branch) const {
        const std::string_view reference = json_text_or_empty(branch, "$ref");
        const JsonObject* target = reference.empty() ? &branch : resolve(reference);
        const JsonObject* properties = target == nullptr ? nullptr : json_object(*target, "properties");
        if (properties == nullptr || properties->empty()) return {};
        return {properties->begin()->key().data(), properties->begin()->key().size()};
    }

    const JsonObject* resolve(std::string_view reference) const {
        if (reference == "#") return &root_;
        for (const std::string_view holder : {"$defs", "definitions"}) {
            const std::size_t length = holder.size() + 3;  // "#/" before it and "/" behind
            if (reference.size() <= length || reference.substr(2, holder.size()) != holder ||
                !reference.starts_with("#/") || reference[length - 1] != '/')
                continue;
            const std::string_view name = reference.substr(length);
            // Escapes and deeper paths are beyond what is needed.
            if (name.find_first_of("/~%") != std::string_view::npos) return nullptr;
            const JsonObject* definitions = json_object(root_, holder);
            return definitions == nullptr ? nullptr : json_object(*definitions, name);
        }
        return nullptr;
    }

    bool values(const JsonObject& node) {
        const JsonValue* list = node.if_contains("enum");
        if (list == nullptr) return true;
        if (!list->is_array() || list->get_array().empty()) return false;
        enum_values_ += list->get_array().size();
        return enum_values_ <= most_enum_values;
    }

    static bool texts(const JsonObject& node) {
        if (const JsonValue* format = node.if_contains("format"))
            if (!format->is_string() || !one_of(json_view(format->get_string()), formats)) return false;
        const JsonValue* pattern = node.if_contains("pattern");
        if (pattern == nullptr) return true;
        if (!pattern->is_string()) return false;
        const std::string_view text = json_view(pattern->get_string());
        constexpr std::array<std::string_view, 4> look_around{"(?=", "(?!", "(?<=", "(?<!"};
        return std::none_of(look_around.begin(), look_around.end(),
                            [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
    }

    const JsonObject& root_;
    std::size_t properties_ = 0;
    std::size_t enum_values_ = 0;
};

}  // namespace

bool fits_strict_subset(std::string_view schema) {
    if (schema.size() > most_bytes) return false;
    JsonParser parser;
    const JsonObject* root = parser.parse_object(schema);
    return root != nullptr && Check(*root).passes();
}

}  // namespace cortex::dialects
