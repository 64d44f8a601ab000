#include "dialects/openai_responses/dialect.hpp"

#include "dialects/openai_failure.hpp"
#include "dialects/openai_responses/decoder.hpp"
#include "dialects/openai_responses/encode.hpp"
#include "dialects/openai_responses/errors.hpp"

namespace cortex::dialects::openai_responses {

Body Dialect::encode(const ModelCall& call) const {
    return std::make_shared<const std::string>(encode_response_request(call));
}

std::unique_ptr<StreamDecoder> Dialect::decoder(const ModelCall& call) const { return std::make_unique<Decoder>(call); }

ErrorInfo Dialect::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return classify_openai_answer(call, head, body);
}

Remedy Dialect::remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return remedy_of(call, head, body);
}

std::string Dialect::request_id(const HttpHead& head) const { return openai_request_id(head); }

}  // namespace cortex::dialects::openai_responses
