#include "agent/structured_answer.hpp"

#include "core/json.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::agent {

Result<std::shared_ptr<const StructuredAnswer>> StructuredAnswer::create(std::string_view schema) {
    const auto refuse = [](std::string_view why) { return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("answer_schema: {}", why)}; };
    auto check = schema::Schema::compile(schema);
    if (!check) return refuse(check.error().message);
    JsonParser parser;
    const JsonObject* object = parser.parse_object(schema);
    // Vendors take nothing else at the top, and a list or a number alone cannot be told from prose.
    if (object == nullptr || json_text(*object, "type") != "object") return refuse("its \"type\" must be \"object\": put a list or a single value into a property.");
    auto answer = std::make_shared<AnswerSchema>();
    answer->schema = std::string(trim(schema));
    return std::shared_ptr<const StructuredAnswer>(new StructuredAnswer(std::move(answer), *std::move(check)));
}

std::string StructuredAnswer::instruction() const {
    return fmt::format("Answer with nothing but JSON that fits this JSON Schema, without a code fence and without a word around it:\n{}", answer_->schema);
}

std::string_view StructuredAnswer::json_of(std::string_view answer) noexcept {
    std::string_view text = trim(answer);
    constexpr std::string_view fence = "```";
    if (!text.starts_with(fence) || !text.ends_with(fence) || text.size() < 2 * fence.size()) return text;
    const std::size_t line = text.find('\n');   // behind the fence stands the name of a language
    if (line == std::string_view::npos || line + 1 > text.size() - fence.size()) return text;
    return trim(text.substr(line + 1, text.size() - fence.size() - line - 1));
}

std::string StructuredAnswer::fault(std::string_view json) const {
    if (json.empty()) return "the answer is empty";
    JsonParser parser;
    const JsonValue* value = parser.parse(json);
    if (value == nullptr) return parser.cut() ? "the JSON ends too early" : "it is no JSON";
    const auto violation = check_.check(*value);
    return violation ? violation->sentence() : std::string();
}

std::string StructuredAnswer::correction(std::string_view fault) {
    return fmt::format("That answer does not fit the schema: {}. Answer again with nothing but the corrected JSON.", fault);
}

}  // namespace cortex::agent
