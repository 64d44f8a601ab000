#include "openai_schema.hpp"

#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator::openai {

namespace {

constexpr std::size_t most_levels = 10;
constexpr std::size_t most_properties = 5'000;
constexpr std::size_t most_enum_values = 1'000;

constexpr std::string_view forbidden =
    "allOf oneOf not if then else dependentRequired dependentSchemas dependencies patternProperties default "
    "propertyNames "
    "unevaluatedProperties unevaluatedItems minProperties maxProperties contains minContains maxContains uniqueItems "
    "prefixItems";
constexpr std::string_view formats = "date-time time date duration email hostname ipv4 ipv6 uuid";

bool holds(std::string_view list, std::string_view word) {
    const auto all = words(list);
    return std::find(all.begin(), all.end(), word) != all.end();
}

class Walk {
public:
    Walk(const json::object& root, const SchemaPlace& place) : root_(root), place_(place) {}

    void run() {
        if (root_.contains("anyOf")) {
            say("schema must not have a top-level 'anyOf'.");
        }
        if (text_of(root_, "type") != "object") {
            say("schema must be a JSON Schema of 'type: \"object\"', got 'type: \"" + text_of(root_, "type") + "\"'.");
        }
        visit(root_, 1);
        // Each definition is measured on its own: a reference does not deepen what refers to it.
        for (const std::string_view where : {"$defs", "definitions"}) {
            visit_table(root_, where, 1);
        }
    }

private:
    [[noreturn]] void say(const std::string& what) const {
        std::string context;
        for (const std::string& step : path_) {
            context += (context.empty() ? "'" : ", '") + step + "'";
        }
        if (path_.size() == 1) {
            context += ",";
        }
        reject("Invalid schema for " + place_.owner + ": In context=(" + context + "), " + what, place_.param,
               place_.code);
    }

    void visit_value(const json::value& value, std::size_t level) {
        if (!value.is_object()) {
            say("schema must be an object.");
        }
        visit(value.get_object(), level);
    }

    void visit_table(const json::object& schema, std::string_view name, std::size_t level) {
        const json::value* table = member(schema, name);
        if (table == nullptr) {
            return;
        }
        path_.emplace_back(name);
        if (!table->is_object()) {
            say("expected an object.");
        }
        for (const auto& item : table->get_object()) {
            path_.emplace_back(item.key());
            visit_value(item.value(), level);
            path_.pop_back();
        }
        path_.pop_back();
    }

    void check_reference(const json::object& schema) {
        if (schema.size() > 1) {
            std::string others;
            for (const auto& item : schema) {
                if (item.key() != "$ref") {
                    others += (others.empty() ? "'" : ", '") + std::string(item.key()) + "'";
                }
            }
            say("$ref cannot have keywords {" + others + "}.");
        }
        const std::string target = text_of(schema, "$ref");
        if (target == "#") {
            return;
        }
        for (const std::string_view where : {"$defs", "definitions"}) {
            const std::string start = "#/" + std::string(where) + "/";
            const json::value* table = member(root_, where);
            if (target.starts_with(start) && table != nullptr && table->is_object() &&
                table->get_object().contains(target.substr(start.size()))) {
                return;
            }
        }
        say("reference '" + target + "' can only point to the root or to a definition of it.");
    }

    void check_object(const json::object& schema, std::size_t level) {
        const json::value* more = member(schema, "additionalProperties");
        if (more == nullptr || !more->is_bool() || more->get_bool()) {
            say("'additionalProperties' is required to be supplied and to be false.");
        }
        const json::value* properties = member(schema, "properties");
        const json::value* required = member(schema, "required");
        std::vector<std::string> names;
        if (required != nullptr && required->is_array()) {
            for (const json::value& name : required->get_array()) {
                names.emplace_back(name.is_string() ? std::string(name.get_string()) : json::serialize(name));
            }
        }
        const std::string missing =
            "'required' is required to be supplied and to be an array including every key in properties. ";
        if (properties != nullptr && properties->is_object()) {
            for (const auto& property : properties->get_object()) {
                if (std::find(names.begin(), names.end(), std::string_view(property.key())) == names.end()) {
                    say(missing + "Missing '" + std::string(property.key()) + "'.");
                }
            }
            properties_ += properties->get_object().size();
        }
        for (const std::string& name : names) {
            if (properties == nullptr || !properties->is_object() || !properties->get_object().contains(name)) {
                say(missing + "Extra required key '" + name + "' supplied.");
            }
        }
        if (properties_ > most_properties) {
            say(std::to_string(properties_) + " properties exceed the limit of " + std::to_string(most_properties) +
                ".");
        }
        visit_table(schema, "properties", level + 1);
    }

