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
    std::string path;      ///< JSON Pointer into the instance; "" is the whole.
    std::string reason;    ///< A sentence without the path: "is 60; it must be at most 50".
    /// One sentence for a model or a user: "limit is 60; it must be at most 50".
    std::string sentence() const;
};

struct Node;

/// A compiled JSON Schema, draft 2020-12. Immutable; share it freely.
///
/// Every keyword that it does not check makes `compile` fail, so that nothing is promised silently; annotations (title,
/// description, default, examples, deprecated, readOnly, writeOnly, $comment) and `format` are allowed and check nothing.
class Schema {
public:
    /// Fails with a ConfigError whose text holds the JSON Pointer of what is wrong: an unknown or unsupported keyword, a value
    /// of the wrong kind, a reference that leads nowhere or round in a circle without consuming anything, a bad pattern.
    static Result<Schema> compile(std::string_view json_text);

    /// The first violation, or nothing. Pure; bounded by the instance's and the schema's size.
    std::optional<Violation> check(const JsonValue& instance) const;

private:
    explicit Schema(std::shared_ptr<const Node> root) noexcept;
    std::shared_ptr<const Node> root_;
};

}  // namespace cortex::schema
