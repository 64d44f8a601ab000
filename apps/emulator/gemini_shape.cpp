#include "gemini_shape.hpp"

#include "gemini_bytes.hpp"
#include "gemini_error.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace emulator {

namespace {

std::string inside(const std::string& path, std::string_view name) {
    return path.empty() ? snake_case(name) : path + "." + snake_case(name);
}

std::string shown(const json::value& value) {
    std::string text = json::serialize(value);
    if (text.size() > 120) {
        text.resize(whole_characters(text, 120));
        text += "...";
    }
    return text;
}

[[noreturn]] void refuse_value(const std::string& path, std::string_view type, const json::value& value) {
    refuse_field(path, "Invalid value at '" + path + "' (" + std::string(type) + "), " + shown(value));
}

[[noreturn]] void refuse_name(const std::string& path, std::string_view name) {
    refuse_field(path, "Invalid JSON payload received. Unknown name \"" + std::string(name) + "\"" +
                           (path.empty() ? std::string() : " at '" + path + "'") + ": Cannot find field.");
}

// Whole numbers may come as 3, 3.0 or "3", as Google's JSON readers take them.
json::value whole_number(const json::value& value, const std::string& path, bool narrow) {
    const std::string_view type = narrow ? "TYPE_INT32" : "TYPE_INT64";
    std::int64_t number = 0;
    if (value.is_int64()) {
        number = value.get_int64();
    } else if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
               std::abs(value.get_double()) < 9.0e15) {
        number = static_cast<std::int64_t>(value.get_double());
    } else if (value.is_string()) {
        const std::string_view text = value.get_string();
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
            refuse_value(path, type, value);
        }
    } else {
        refuse_value(path, type, value);
    }
    if (narrow &&
        (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max())) {
        refuse_value(path, type, value);
    }
    return number;
}

json::value read_value(const json::value& value, const FieldShape& field, GeminiHost host, const std::string& path);

class Reader {
public:
    Reader(const MessageShape& shape, GeminiHost host) : shape_(shape), host_(host) {}

    [[nodiscard]] json::object read(const json::object& object, const std::string& path) const {
        json::object result;
        for (const auto& item : object) {
            const FieldShape* field = find(item.key());
            if (field == nullptr) {
                refuse_name(path, item.key());
            }
            if (item.value().is_null() && field->kind != FieldKind::anything) {
                continue;
            }
            const std::string here = inside(path, field->name);
            if (result.contains(field->name)) {
                refuse_field(path, "Invalid value at '" + here + "', the field is already set.");
            }
            result[field->name] =
                field->repeated ? read_list(item.value(), *field, here) : read_value(item.value(), *field, host_, here);
        }
        return result;
    }

private:
    [[nodiscard]] const FieldShape* find(std::string_view name) const {
        const auto found = std::find_if(shape_.fields.begin(), shape_.fields.end(), [&](const FieldShape& field) {
            const bool here = field.hosts == FieldHosts::both ||
                              (field.hosts == FieldHosts::developer) == (host_ == GeminiHost::developer);
            return here && (field.name == name || snake_case(field.name) == name);
        });
        return found == shape_.fields.end() ? nullptr : &*found;
    }

    // A single message stands for a list of one, as Google's JSON readers take it.
    [[nodiscard]] json::value read_list(const json::value& value, const FieldShape& field,
                                        const std::string& path) const {
        json::array list;
        if (!value.is_array()) {
            if (field.kind != FieldKind::message || !value.is_object()) {
                refuse_field(path, "Invalid value at '" + path + "', expected a list: " + shown(value));
            }
            list.push_back(read_value(value, field, host_, path));
            return list;
        }
        std::size_t index = 0;
        for (const json::value& item : value.get_array()) {
            list.push_back(read_value(item, field, host_, path + "[" + std::to_string(index++) + "]"));
        }
        return list;
    }

    const MessageShape& shape_;
    GeminiHost host_;
};

json::value read_word(const json::value& value, const FieldShape& field, const std::string& path) {
    const std::vector<std::string_view> allowed = words(field.words);
    const std::string_view given = value.is_string() ? std::string_view(value.get_string()) : std::string_view();
    // Lower-case words are taken: JSON Schema spells its types so, and clients send such schemas.
    const auto found = std::find_if(allowed.begin(), allowed.end(),
                                    [given](std::string_view word) { return same_ignoring_case(word, given); });
    if (found == allowed.end()) {
        refuse_value(path, "type.googleapis.com/google.ai.generativelanguage." + std::string(field.type), value);
    }
    return json::string(*found);
}

json::value read_map(const json::value& value, const FieldShape& field, GeminiHost host, const std::string& path) {
    if (!value.is_object()) {
        refuse_value(path, "map", value);
    }
    json::object result;
    for (const auto& item : value.get_object()) {
        // The value's place is written as the service does: properties[0].value is reached by its key.
        const std::string here = path + "[" + std::string(item.key()) + "]";
        if (field.message == nullptr) {
            if (!item.value().is_string()) {
                refuse_value(here, "TYPE_STRING", item.value());
            }
            result[item.key()] = item.value();
        } else if (!item.value().is_object()) {
            refuse_value(here, "type.googleapis.com/google.ai.generativelanguage.Schema", item.value());
        } else {
            result[item.key()] = Reader(*field.message, host).read(item.value().get_object(), here);
        }
    }
    return result;
}

json::value read_value(const json::value& value, const FieldShape& field, GeminiHost host, const std::string& path) {
    switch (field.kind) {
        case FieldKind::text:
            if (!value.is_string()) {
                refuse_value(path, "TYPE_STRING", value);
            }
            return value;
        case FieldKind::boolean:
            if (!value.is_bool()) {
                refuse_value(path, "TYPE_BOOL", value);
            }
            return value;
        case FieldKind::int32: return whole_number(value, path, true);
        case FieldKind::int64: return whole_number(value, path, false);
        case FieldKind::number:
            if (!number_of(value)) {
                refuse_value(path, "TYPE_FLOAT", value);
            }
            return value;
        case FieldKind::bytes:
            if (!value.is_string() || !bytes_of_any_base64(value.get_string())) {
                refuse_value(path, "TYPE_BYTES", value.is_string() ? json::value("Base64 decoding failed") : value);
            }
            return value;
        case FieldKind::word: return read_word(value, field, path);
        case FieldKind::message:
            if (!value.is_object()) {
                refuse_field(path, "Invalid value at '" + path + "', expected an object: " + shown(value));
            }
            return Reader(*field.message, host).read(value.get_object(), path);
        case FieldKind::map: return read_map(value, field, host, path);
        case FieldKind::any_object:
            if (!value.is_object()) {
                refuse_value(path, "type.googleapis.com/google.protobuf.Struct", value);
            }
            return value;
        case FieldKind::anything: return value;
    }
    return value;
}

}  // namespace

std::string snake_case(std::string_view name) {
    std::string text;
    for (const char letter : name) {
        if (letter >= 'A' && letter <= 'Z') {
            text += '_';
            text += static_cast<char>(letter - 'A' + 'a');
        } else {
            text += letter;
        }
    }
    return text;
}

json::object read_message(const json::object& object, const MessageShape& shape, GeminiHost host) {
    return Reader(shape, host).read(object, {});
}

}  // namespace emulator
