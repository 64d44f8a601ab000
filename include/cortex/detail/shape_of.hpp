#pragma once

#include <cortex/detail/shape.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace cortex {

/// Specialise for your own structs (`fields`) and enums (`values`): see <cortex/describe.hpp>.
template <class T>
inline constexpr detail::Undescribed describe{};

}  // namespace cortex

/// From types to the tables of `shape.hpp`. Nothing here is for users.
namespace cortex::detail {

template <class T>
inline constexpr bool is_fields = false;
template <class... Described>
inline constexpr bool is_fields<const Fields<Described...>> = true;
template <class T>
inline constexpr bool is_values = false;
template <class Enum, std::size_t count>
inline constexpr bool is_values<const Values<Enum, count>> = true;

template <class T>
inline constexpr bool is_described_struct = is_fields<decltype(describe<T>)>;

template <class T>
constexpr Shape number_shape() {
    Shape shape;
    shape.kind = std::is_floating_point_v<T> ? Shape::number : std::is_signed_v<T> ? Shape::integer : Shape::natural;
    // Every JSON number fits a double.
    if constexpr (!std::is_floating_point_v<T> || sizeof(T) < sizeof(double)) {
        shape.least = Scalar::of(std::numeric_limits<T>::lowest());
        shape.most = Scalar::of(std::numeric_limits<T>::max());
    }
    shape.load = [](const void* value) { return Scalar::of(*static_cast<const T*>(value)); };
    shape.store = [](void* value, const Scalar& scalar) {
        if constexpr (std::is_floating_point_v<T>)
            *static_cast<T*>(value) = static_cast<T>(scalar.as_real);
        else if constexpr (std::is_signed_v<T>)
            *static_cast<T*>(value) = static_cast<T>(scalar.as_whole);
        else
            *static_cast<T*>(value) = static_cast<T>(scalar.as_natural);
    };
    return shape;
}

template <class Names>
constexpr bool all_differ(const Names& names) {
    for (std::size_t j = 1; j < names.size(); ++j)
        for (std::size_t i = 0; i < j; ++i)
            if (names[i] == names[j]) return false;
    return true;
}

template <class Enum>
struct EnumTable {
    static constexpr auto& items = describe<Enum>.items;
    static constexpr std::size_t count = std::tuple_size_v<std::remove_cvref_t<decltype(items)>>;

    static constexpr std::array<std::string_view, count> names = [] {
        std::array<std::string_view, count> out;
        for (std::size_t i = 0; i < count; ++i) out[i] = items[i].name;
        return out;
    }();

    static constexpr Shape shape() {
        static_assert(all_differ(names), "two values of the enum have the same name");
        Shape out;
        out.kind = Shape::choice;
        out.names = names.data();
        out.name_count = count;
        out.load = [](const void* value) {
            std::size_t place = 0;
            while (place < count && items[place].enumerator != *static_cast<const Enum*>(value)) ++place;
            return Scalar::of(std::uint64_t{place});
        };
        out.store = [](void* value, const Scalar& scalar) {
            if (scalar.as_natural < count) *static_cast<Enum*>(value) = items[scalar.as_natural].enumerator;
        };
        return out;
    }
};

template <class T>
struct StructTable {
    static constexpr auto& items = describe<T>.items;
    static constexpr std::size_t count = std::tuple_size_v<std::remove_cvref_t<decltype(items)>>;

    template <std::size_t place>
    static constexpr FieldShape field_shape() {
        constexpr auto& described = std::get<place>(items);
        using Member = std::remove_cvref_t<decltype(std::declval<T&>().*described.member)>;
        FieldShape out;
        out.name = described.name;
        out.description = described.description;
        out.rules = described.rules;
        out.shape = &shape_of<Member>;
        out.member = [](void* object) -> void* { return &(static_cast<T*>(object)->*std::get<place>(items).member); };
        return out;
    }

