#pragma once

#include "core/dialect.hpp"

namespace cortex::dialects::openai_responses {

/// OpenAI's Responses API, used without state on the server: every request carries the whole conversation.
class Dialect final : public cortex::Dialect {
public:
    Body encode(const ModelCall& call) const override;
    std::unique_ptr<StreamDecoder> decoder(const ModelCall& call) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    Remedy remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    std::string request_id(const HttpHead& head) const override;
};

}  // namespace cortex::dialects::openai_responses
