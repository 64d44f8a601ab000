#pragma once
// The vocabulary of refusals: typed questions about a JSON request that either answer or throw the vendor's sentence.

#include "json_util.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace emulator {

/// A request that the service refuses. The dialect turns it into its own error body.
class Rejection : public std::runtime_error {
public:
    Rejection(int status, std::string type, const std::string& message, std::string param = {}, std::string code = {})
        : std::runtime_error(message),
          status_(status),
          type_(std::move(type)),
          param_(std::move(param)),
          code_(std::move(code)) {}

    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    [[nodiscard]] const std::string& param() const noexcept { return param_; }  ///< OpenAI's `param`; empty: null
    [[nodiscard]] const std::string& code() const noexcept { return code_; }    ///< OpenAI's `code`; empty: null

private:
    int status_;
    std::string type_;
    std::string param_;
    std::string code_;
};

/// Throws 400 `invalid_request_error` with "path: message", or the bare message when the path is empty.
[[noreturn]] void refuse(const std::string& path, const std::string& message);

/// "messages" + "0" -> "messages.0"
[[nodiscard]] std::string join(const std::string& path, std::string_view name);
[[nodiscard]] std::string join(const std::string& path, std::size_t index);

const json::object& want_object(const json::value& value, const std::string& path);
const json::array& want_array(const json::value& value, const std::string& path);
std::string_view want_string(const json::value& value, const std::string& path);
bool want_bool(const json::value& value, const std::string& path);
std::int64_t want_integer(const json::value& value, const std::string& path);
double want_number(const json::value& value, const std::string& path);

/// The member, or "path.name: Field required".
const json::value& require(const json::object& object, std::string_view name, const std::string& path);

/// Refuses a member that is not listed: "path.name: Extra inputs are not permitted".
void only_fields(const json::object& object, const std::string& path, std::initializer_list<std::string_view> known);

/// Refuses a text that is not one of the listed: "Input should be 'a', 'b' or 'c'".
void one_of(std::string_view text, const std::string& path, std::initializer_list<std::string_view> allowed);

}  // namespace emulator
