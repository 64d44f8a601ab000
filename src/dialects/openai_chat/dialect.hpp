#pragma once

#include "core/dialect.hpp"
#include "dialects/openai_chat/options.hpp"

namespace cortex::dialects::openai_chat {

/// OpenAI's Chat Completions, as spoken by local servers and by most vendors' compatible endpoints.
class Dialect final : public cortex::Dialect {
public:
    explicit Dialect(Options options = {}) : options_(std::move(options)) {}

    Body encode(const ModelCall& call) const override;
    std::unique_ptr<StreamDecoder> decoder(const ModelCall& call) const override;
    ErrorInfo classify(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    Remedy remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const override;
    std::string request_id(const HttpHead& head) const override;

private:
    Options options_;
};

}  // namespace cortex::dialects::openai_chat
