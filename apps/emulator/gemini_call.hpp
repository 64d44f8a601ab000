#pragma once
// One request on its way through the checks.

#include "gemini_models.hpp"
#include "json_util.hpp"
#include "prompt.hpp"

#include <cstddef>
#include <string>

namespace emulator {

struct GeminiCall {
    GeminiHost host = GeminiHost::developer;
    std::string model;                   ///< as asked for
    const GeminiRules* rules = nullptr;  ///< of the model that answers
    json::object body;                   ///< after read_message: camelCase, no nulls
    bool stream = false;
    bool beta = true;  ///< v1beta or v1beta1

    bool thinks = false;          ///< thinking tokens are spent
    bool shows_thoughts = false;  ///< includeThoughts
    std::size_t prompt_tokens = 0;
    std::size_t cached_tokens = 0;  ///< of prompt_tokens

    [[nodiscard]] bool on_vertex() const noexcept { return host == GeminiHost::vertex; }
    /// Its object member, or an empty one.
    [[nodiscard]] const json::object& part(std::string_view name) const;
};

/// The object member, or an empty object.
[[nodiscard]] const json::object& object_in(const json::object& object, std::string_view name);
/// The list member, or an empty list.
[[nodiscard]] const json::array& list_in(const json::object& object, std::string_view name);
/// The message of a list that read_message has checked.
[[nodiscard]] inline const json::object& as_object(const json::value& value) { return value.get_object(); }

/// What a part is: the name of its one data field; empty when it has none.
[[nodiscard]] std::string_view data_of(const json::object& part) noexcept;

/// A content whose role is the model's.
[[nodiscard]] bool is_model_content(const json::object& content);

/// Everything the service refuses, beyond the shape. Fills the call's fields. Throws Refused.
void check_gemini_call(GeminiCall& call);

void check_gemini_contents(const GeminiCall& call);  ///< roles, parts, calls and their responses
void check_gemini_config(GeminiCall& call);          ///< generationConfig, safety
void check_gemini_tools(const GeminiCall& call);

/// An OpenAPI-like Schema, which read_message has read. `what`: the field's path.
void check_gemini_schema(const json::object& schema, const std::string& what, bool names_properties);
/// A JSON Schema with the keywords that the service knows.
void check_json_schema(const json::value& schema, const std::string& what);
/// The same schema in JSON Schema's words.
[[nodiscard]] json::object as_json_schema(const json::object& schema);

[[nodiscard]] Prompt prompt_of(const GeminiCall& call);

}  // namespace emulator
