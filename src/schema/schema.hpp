#pragma once

#include "core/json.hpp"
#include "core/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cortex::schema {

/// Where an instance breaks a schema, and how.
struct Violation {
    std::string path;      ///< JSON Pointer into the instance; "" is the whole. An unknown property is named, a missing one's owner.
    std::string reason;    ///< A sentence without the path: "is 60; it must be at most 50". Repeats at most some 80 bytes of a value.
    /// One sentence for a model or a user, of bounded length and valid UTF-8: "items[2].limit is 60; it must be at most 50".
    std::string sentence() const;
};

struct Node;

/// A compiled JSON Schema, draft 2020-12 (docs/tools-schema.md has the keywords). Immutable: share it freely, between threads too.
///
/// Every keyword that it does not check makes `compile` fail, so that nothing is promised silently; annotations (title,
/// description, default, examples, deprecated, readOnly, writeOnly, $comment, content*, names beginning with "x-") and `format` are
/// allowed and check nothing. `$schema` may name an older draft as far as what the schema says means the same in 2020-12.
class Schema {
public:
    /// Fails with a ConfigError whose text holds the JSON Pointer of what is wrong: an unknown or unsupported keyword, a value
    /// of the wrong kind, a reference that leads nowhere or round in a circle without consuming anything, a bad pattern.
    static Result<Schema> compile(std::string_view json_text);

    /// The first violation, or nothing. Pure. Never more work than visiting ten million nodes: where a schema asks for more, by
    /// repeating itself at every level of a deep value, that is the violation. The instance is nested no deeper than
    /// `JsonParser::max_depth`.
    std::optional<Violation> check(const JsonValue& instance) const;

private:
    explicit Schema(std::shared_ptr<const Node> root) noexcept;
    std::shared_ptr<const Node> root_;
};

}  // namespace cortex::schema
