#pragma once

#include "core/http.hpp"
#include "core/json.hpp"
#include "core/model_call.hpp"

#include <cortex/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cortex::dialects {

/// What an error body says, whatever its shape.
struct VendorError {
    std::string message = {};      ///< As sent; "" where the body held none.
    std::string type = {};         ///< The vendor's class of error, e.g. "overloaded_error".
    std::string code = {};         ///< A finer word, e.g. "insufficient_quota"; numbers are spelled out.
    std::string request_id = {};
    bool readable = false;         ///< The body was an error object of a known shape.
};

/// How a failure is judged.
struct Verdict {
    ErrorCode code = ErrorCode::provider;
    bool retryable = false;
};

/// The error of a status alone, for bodies that say no more: 401, 403 auth; 404 model_not_found; 408, 409, 5xx
/// unavailable; ...
Verdict judge_status(int status) noexcept;

/// `x-should-retry: true` or `false`, where an answer carries it.
std::optional<bool> vendor_retry_wish(const HttpHead& head) noexcept;

/// What may be shown of a body that is no error object: plain text as it is, of an HTML page its title, at most 500
/// characters.
std::string readable_text(std::string_view body, std::string_view content_type);

/// Whether the words say that the conversation is too long for the model.
bool says_too_long(std::string_view message);

/// The error for the user: one sentence what failed (quoting the vendor), one what to do. `status` 0: no HTTP status to
/// name.
ErrorInfo describe_failure(const ModelCall& call, Verdict verdict, int status, const VendorError& vendor);

/// A whole answer, or a piece of a stream, that is not what the protocol allows.
ErrorInfo malformed(const ModelCall& call, std::string_view what);
/// A whole answer that could not be read as `what` ("an answer that is no JSON object"): empty, cut off, or something else.
ErrorInfo unreadable(const ModelCall& call, std::string_view body, bool cut, std::string_view what);
/// A stream or body that ended before the answer was whole.
ErrorInfo ended_early(const ModelCall& call, std::string_view what);

}  // namespace cortex::dialects
