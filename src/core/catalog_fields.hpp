#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex {

/// Reads the members of one object of the catalogue. A member that is absent leaves its target alone; null means
/// "unknown" where a target can say so. The first thing that is wrong becomes the problem, and the reading ends.
class CatalogFields {
public:
    /// `path` ("thinking.") goes before each name in a problem. `problem` outlives the object and all its tables.
    CatalogFields(const boost::json::object& object, std::string path, std::optional<std::string>& problem);

    void text(std::string_view name, std::string& out);
    void date(std::string_view name, std::string& out);
    void texts(std::string_view name, std::vector<std::string>& out);
    void boolean(std::string_view name, bool& out);
    void count(std::string_view name, std::int64_t& out);  ///< Null: 0, which means unknown.
    void price(std::string_view name, std::optional<std::int64_t>& out);  ///< Dollars in the text, micro-dollars out.

    template <class E>
    void choice(std::string_view name, const std::vector<std::pair<std::string_view, E>>& choices, E& out) {
        if (const std::optional<std::size_t> at = choose(name, names_of(choices))) out = choices[*at].second;
    }

    /// The members of the object `name`. Nothing if it is absent or null; `was_null` tells which.
    std::optional<CatalogFields> table(std::string_view name, bool& was_null);

    bool has(std::string_view name) const { return object_.contains(name); }
    /// Names that may be there and that nobody reads.
    void ignore(std::initializer_list<std::string_view> names);
    /// Complains of members that were not asked for.
    void finish();
    /// Records a problem of one member.
    void wrong(std::string_view name, const std::string& what);

private:
    const boost::json::value* look_up(std::string_view name);
    void mismatch(std::string_view name, const boost::json::value& value, std::string_view expected);
    std::optional<std::size_t> choose(std::string_view name, const std::vector<std::string>& choices);

    template <class E>
    static std::vector<std::string> names_of(const std::vector<std::pair<std::string_view, E>>& choices) {
        std::vector<std::string> names;
        for (const auto& choice : choices) names.emplace_back(choice.first);
        return names;
    }

    const boost::json::object& object_;
    std::string path_;
    std::optional<std::string>& problem_;
    std::vector<std::string_view> asked_;
};

}  // namespace cortex