    void check_keywords(const json::object& schema) {
        for (const auto& item : schema) {
            if (holds(forbidden, item.key()) ||
                (place_.fine_tuned && (item.key() == "minLength" || item.key() == "maxLength"))) {
                say("'" + std::string(item.key()) + "' is not permitted.");
            }
        }
        // On numbers a format only comments.
        if (const std::string format = text_of(schema, "format");
            !format.empty() && has_type(member(schema, "type"), "string") && !holds(formats, format)) {
            say("'" + format + "' is not a valid format.");
        }
        if (const std::string pattern = text_of(schema, "pattern");
            pattern.find("(?=") != std::string::npos || pattern.find("(?!") != std::string::npos ||
            pattern.find("(?<=") != std::string::npos || pattern.find("(?<!") != std::string::npos) {
            say("'pattern' must not look around.");
        }
        if (const json::value* values = member(schema, "enum"); values != nullptr && values->is_array()) {
            enum_values_ += values->get_array().size();
            if (enum_values_ > most_enum_values) {
                say("more than " + std::to_string(most_enum_values) + " enum values.");
            }
        }
    }

    void visit(const json::object& schema, std::size_t level) {
        if (level > most_levels) {
            say(std::to_string(level) + " levels of nesting exceeds limit of " + std::to_string(most_levels) + ".");
        }
        if (schema.contains("$ref")) {
            check_reference(schema);
            return;
        }
        check_keywords(schema);
        const json::value* type = member(schema, "type");
        const json::value* choices = member(schema, "anyOf");
        if (type == nullptr && choices == nullptr && !schema.contains("enum") && !schema.contains("const")) {
            say("schema must have a 'type' key.");
        }
        if (choices != nullptr) {
            path_.emplace_back("anyOf");
            if (!choices->is_array() || choices->get_array().empty()) {
                say("'anyOf' must be a list of schemas.");
            }
            std::size_t index = 0;
            for (const json::value& choice : choices->get_array()) {
                path_.emplace_back(std::to_string(index++));
                visit_value(choice, level);
                path_.pop_back();
            }
            path_.pop_back();
        }
        if (has_type(type, "object")) {
            check_object(schema, level);
        }
        if (has_type(type, "array")) {
            const json::value* items = member(schema, "items");
            if (items == nullptr || !items->is_object()) {
                say("array schema missing items.");
            }
            path_.emplace_back("items");
            visit_value(*items, level + 1);
            path_.pop_back();
        }
    }

    static bool has_type(const json::value* type, std::string_view name) {
        if (type == nullptr) {
            return false;
        }
        if (const json::array* list = type->if_array()) {
            return std::any_of(list->begin(), list->end(), [name](const json::value& item) {
                return item.is_string() && std::string_view(item.get_string()) == name;
            });
        }
        return type->is_string() && std::string_view(type->get_string()) == name;
    }

    const json::object& root_;
    const SchemaPlace& place_;
    std::vector<std::string> path_;
    std::size_t properties_ = 0;
    std::size_t enum_values_ = 0;
};

}  // namespace

void check_strict_schema(const json::object& schema, const SchemaPlace& place) { Walk(schema, place).run(); }

bool fits_strict(const json::object& schema) {
    try {
        check_strict_schema(schema, {});
        return true;
    } catch (const Rejection&) {
        return false;
    }
}

}  // namespace emulator::openai
