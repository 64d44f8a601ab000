#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cortex {

/// Appends `text` as a JSON string with its quotes. Non-ASCII UTF-8 passes through; control characters are escaped.
void append_json_string(std::string& out, std::string_view text);

/// Writes compact JSON front to back into one growing string, in the order of the calls, so that equal calls give equal bytes.
class JsonWriter {
public:
    explicit JsonWriter(std::size_t reserve = 256) { out_.reserve(reserve); }

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view value);
    JsonWriter& integer(std::int64_t value);
    JsonWriter& number(double value);      ///< Shortest form that reads back the same; not-a-number and infinities become null.
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(std::string_view json);   ///< One whole value that is JSON already.

    JsonWriter& field(std::string_view name, std::string_view value) { return key(name).string(value); }
    JsonWriter& field(std::string_view name, const char* value) { return key(name).string(value); }
    JsonWriter& field(std::string_view name, const std::string& value) { return key(name).string(value); }
    JsonWriter& field(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    JsonWriter& field(std::string_view name, int value) { return key(name).integer(value); }
    JsonWriter& field(std::string_view name, double value) { return key(name).number(value); }
    JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
    JsonWriter& field(std::string_view name, const std::optional<double>& value) {
        return value ? key(name).number(*value) : key(name).null();
    }

    const std::string& text() const noexcept { return out_; }
    std::string take() && { return std::move(out_); }

private:
    JsonWriter& open(char c);
    JsonWriter& close(char c);
    void separate();

    std::string out_;
    bool first_ = true;
};

}  // namespace cortex
