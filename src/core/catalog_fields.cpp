#include "core/catalog_fields.hpp"

#include "core/catalog_rows.hpp"
#include "core/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace json = boost::json;

namespace cortex {
namespace {

constexpr std::int64_t most_tokens = 1'000'000'000'000;
constexpr double most_dollars = 1'000'000.0;   // for a million tokens
constexpr double micro = 1'000'000.0;

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string_view kind_of(const json::value& value) noexcept {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return "true or false";
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_: return "a number";
        case json::kind::string: return "text";
        case json::kind::array: return "a list";
        case json::kind::object: return "an object";
    }
    return "a value";
}

std::optional<double> number_in(const json::value& value) noexcept {
    if (const auto* number = value.if_int64()) return static_cast<double>(*number);
    if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
    if (const auto* number = value.if_double()) return *number;
    return std::nullopt;
}

}  // namespace

CatalogFields::CatalogFields(const json::object& object, std::string path, std::optional<std::string>& problem)
    : object_(object), path_(std::move(path)), problem_(problem) {}

void CatalogFields::wrong(std::string_view name, const std::string& what) {
    if (!problem_) problem_ = path_ + std::string(name) + " " + what;
}

const json::value* CatalogFields::look_up(std::string_view name) {
    asked_.push_back(name);
    return problem_ ? nullptr : object_.if_contains(name);
}

void CatalogFields::mismatch(std::string_view name, const json::value& value, std::string_view expected) {
    wrong(name, "is " + std::string(kind_of(value)) + "; " + std::string(expected) + " is expected.");
}

void CatalogFields::text(std::string_view name, std::string& out) {
    const json::value* value = look_up(name);
    if (value == nullptr) return;
    if (value->is_null())
        out.clear();
    else if (const auto* string = value->if_string())
        out.assign(string->data(), string->size());
    else
        mismatch(name, *value, "text");
}

void CatalogFields::date(std::string_view name, std::string& out) {
    std::string text_read = out;
    text(name, text_read);
    if (!text_read.empty() && text_read != out && !parse_iso_date(text_read))
        return wrong(name, "is " + in_quotes(text_read) + "; a day like 2026-11-30 is expected.");
    out = std::move(text_read);
}

void CatalogFields::texts(std::string_view name, std::vector<std::string>& out) {
    const json::value* value = look_up(name);
    if (value == nullptr) return;
    if (value->is_null()) return out.clear();
    const auto* array = value->if_array();
    if (array == nullptr) return mismatch(name, *value, "a list of texts");
    std::vector<std::string> items;
    for (const json::value& item : *array) {
        const auto* string = item.if_string();
        if (string == nullptr)
            return mismatch(std::string(name) + "[" + std::to_string(items.size()) + "]", item, "text");
        items.emplace_back(string->data(), string->size());
    }
    out = std::move(items);
}

void CatalogFields::boolean(std::string_view name, bool& out) {
    const json::value* value = look_up(name);
    if (value == nullptr) return;
    if (const auto* flag = value->if_bool())
        out = *flag;
    else
        mismatch(name, *value, "true or false");
}

void CatalogFields::count(std::string_view name, std::int64_t& out) {
    const json::value* value = look_up(name);
    if (value == nullptr) return;
    if (value->is_null()) {
        out = 0;
        return;
    }
    const std::optional<double> number = number_in(*value);
    constexpr std::string_view expected = "a whole number of 0 or more";
    if (!number) return mismatch(name, *value, expected);
    if (!(*number >= 0) || *number > static_cast<double>(most_tokens) || std::floor(*number) != *number)
        return wrong(name, "is out of range; " + std::string(expected) + " is expected.");
    out = static_cast<std::int64_t>(*number);
}

void CatalogFields::price(std::string_view name, std::optional<std::int64_t>& out) {
    const json::value* value = look_up(name);
    if (value == nullptr) return;
    if (value->is_null()) return out.reset();
    const std::optional<double> number = number_in(*value);
    constexpr std::string_view expected = "a price in US dollars for a million tokens, or null,";
    if (!number) return mismatch(name, *value, expected);
    if (!(*number >= 0) || *number > most_dollars)
        return wrong(name, "is out of range; " + std::string(expected) + " is expected.");
    out = std::llround(*number * micro);
}

std::optional<std::size_t> CatalogFields::choose(std::string_view name, const std::vector<std::string>& choices) {
    const json::value* value = look_up(name);
    if (value == nullptr) return std::nullopt;
    const std::string expected = join_or(choices);
    const auto* string = value->if_string();
    if (string == nullptr) {
        mismatch(name, *value, expected);
        return std::nullopt;
    }
    const std::string_view word(string->data(), string->size());
    const auto found = std::find(choices.begin(), choices.end(), word);
    if (found == choices.end()) {
        wrong(name, "is " + in_quotes(word) + "; " + expected + " is expected.");
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - choices.begin());
}

std::optional<CatalogFields> CatalogFields::table(std::string_view name, bool& was_null) {
    was_null = false;
    const json::value* value = look_up(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* object = value->if_object())
        return CatalogFields(*object, path_ + std::string(name) + ".", problem_);
    was_null = value->is_null();
    if (!was_null) mismatch(name, *value, "an object");
    return std::nullopt;
}

void CatalogFields::ignore(std::initializer_list<std::string_view> names) {
    asked_.insert(asked_.end(), names.begin(), names.end());
}

void CatalogFields::finish() {
    if (problem_) return;
    for (const auto& member : object_) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
        const std::optional<std::string> near = nearest(name, {asked_.begin(), asked_.end()});
        return wrong(name, "is no known field." + (near ? " Did you mean " + in_quotes(*near) + "?" : std::string()));
    }
}

}  // namespace cortex
