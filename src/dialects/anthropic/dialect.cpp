#include "dialects/anthropic/dialect.hpp"

#include "dialects/anthropic/decoder.hpp"
#include "dialects/anthropic/encode.hpp"
#include "dialects/anthropic/errors.hpp"

namespace cortex::dialects::anthropic {

Body Dialect::encode(const ModelCall& call) const {
    return std::make_shared<const std::string>(encode_message_request(call, form_));
}

std::unique_ptr<StreamDecoder> Dialect::decoder(const ModelCall& call) const { return std::make_unique<Decoder>(call); }

ErrorInfo Dialect::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return classify_answer(call, head, body);
}

Remedy Dialect::remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return remedy_of(call, head, body);
}

std::string Dialect::request_id(const HttpHead& head) const {
    return std::string(head.header("request-id").value_or(""));
}

}  // namespace cortex::dialects::anthropic
