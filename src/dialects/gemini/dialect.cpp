#include "dialects/gemini/dialect.hpp"

#include "dialects/gemini/decoder.hpp"
#include "dialects/gemini/encode.hpp"
#include "dialects/gemini/errors.hpp"

namespace cortex::dialects::gemini {

Body Dialect::encode(const ModelCall& call) const { return std::make_shared<const std::string>(encode_request(call)); }

std::unique_ptr<StreamDecoder> Dialect::decoder(const ModelCall& call) const { return std::make_unique<Decoder>(call); }

ErrorInfo Dialect::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return classify_answer(call, head, body);
}

Remedy Dialect::remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return remedy_of(call, head, body);
}

/// Google's own answers carry none in the head (the one in the body is the answer's id); gateways before it do.
std::string Dialect::request_id(const HttpHead& head) const { return std::string(head.header("x-request-id").value_or("")); }

}  // namespace cortex::dialects::gemini
