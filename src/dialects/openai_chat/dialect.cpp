#include "dialects/openai_chat/dialect.hpp"

#include "dialects/openai_chat/decoder.hpp"
#include "dialects/openai_chat/encode.hpp"
#include "dialects/openai_chat/errors.hpp"
#include "dialects/openai_chat/remedy.hpp"

namespace cortex::dialects::openai_chat {

Body Dialect::encode(const ModelCall& call) const {
    return std::make_shared<const std::string>(encode_chat_request(call, options_));
}

std::unique_ptr<StreamDecoder> Dialect::decoder(const ModelCall& call) const { return std::make_unique<Decoder>(call); }

ErrorInfo Dialect::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return classify_answer(call, head, body);
}

Remedy Dialect::remedy(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    return remedy_of(call, options_, head, body);
}

std::string Dialect::request_id(const HttpHead& head) const {
    return request_id_in(head);
}

}  // namespace cortex::dialects::openai_chat
