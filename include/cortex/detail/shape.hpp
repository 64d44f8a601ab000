#pragma once

#include <cortex/export.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

/// What `<cortex/describe.hpp>` hands to the library instead of templates: types as tables. Nothing here is for users.
namespace cortex::detail {

/// A number or an enumerator's place, of any type.
struct Scalar {
    enum Kind : std::uint8_t { none, whole, natural, real };
    Kind kind = none;
    std::int64_t as_whole = 0;
    std::uint64_t as_natural = 0;
    double as_real = 0;

    template <class Number>
    static constexpr Scalar of(Number number) {
        Scalar out;
        if constexpr (std::is_floating_point_v<Number>) {
            out.kind = real;
            out.as_real = static_cast<double>(number);
        } else if constexpr (std::is_signed_v<Number>) {
            out.kind = whole;
            out.as_whole = number;
        } else {
            out.kind = natural;
            out.as_natural = number;
        }
        return out;
    }
};

/// What a field's description adds to its type.
struct Rules {
    Scalar least = {}, most = {};
    std::optional<std::size_t> shortest = {}, longest = {};
    std::string_view pattern = {};
    bool optional = false;
};

struct Shape;

struct FieldShape {
    std::string_view name = {};
    std::string_view description = {};
    Rules rules = {};
    const Shape& (*shape)() = nullptr;   // a function, as a type may hold its own kind
    void* (*member)(void* object) = nullptr;
};

/// Called with the address of a part, its name in a map, and the caller's own `context`.
using Visit = void (*)(std::string_view key, const void* part, void* context);
using Fill = void (*)(void* part, void* context);

struct Shape {
    enum Kind : std::uint8_t { boolean, integer, natural, number, text, choice, maybe, list, map, object };
    Kind kind = boolean;

    // integer, natural, number: the type's range. choice: as natural, the place in `names`; past the end: none of them.
    Scalar least = {}, most = {};
    Scalar (*load)(const void* value) = nullptr;
    void (*store)(void* value, const Scalar& scalar) = nullptr;
    const std::string_view* names = nullptr;
    std::size_t name_count = 0;

    // maybe, list, map: parts are made in place and then filled.
    const Shape& (*inner)() = nullptr;
    void (*clear)(void* value) = nullptr;
    void (*append)(void* value, std::string_view key, Fill fill, void* context) = nullptr;
    void (*each)(const void* value, Visit visit, void* context) = nullptr;

    // object
    const FieldShape* fields = nullptr;
    std::size_t field_count = 0;
    void (*with_default)(Visit visit, void* context) = nullptr;
};

CORTEX_API std::string schema_text(const Shape& shape);
CORTEX_API std::string encode(const Shape& shape, const void* value);

/// A type's schema, ready to judge. Immutable and shared by all threads.
class CORTEX_API Decoder {
public:
    /// Throws ConfigError where the schema cannot be used: a pattern that is not supported.
    explicit Decoder(const Shape& shape);

    /// `value` is a default-constructed object of the shape's type. Throws ConfigError.
    void decode(std::string_view json, void* value) const;
    /// What `decode` would throw, as a sentence; empty: decoded.
    std::string try_decode(std::string_view json, void* value) const;

private:
    struct State;
    const Shape* shape_;
    std::shared_ptr<const State> state_;
};

template <class T>
const Shape& shape_of();

template <class T>
const Decoder& decoder_of() {
    static const Decoder decoder(shape_of<T>());
    return decoder;
}

struct Undescribed {};

template <class... Described>
struct Fields {
    std::tuple<Described...> items;
};

template <class Enum>
struct Value {
    Enum enumerator;
    std::string_view name;
};

template <class Enum, std::size_t count>
struct Values {
    std::array<Value<Enum>, count> items;
};

template <class T>
struct Unwrapped {
    using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
    using type = T;
};
/// T without a std::optional around it.
template <class T>
using Bare = typename Unwrapped<T>::type;

template <class T>
inline constexpr bool is_character = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
                                     std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;
template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !is_character<T>;

template <class T>
inline constexpr bool has_length = std::is_same_v<T, std::string>;
template <class T>
inline constexpr bool has_length<std::vector<T>> = true;
template <class T>
inline constexpr bool has_length<std::map<std::string, T>> = true;

}  // namespace cortex::detail
