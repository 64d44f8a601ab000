#pragma once

#include <cortex/export.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cortex {

/// What went wrong, as a value. One enumerator for each class below; the class of a thrown error and its code always agree.
enum class ErrorCode {
    unknown,             ///< A bug, or a failure that fits nowhere else (`Error`).
    config,              ///< Wrong before any byte was sent (`ConfigError`).
    provider,            ///< The vendor answered with a failure of no special kind (`ProviderError`).
    auth,                ///< Missing, refused or expired credentials (`ProviderAuthError`).
    rate_limit,          ///< Too many requests, or a used-up quota: then `retryable` is false (`RateLimitError`).
    unavailable,         ///< Overloaded or broken on the vendor's side (`ServiceUnavailableError`).
    model_not_found,     ///< The vendor does not know the model id (`ModelNotFoundError`).
    invalid_request,     ///< The vendor refused the request's content (`InvalidRequestError`).
    context_length,      ///< The conversation does not fit the model's window (`ContextLengthError`).
    content_filter,      ///< The model or a safety filter refused to answer (`ContentFilterError`).
    network,             ///< No connection, TLS failure, or a stream that ended early (`NetworkError`).
    timeout,             ///< A deadline passed (`TimeoutError`).
    cancelled,           ///< The caller cancelled, or closed the session (`CancelledError`).
    budget_exceeded,     ///< The turn would cost more than it may (`BudgetExceededError`).
    session_busy,        ///< A turn is already running on this session (`SessionBusyError`).
    storage,             ///< A file or store could not be read or written (`StorageError`).
    protocol,            ///< Bytes that are not what the protocol allows (`ProtocolError`).
};

/// The code's name in snake_case, for logs and JSON ("rate_limit").
CORTEX_API std::string_view to_string(ErrorCode code) noexcept;

/// Everything known of a failure. Fields that do not apply are empty; no field ever holds a secret.
struct ErrorInfo {
    ErrorCode code = ErrorCode::unknown;
    std::string message = {};      ///< One sentence what failed, one sentence what to do.
    bool retryable = false;        ///< The same call may succeed later without a change.
    std::string provider = {};     ///< Registered name, e.g. "anthropic".
    std::string model = {};        ///< The id as it was sent.
    int http_status = 0;           ///< 0 where no HTTP answer arrived.
    std::string request_id = {};   ///< The vendor's id for the request.
    std::optional<std::chrono::milliseconds> retry_after = {};  ///< The vendor's wish, if it named one.
    std::string partial_content = {};  ///< Text that had arrived before the failure.
};

/// Base of all exceptions that corteX throws. The properties are here, so that catching the base is enough to log well;
/// a class below exists only where a caller would act differently.
class CORTEX_API Error : public std::runtime_error {
public:
    explicit Error(ErrorInfo info);

    const ErrorInfo& info() const noexcept { return info_; }
    ErrorCode code() const noexcept { return info_.code; }
    bool retryable() const noexcept { return info_.retryable; }
    const std::string& provider() const noexcept { return info_.provider; }
    const std::string& model() const noexcept { return info_.model; }
    std::optional<int> http_status() const noexcept {
        return info_.http_status == 0 ? std::nullopt : std::optional(info_.http_status);
    }
    const std::string& request_id() const noexcept { return info_.request_id; }
    std::optional<std::chrono::milliseconds> retry_after() const noexcept { return info_.retry_after; }

private:
    ErrorInfo info_;
};

/// Something is wrong before any byte was sent; the message names the field.
class CORTEX_API ConfigError : public Error { public: using Error::Error; };

/// The vendor answered with a failure.
class CORTEX_API ProviderError : public Error { public: using Error::Error; };
/// Check the key or the cloud credentials: the message names where they are looked for.
class CORTEX_API ProviderAuthError : public ProviderError { public: using ProviderError::ProviderError; };
/// Wait `retry_after()`; where `retryable()` is false the quota is used up.
class CORTEX_API RateLimitError : public ProviderError { public: using ProviderError::ProviderError; };
/// Try later.
class CORTEX_API ServiceUnavailableError : public ProviderError { public: using ProviderError::ProviderError; };
/// Check the model id, and the region.
class CORTEX_API ModelNotFoundError : public ProviderError { public: using ProviderError::ProviderError; };
/// The request cannot succeed as it is.
class CORTEX_API InvalidRequestError : public ProviderError { public: using ProviderError::ProviderError; };
/// Shorten the conversation, or choose a model with a larger window.
class CORTEX_API ContextLengthError : public ProviderError { public: using ProviderError::ProviderError; };
/// The model refused, or a filter did: rephrase.
class CORTEX_API ContentFilterError : public ProviderError { public: using ProviderError::ProviderError; };

/// No connection, or one that broke.
class CORTEX_API NetworkError : public Error { public: using Error::Error; };
/// A deadline passed: connecting, between two bytes of a stream, or for the whole turn.
class CORTEX_API TimeoutError : public Error { public: using Error::Error; };
/// `Run::cancel()`, or work on a closed session.
class CORTEX_API CancelledError : public Error { public: using Error::Error; };
/// Stopped by a limit that the user set.
class CORTEX_API BudgetExceededError : public Error { public: using Error::Error; };
/// A session takes one turn at a time.
class CORTEX_API SessionBusyError : public Error { public: using Error::Error; };
/// A file or store could not be read or written; the message names it.
class CORTEX_API StorageError : public Error { public: using Error::Error; };
/// Bytes that are not what the protocol allows: a bug of ours or of the other side.
class CORTEX_API ProtocolError : public Error { public: using Error::Error; };

/// The one place where a failure becomes an exception: throws the class that belongs to `info.code`.
[[noreturn]] CORTEX_API void throw_error(ErrorInfo info);

}  // namespace cortex
