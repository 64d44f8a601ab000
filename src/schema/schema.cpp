#include "schema/schema.hpp"

#include "schema/checker.hpp"
#include "schema/compiler.hpp"
#include "schema/words.hpp"

#include <fmt/format.h>

namespace cortex::schema {

std::string Violation::sentence() const {
    const std::string place = dotted(path);
    return fmt::format("{} {}", place.empty() ? "the value" : place, reason);
}

Schema::Schema(std::shared_ptr<const Node> root) noexcept : root_(std::move(root)) {}

Result<Schema> Schema::compile(std::string_view json_text) {
    JsonParser parser;
    const JsonValue* value = parser.parse(json_text);
    if (value == nullptr)
        return ErrorInfo{.code = ErrorCode::config,
                         .message = parser.cut() ? "the schema is not JSON: it ends too early" : "the schema is not JSON, or is nested too deeply"};
    auto root = Compiler().run(*value);
    if (!root) return std::move(root).error();
    return Schema(std::move(*root));
}

std::optional<Violation> Schema::check(const JsonValue& instance) const { return Checker().run(*root_, instance); }

}  // namespace cortex::schema
