#pragma once
// The forms in which Google says yes and no: OAuth answers, API errors with details.

#include "google_state.hpp"
#include "http.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace emulator {

/// A request that a Google service refuses, with the whole answer.
class Refused : public std::exception {
public:
    explicit Refused(Reply reply) : reply_(std::move(reply)) {}
    [[nodiscard]] const char* what() const noexcept override { return "refused by the Google half of the emulator"; }
    [[nodiscard]] const Reply& reply() const noexcept { return reply_; }

private:
    Reply reply_;
};

[[nodiscard]] Reply google_json(int status, const json::value& body);

/// {"access_token", "expires_in", "token_type"} and what is in `more`.
[[nodiscard]] Reply token_answer(const GoogleState& state, std::string_view token, std::int64_t expires_in,
                                 const json::object& more = {});

[[noreturn]] void refuse_token(int status, std::string_view code, std::string_view description,
                               std::string_view subtype = {});

/// Google's word for an HTTP status: UNAUTHENTICATED for 401.
[[nodiscard]] std::string_view google_status(int status) noexcept;

/// {"error": {"code", "message", "status", "details"}}, in a list and with a RetryInfo where the switches say so.
[[nodiscard]] Reply google_error(const GoogleSwitches& switches, int status, std::string_view message,
                                 std::string_view status_word = {}, std::string_view reason = {});

}  // namespace emulator
