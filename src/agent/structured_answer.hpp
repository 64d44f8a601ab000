#pragma once

#include "core/model_call.hpp"
#include "core/result.hpp"
#include "schema/schema.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cortex::agent {

/// What a turn's answer must be: JSON that fits a schema. Immutable; shared by the turn's calls.
class StructuredAnswer {
public:
    /// Fails with a ConfigError that names `answer_schema`, for what is no JSON Schema, cannot be checked, or does not describe an object.
    static Result<std::shared_ptr<const StructuredAnswer>> create(std::string_view schema);

    /// For the vendor's own way of asking.
    const std::shared_ptr<const AnswerSchema>& for_vendor() const noexcept { return answer_; }
    /// What every model is told, whether its vendor holds it to the schema or not.
    std::string instruction() const;

    /// The JSON alone: without white space around it, and without the fence that some models put it in.
    static std::string_view json_of(std::string_view answer) noexcept;
    /// What is wrong with such JSON, in a sentence for the model; "" where it fits.
    std::string fault(std::string_view json) const;
    /// What a model is told whose answer has that fault.
    static std::string correction(std::string_view fault);

private:
    StructuredAnswer(std::shared_ptr<const AnswerSchema> answer, schema::Schema check) : answer_(std::move(answer)), check_(std::move(check)) {}

    std::shared_ptr<const AnswerSchema> answer_;
    schema::Schema check_;
};

}  // namespace cortex::agent
