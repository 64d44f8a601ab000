#include "dialects/gemini/schema.hpp"

#include "core/json.hpp"
#include "core/json_slice.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace cortex::dialects::gemini {
namespace {

std::string clean(std::string_view schema);

/// Members of an object in the order of their arrival, each once. Names are as they stand between the quotes.
class Members {
public:
    bool has(std::string_view name) const {
        return std::any_of(list_.begin(), list_.end(), [&](const auto& member) { return member.first == name; });
    }
    /// The first of a name stays.
    void add(std::string_view name, std::string value) {
        if (!has(name)) list_.emplace_back(name, std::move(value));
    }
    /// Joins what both say of properties and of what is required; else the first stays.
    void merge(std::string_view name, std::string_view value) {
        for (auto& [known, text] : list_) {
            if (known != name) continue;
            if (name == "properties" || name == "$defs") {
                Members joined;
                for (const std::string_view object : {std::string_view(text), value})
                    for (const JsonMemberSlice& member : slice_members(object)) joined.add(member.name, std::string(member.value));
                text = joined.object();
            } else if (name == "required") {
                std::vector<std::string_view> names = slice_elements(text);
                for (const std::string_view more : slice_elements(value))
                    if (std::find(names.begin(), names.end(), more) == names.end()) names.push_back(more);
                std::string list = "[";
                for (const std::string_view element : names) list.append(list.size() > 1 ? "," : "").append(element);
                text = list + "]";
            }
            return;
        }
        list_.emplace_back(name, value);
    }
    std::string object() const {
        std::string out = "{";
        for (const auto& [name, value] : list_)
            out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(value);
        return out + "}";
    }
    /// Whether there is anything but words for people.
    bool demands() const {
        return std::any_of(list_.begin(), list_.end(), [](const auto& member) {
            return member.first != "description" && member.first != "title" && !member.first.starts_with('$');
        });
    }

private:
    std::vector<std::pair<std::string, std::string>> list_ = {};
};

std::string clean_map(std::string_view object) {
    Members out;
    for (const JsonMemberSlice& member : slice_members(object)) out.add(member.name, clean(member.value));
    return out.object();
}

std::string clean_list(std::string_view array) {
    std::string out = "[";
    for (const std::string_view element : slice_elements(array)) out.append(out.size() > 1 ? "," : "").append(clean(element));
    return out + "]";
}

std::string reference(std::string_view quoted) {
    constexpr std::string_view old = "\"#/definitions/";
    return quoted.starts_with(old) ? "\"#/$defs/" + std::string(quoted.substr(old.size())) : std::string(quoted);
}

/// Keywords whose value is no schema.
bool is_plain_keyword(std::string_view name) {
    constexpr std::array<std::string_view, 13> names{
        "$id",      "$anchor",  "type",    "format",  "title",    "description",     "enum",
        "minItems", "maxItems", "minimum", "maximum", "required", "propertyOrdering"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

void take(const JsonMemberSlice& member, Members& out) {
    const auto& [name, value] = member;
    if (is_plain_keyword(name)) {
        out.add(name, std::string(value));
    } else if (name == "$ref") {
        out.add(name, reference(value));
    } else if (name == "$defs" || name == "definitions") {
        out.merge("$defs", clean_map(value));
    } else if (name == "properties") {
        out.add(name, clean_map(value));
    } else if (name == "prefixItems" || (name == "items" && value.starts_with('['))) {
        out.add("prefixItems", clean_list(value));
    } else if (name == "items") {
        out.add(name, clean(value));
    } else if (name == "additionalProperties") {
        out.add(name, value.starts_with('{') ? clean(value) : std::string(value));
    } else if (name == "anyOf" || name == "oneOf") {
        out.add("anyOf", clean_list(value));
    } else if (name == "const") {
        out.add("enum", "[" + std::string(value) + "]");
    }
}

/// What every one of `allOf` demands is demanded of the schema itself. A reference can only stand alone.
void join(std::string_view all, Members& out) {
    for (const std::string_view element : slice_elements(all)) {
        const std::string cleaned = clean(element);
        const bool refers = slice_member(cleaned, "$ref").has_value();
        if (refers && out.demands()) continue;
        for (const JsonMemberSlice& member : slice_members(cleaned)) out.merge(member.name, member.value);
    }
}

std::string clean(std::string_view schema) {
    Members out;
    std::string_view all;
    for (const JsonMemberSlice& member : slice_members(schema)) {
        take(member, out);
        if (member.name == "allOf") all = member.value;
    }
    join(all, out);
    std::string whole = out.object();
    if (!out.has("$ref")) return whole;
    Members alone;
    for (const JsonMemberSlice& member : slice_members(whole))
        if (member.name.starts_with('$')) alone.add(member.name, std::string(member.value));
    return alone.object();
}

}  // namespace

std::string clean_schema(std::string_view schema) {
    // The parser bounds the depth, and with it the recursion.
    return is_json_object(schema) ? clean(trim(schema)) : std::string("{}");
}

bool asks_for_nothing(std::string_view cleaned) {
    for (const JsonMemberSlice& member : slice_members(cleaned)) {
        if (member.name == "$ref" || member.name == "anyOf") return false;
        if ((member.name == "properties" || member.name == "additionalProperties") && !slice_members(member.value).empty()) return false;
    }
    return true;
}

}  // namespace cortex::dialects::gemini
