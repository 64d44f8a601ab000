#pragma once

#include <cortex/detail/shape_of.hpp>
#include <cortex/export.hpp>
#include <cortex/tool.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Described structs: one place gives a tool's JSON Schema, the decoding of its arguments, their defaults and limits, and the
/// sentences that tell the model what was wrong.
///
///     enum class Order { newest, best };
///     template <> inline constexpr auto cortex::describe<Order> =
///         cortex::values(cortex::value(Order::newest, "newest"), cortex::value(Order::best, "best"));
///
///     struct Lookup { std::string query; int limit = 10; std::optional<Order> order; };
///     template <> inline constexpr auto cortex::describe<Lookup> =
///         cortex::fields(cortex::field(&Lookup::query, "query", "What to look for").length(1, 200),
///                        cortex::field(&Lookup::limit, "limit", "How many hits").range(1, 50).optional(),
///                        cortex::field(&Lookup::order, "order", "What comes first"));
///
///     cortex::Tool tool = cortex::make_tool<Lookup>("search", "Searches the handbook.", [](const Lookup& wanted) { ... });
///
/// Specialise `describe` at global namespace scope, before its first use. Fields may be bool, integers, float and double,
/// std::string, described enums and structs (also of their own kind, through std::vector or std::map), and std::optional,
/// std::vector and std::map<std::string, ...> of these. Members that are not described are left alone.
///
/// A field is required unless it is a std::optional or says `.optional()`. One that is absent keeps what a default-constructed
/// struct has in it, and the schema tells the model so ("default"). A std::optional takes null too. Unknown fields are refused.
/// Integers also keep to the range of their type, and take 3.0 for 3.
namespace cortex {

/// One member of a struct, as a tool's schema shows it. The texts must live for ever: write literals.
template <class Class, class Member>
struct Field {
    Member Class::*member;
    std::string_view name;
    std::string_view description;   ///< The model chooses its values by this; "" for none.
    detail::Rules rules = {};

    /// Both ends belong to it. For numbers.
    template <class Number = detail::Bare<Member>>
        requires detail::is_number<Number>
    constexpr Field range(std::type_identity_t<Number> least, std::type_identity_t<Number> most) const {
        Field out = *this;
        out.rules.least = detail::Scalar::of(least);
        out.rules.most = detail::Scalar::of(most);
        return out;
    }
    /// Of characters, items or entries. For std::string, std::vector and std::map.
    constexpr Field length(std::size_t least, std::size_t most) const
        requires detail::has_length<detail::Bare<Member>>
    {
        Field out = *this;
        out.rules.shortest = least;
        out.rules.longest = most;
        return out;
    }
    /// A regular expression of JavaScript's kind that must match somewhere; look-around and back references are not supported and
    /// make `make_tool` and `decode` throw. For std::string.
    constexpr Field pattern(std::string_view expression) const
        requires std::same_as<detail::Bare<Member>, std::string>
    {
        Field out = *this;
        out.rules.pattern = expression;
        return out;
    }
    /// May be absent.
    constexpr Field optional() const {
        Field out = *this;
        out.rules.optional = true;
        return out;
    }
};

template <class Class, class Member>
constexpr Field<Class, Member> field(Member Class::*member, std::string_view name, std::string_view description = {}) {
    return {member, name, description};
}

template <class... Described>
constexpr detail::Fields<Described...> fields(Described... described) {
    return {{described...}};
}

template <class Enum>
    requires std::is_enum_v<Enum>
constexpr detail::Value<Enum> value(Enum enumerator, std::string_view name) {
    return {enumerator, name};
}

/// The names that an enum's values have in JSON. Values that are not listed cannot be decoded, and are encoded as null.
template <class Enum, class... Others>
constexpr detail::Values<Enum, 1 + sizeof...(Others)> values(detail::Value<Enum> first, Others... others) {
    return {{first, others...}};
}

/// The JSON Schema (2020-12) of T, as text. Equal in every run.
template <class T>
std::string schema_for() {
    return detail::schema_text(detail::shape_of<T>());
}

/// The value that `json` holds. Throws ConfigError if the text is no JSON or does not fit T's schema; its message names the field:
/// "limit is 60; it must be at most 50". Thread-safe.
template <class T>
T decode(std::string_view json) {
    T out{};
    detail::decoder_of<T>().decode(json, &out);
    return out;
}

/// Compact JSON that `decode` reads back. Not-a-number and infinities, which JSON lacks, become null.
template <class T>
std::string encode(const T& value) {
    return detail::encode(detail::shape_of<T>(), &value);
}

namespace detail {

template <class Result>
ToolOutcome outcome_of(Result&& result) {
    using Plain = std::remove_cvref_t<Result>;
    if constexpr (std::same_as<Plain, ToolOutcome>)
        return std::forward<Result>(result);
    else if constexpr (std::is_convertible_v<Result, std::string_view>)
        return ToolOutcome::text(std::string(std::string_view(result)));
    else
        return ToolOutcome::json(cortex::encode<Plain>(result));
}

}  // namespace detail

/// A tool whose arguments are a T. `f` is called as `f(const T&)` or `f(const T&, const ToolCall&)`, on several threads at once, and
/// returns text, a ToolOutcome, or anything that a field may be (which becomes JSON). Arguments that do not fit never reach it:
/// the model gets the sentence. Throws ConfigError for a `pattern` that is not supported.
template <class T, class F>
Tool make_tool(std::string name, std::string description, F f) {
    static_assert(detail::is_described_struct<T>, "T needs a specialisation of cortex::describe made by cortex::fields");
    static_assert(std::is_invocable_v<const F&, const T&> || std::is_invocable_v<const F&, const T&, const ToolCall&>,
                  "f takes const T&, or const T& and const cortex::ToolCall&, and does not change itself");
    const detail::Decoder& decoder = detail::decoder_of<T>();
    Tool tool;
    tool.name = std::move(name);
    tool.description = std::move(description);
    tool.input_schema = schema_for<T>();
    tool.execute = [f = std::move(f), &decoder](const ToolCall& call) -> ToolOutcome {
        T arguments{};
        // A call without arguments may come as an empty text.
        if (std::string wrong = decoder.try_decode(call.arguments.empty() ? "{}" : call.arguments, &arguments); !wrong.empty())
            return ToolOutcome::error(std::move(wrong));
        if constexpr (std::is_invocable_v<const F&, const T&, const ToolCall&>)
            return detail::outcome_of(f(std::as_const(arguments), call));
        else
            return detail::outcome_of(f(std::as_const(arguments)));
    };
    return tool;
}

}  // namespace cortex