    static constexpr std::array<FieldShape, count> fields = []<std::size_t... places>(std::index_sequence<places...>) {
        return std::array<FieldShape, count>{field_shape<places>()...};
    }(std::make_index_sequence<count>());

    static constexpr std::array<std::string_view, count> names = [] {
        std::array<std::string_view, count> out;
        for (std::size_t i = 0; i < count; ++i) out[i] = fields[i].name;
        return out;
    }();

    static constexpr Shape shape() {
        static_assert(all_differ(names), "two fields of the struct have the same name");
        Shape out;
        out.kind = Shape::object;
        out.fields = fields.data();
        out.field_count = count;
        out.with_default = [](Visit visit, void* context) {
            const T value{};
            visit({}, &value, context);
        };
        return out;
    }
};

/// std::optional, std::vector and std::map.
template <class T>
struct Parts {
    static constexpr bool known = false;
};

template <class T>
struct Parts<std::optional<T>> {
    static constexpr bool known = true;
    static constexpr Shape::Kind kind = Shape::maybe;
    using Inner = T;
    static void append(std::optional<T>& value, std::string_view, Fill fill, void* context) { fill(&value.emplace(), context); }
    static void each(const std::optional<T>& value, Visit visit, void* context) {
        if (value) visit({}, &*value, context);
    }
    static void clear(std::optional<T>& value) { value.reset(); }
};

template <class T>
struct Parts<std::vector<T>> {
    static constexpr bool known = true;
    static constexpr Shape::Kind kind = Shape::list;
    using Inner = T;
    static void append(std::vector<T>& value, std::string_view, Fill fill, void* context) {
        T item{};   // apart, as std::vector<bool> has no addresses
        fill(&item, context);
        value.push_back(std::move(item));
    }
    static void each(const std::vector<T>& value, Visit visit, void* context) {
        for (const T& item : value) visit({}, &item, context);
    }
    static void clear(std::vector<T>& value) { value.clear(); }
};

template <class T>
struct Parts<std::map<std::string, T>> {
    static constexpr bool known = true;
    static constexpr Shape::Kind kind = Shape::map;
    using Inner = T;
    static void append(std::map<std::string, T>& value, std::string_view key, Fill fill, void* context) {
        fill(&value[std::string(key)], context);
    }
    static void each(const std::map<std::string, T>& value, Visit visit, void* context) {
        for (const auto& [key, item] : value) visit(key, &item, context);
    }
    static void clear(std::map<std::string, T>& value) { value.clear(); }
};

template <class T>
constexpr Shape parts_shape() {
    Shape out;
    out.kind = Parts<T>::kind;
    out.inner = &shape_of<typename Parts<T>::Inner>;
    out.clear = [](void* value) { Parts<T>::clear(*static_cast<T*>(value)); };
    out.append = [](void* value, std::string_view key, Fill fill, void* context) {
        Parts<T>::append(*static_cast<T*>(value), key, fill, context);
    };
    out.each = [](const void* value, Visit visit, void* context) { Parts<T>::each(*static_cast<const T*>(value), visit, context); };
    return out;
}

template <class T>
inline constexpr bool is_undescribed = false;

template <class T>
constexpr Shape make_shape() {
    if constexpr (std::is_same_v<T, bool>)
        return {.kind = Shape::boolean};
    else if constexpr (is_number<T>)
        return number_shape<T>();
    else if constexpr (std::is_same_v<T, std::string>)
        return {.kind = Shape::text};
    else if constexpr (Parts<T>::known)
        return parts_shape<T>();
    else if constexpr (is_values<decltype(describe<T>)>)
        return EnumTable<T>::shape();
    else if constexpr (is_fields<decltype(describe<T>)>)
        return StructTable<T>::shape();
    else
        static_assert(is_undescribed<T>, "this type has no JSON form: specialise cortex::describe for it");
}

template <class T>
const Shape& shape_of() {
    static constexpr Shape shape = make_shape<T>();
    return shape;
}

}  // namespace cortex::detail
