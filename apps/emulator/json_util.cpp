#include "json_util.hpp"

namespace emulator {

const json::value* member(const json::object& object, std::string_view name) noexcept {
    return object.if_contains(name);
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::int64_t> integer_of(const json::object& object, std::string_view name) noexcept {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (const std::int64_t* number = value->if_int64()) {
        return *number;
    }
    return std::nullopt;
}

bool is_true(const json::object& object, std::string_view name) noexcept {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<double> number_of(const json::value& value) noexcept {
    if (const std::int64_t* whole = value.if_int64()) {
        return static_cast<double>(*whole);
    }
    if (const std::uint64_t* whole = value.if_uint64()) {
        return static_cast<double>(*whole);
    }
    if (const double* real = value.if_double()) {
        return *real;
    }
    return std::nullopt;
}

json::value without(const json::value& value, std::string_view name) {
    if (const json::object* object = value.if_object()) {
        json::object copy;
        copy.reserve(object->size());
        for (const auto& [key, item] : *object) {
            if (std::string_view(key) != name) {
                copy.emplace(key, without(item, name));
            }
        }
        return copy;
    }
    if (const json::array* array = value.if_array()) {
        json::array copy;
        copy.reserve(array->size());
        for (const json::value& item : *array) {
            copy.push_back(without(item, name));
        }
        return copy;
    }
    return value;
}

}  // namespace emulator
