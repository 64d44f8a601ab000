#include "checks.hpp"

#include <algorithm>

namespace emulator {

void refuse(const std::string& path, const std::string& message) {
    throw Rejection(400, "invalid_request_error", path.empty() ? message : path + ": " + message);
}

std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string join(const std::string& path, std::size_t index) { return path + "." + std::to_string(index); }

const json::object& want_object(const json::value& value, const std::string& path) {
    if (!value.is_object()) {
        refuse(path, "Input should be a valid dictionary");
    }
    return value.get_object();
}

const json::array& want_array(const json::value& value, const std::string& path) {
    if (!value.is_array()) {
        refuse(path, "Input should be a valid list");
    }
    return value.get_array();
}

std::string_view want_string(const json::value& value, const std::string& path) {
    if (!value.is_string()) {
        refuse(path, "Input should be a valid string");
    }
    return value.get_string();
}

bool want_bool(const json::value& value, const std::string& path) {
    if (!value.is_bool()) {
        refuse(path, "Input should be a valid boolean");
    }
    return value.get_bool();
}

std::int64_t want_integer(const json::value& value, const std::string& path) {
    if (!value.is_int64()) {
        refuse(path, "Input should be a valid integer");
    }
    return value.get_int64();
}

double want_number(const json::value& value, const std::string& path) {
    const std::optional<double> number = number_of(value);
    if (!number) {
        refuse(path, "Input should be a valid number");
    }
    return *number;
}

const json::value& require(const json::object& object, std::string_view name, const std::string& path) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) {
        refuse(join(path, name), "Field required");
    }
    return *value;
}

void only_fields(const json::object& object, const std::string& path, std::initializer_list<std::string_view> known) {
    for (const auto& item : object) {
        const std::string_view name = item.key();
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            refuse(join(path, name), "Extra inputs are not permitted");
        }
    }
}

void one_of(std::string_view text, const std::string& path, std::initializer_list<std::string_view> allowed) {
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) {
        return;
    }
    std::string list;
    std::size_t index = 0;
    for (const std::string_view word : allowed) {
        if (index > 0) {
            list += index + 1 == allowed.size() ? " or " : ", ";
        }
        list += "'" + std::string(word) + "'";
        ++index;
    }
    refuse(path, "Input should be " + list);
}

}  // namespace emulator
