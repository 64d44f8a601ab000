#pragma once

#include "dialects/failure.hpp"

#include <string>
#include <string_view>

namespace cortex::dialects {

// Errors of OpenAI's API and of the many servers that imitate it, which both of its dialects meet.

/// What an error object says, in whichever shape: `error` as an object or a text, `message`, `detail` as a text or a list of
/// complaints.
VendorError read_openai_error(const JsonObject& object);

/// The member of the request that an error object blames (`param`), or "".
std::string blamed_member(const JsonObject& object);

/// The class of an error. Words that say more than the status count before it. `status` 0: none.
Verdict judge_openai_error(int status, const VendorError& vendor);

/// The error of an object that came with HTTP 200, inside a stream or as the whole answer.
ErrorInfo classify_openai_object(const ModelCall& call, const JsonObject& object);

/// The error of an answer with a status other than 2xx. The request id comes from the head (`x-request-id`, on Azure also
/// `apim-request-id`), else the body.
ErrorInfo classify_openai_answer(const ModelCall& call, const HttpHead& head, std::string_view body);

/// The vendor's request id in the head, or "".
std::string openai_request_id(const HttpHead& head);

}  // namespace cortex::dialects
