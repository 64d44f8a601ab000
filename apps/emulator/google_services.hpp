#pragma once
// Google's services beside the model: token endpoints, IAM credentials, metadata server, an identity provider for the
// federation; and the control routes that steer them.

#include "google_state.hpp"
#include "http.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace emulator {

class GoogleServices {
public:
    /// `tokens`: access tokens that are always good.
    explicit GoogleServices(std::vector<std::string> tokens) : state_(std::move(tokens)) {}

    [[nodiscard]] static bool serves(const HttpRequest& request);
    [[nodiscard]] Reply answer(const HttpRequest& request);

    /// Hides what is secret in the body of a kept request.
    static void mask(HttpRequest& request);

    /// `name`: "google", "google/files", "google/subject_token". Throws Rejection. Nothing: no such route.
    [[nodiscard]] std::optional<json::value> control(const HttpRequest& request, std::string_view name);

    /// Whose token the request carries. Throws Refused with 401, or 403 for a token without the scope.
    [[nodiscard]] IssuedToken authorize(const HttpRequest& request) const;

    [[nodiscard]] const GoogleSwitches& switches() const noexcept { return state_.switches; }
    [[nodiscard]] std::int64_t now() const { return state_.now(); }
    void reset() { state_.reset(); }

private:
    [[nodiscard]] static bool is_metadata(const HttpRequest& request);
    [[nodiscard]] static bool is_iam(std::string_view path);
    [[nodiscard]] Reply metadata(const HttpRequest& request);
    [[nodiscard]] Reply impersonate(const HttpRequest& request);
    [[nodiscard]] Reply project(const HttpRequest& request, std::string_view number);
    [[nodiscard]] Reply identity_provider(const HttpRequest& request);

    GoogleState state_;
};

/// A good subject token of the identity provider at `base`; `changes` replaces claims.
[[nodiscard]] std::string subject_token(const GoogleState& state, std::string_view base, const json::object& changes,
                                        const RsaKey& key);

/// Ready credential files by name, every address at `base`, every path in `folder`.
[[nodiscard]] json::object credential_files(GoogleState& state, const std::string& base, const std::string& folder);

}  // namespace emulator
