#pragma once

#include "core/dialect.hpp"
#include "dialects/anthropic/body_form.hpp"

namespace cortex::dialects::anthropic {

/// Claude's Messages API, as spoken by Anthropic itself and by the clouds that serve Claude.
class Dialect final : public cortex::Dialect {
public:
    Dialect() = default;
    explicit Dialect(BodyForm form) : form_(std::move(form)) {}

    const BodyForm& form() const noexcept { return form_; }
    Body encode(const ModelCall& call) const override;
    std::unique_ptr<StreamDecoder> decoder(const ModelCall& call) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    Remedy remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    std::string request_id(const HttpHead& head) const override;

private:
    BodyForm form_;
};

}  // namespace cortex::dialects::anthropic
