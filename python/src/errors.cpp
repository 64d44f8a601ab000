#include "errors.hpp"

#include "handle.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace nb = nanobind;

namespace cortex::py {
namespace {

constexpr std::array code_classes{
    std::pair{ErrorCode::unknown, "Error"},
    std::pair{ErrorCode::config, "ConfigError"},
    std::pair{ErrorCode::provider, "ProviderError"},
    std::pair{ErrorCode::auth, "ProviderAuthError"},
    std::pair{ErrorCode::rate_limit, "RateLimitError"},
    std::pair{ErrorCode::unavailable, "ServiceUnavailableError"},
    std::pair{ErrorCode::model_not_found, "ModelNotFoundError"},
    std::pair{ErrorCode::invalid_request, "InvalidRequestError"},
    std::pair{ErrorCode::context_length, "ContextLengthError"},
    std::pair{ErrorCode::content_filter, "ContentFilterError"},
    std::pair{ErrorCode::network, "NetworkError"},
    std::pair{ErrorCode::timeout, "TimeoutError"},
    std::pair{ErrorCode::cancelled, "CancelledError"},
    std::pair{ErrorCode::budget_exceeded, "BudgetExceededError"},
    std::pair{ErrorCode::session_busy, "SessionBusyError"},
    std::pair{ErrorCode::storage, "StorageError"},
    std::pair{ErrorCode::protocol, "ProtocolError"},
};

const char* class_name(ErrorCode code) noexcept {
    for (const auto& [known, name] : code_classes)
        if (known == code) return name;
    return "Error";
}

/// What a server sent may be anything: an error's text must never fail to become a Python string.
nb::object text(std::string_view bytes) {
    return nb::steal(PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace"));
}

nb::object text_or_none(std::string_view bytes) { return bytes.empty() ? nb::none() : text(bytes); }

void raise(const Error& error) {
    const ErrorInfo& info = error.info();
    const char* const name = dynamic_cast<const ForkedError*>(&error) != nullptr ? "ForkError" : class_name(info.code);
    const nb::object type = nb::module_::import_("cortex._errors").attr(name);
    const nb::object retry_after =
        info.retry_after ? nb::cast(std::chrono::duration<double>(*info.retry_after).count()) : nb::none();
    const nb::object exception =
        type(text(error.what()), nb::arg("provider") = text_or_none(info.provider),
             nb::arg("model") = text_or_none(info.model),
             nb::arg("http_status") = info.http_status == 0 ? nb::none() : nb::cast(info.http_status),
             nb::arg("retry_after") = retry_after, nb::arg("request_id") = text_or_none(info.request_id),
             nb::arg("retryable") = info.retryable, nb::arg("partial_content") = text(info.partial_content));
    PyErr_SetObject(type.ptr(), exception.ptr());
}

}  // namespace

void bind_errors(nb::module_&) {
    nb::register_exception_translator([](const std::exception_ptr& pointer, void*) {
        try {
            std::rethrow_exception(pointer);
        } catch (const Error& error) {
            try {
                raise(error);
            } catch (nb::python_error& failed) {
                failed.restore();   // e.g. MemoryError while the exception was made
            }
        }
    });
}

void throw_config(std::string message) { throw_error({.code = ErrorCode::config, .message = std::move(message)}); }

}  // namespace cortex::py
