// A schema (the first line of the input) and an instance (the rest): whatever they are, compiling and checking end, in bounded work, with
// an answer that does not depend on how often one asks and whose sentence is short and valid UTF-8.

#include "core/text.hpp"
#include "schema/pattern.hpp"
#include "schema/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using cortex::schema::Schema;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Whether a schema around this one must say the same, or the opposite.
void check_wrapped(std::string_view schema, const cortex::JsonValue& instance, bool valid, std::string_view before, std::string_view behind) {
    const auto wrapped = Schema::compile(std::string(before) + std::string(schema) + std::string(behind));
    if (!wrapped) return;   // one level too deep
    const auto violation = wrapped->check(instance);
    if (violation && violation->reason.starts_with("takes too much work")) return;
    require(valid == !violation.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    const std::string_view schema_text = input.substr(0, line);
    const std::string_view instance_text = line == std::string_view::npos ? input : input.substr(line + 1);

    if (const auto pattern = cortex::schema::Pattern::compile(schema_text)) {
        std::size_t budget = 1'000'000;
        static_cast<void>(pattern->found_in(instance_text, budget));
    }

    const auto schema = Schema::compile(schema_text);
    if (!schema) {
        require(!schema.error().message.empty() && schema.error().message.size() < 4000);
        return 0;
    }
    cortex::JsonParser parser;
    const cortex::JsonValue* instance = parser.parse(instance_text);
    if (instance == nullptr) return 0;
    const auto first = schema->check(*instance);
    const auto second = schema->check(*instance);
    require(first.has_value() == second.has_value());
    if (first) {
        const std::string sentence = first->sentence();
        require(sentence == second->sentence());
        require(sentence.size() < 2000 && !cortex::invalid_utf8_offset(sentence));
        if (first->reason.starts_with("takes too much work")) return 0;
    }
    // References, names and drafts belong to the root.
    if (schema_text.find('$') != std::string_view::npos || schema_text.find('\\') != std::string_view::npos) return 0;
    check_wrapped(schema_text, *instance, !first, "{\"allOf\":[", "]}");
    check_wrapped(schema_text, *instance, first.has_value(), "{\"not\":", "}");
    check_wrapped(schema_text, *instance, !first, "{\"oneOf\":[false,", "]}");
    return 0;
}
