#include "openai_words.hpp"

#include "text_util.hpp"

#include <algorithm>

namespace emulator::openai {

namespace {

std::string_view kind_name(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return "a boolean";
        case json::kind::int64:
        case json::kind::uint64: return "an integer";
        case json::kind::double_: return "a decimal";
        case json::kind::string: return "a string";
        case json::kind::array: return "an array";
        case json::kind::object: return "an object";
    }
    return "something";
}

}  // namespace

void reject(std::string_view message, std::string_view param, std::string_view code) {
    throw Rejection(400, "invalid_request_error", std::string(message), std::string(param), std::string(code));
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

void wrong_type(const json::value& value, const std::string& param, std::string_view expected) {
    const std::string_view kind = kind_name(value);
    reject("Invalid type for " + in_quotes(param) + ": expected " + std::string(expected) + ", but got " +
               std::string(kind) + " instead.",
           param, "invalid_type");
}

const json::value& needed(const json::object& object, std::string_view name, const std::string& path) {
    const json::value* value = member(object, name);
    if (value == nullptr) {
        const std::string param = path.empty() ? std::string(name) : path + "." + std::string(name);
        reject("Missing required parameter: " + in_quotes(param) + ".", param, "missing_required_parameter");
    }
    return *value;
}

std::string list_of(std::string_view values) {
    std::string text;
    for (const std::string_view value : words(values)) {
        text += (text.empty() ? "" : ", ") + in_quotes(value);
    }
    return text;
}

void allow(std::string_view value, const std::string& param, std::string_view values) {
    const auto all = words(values);
    if (std::find(all.begin(), all.end(), value) == all.end()) {
        reject("Invalid value: " + in_quotes(value) + ". Supported values are: " + list_of(values) + ".", param,
               "invalid_value");
    }
}

}  // namespace emulator::openai
