#pragma once
// The token endpoints: OAuth (/token), workforce refresh (/v1/oauthtoken) and the security token service (/v1/token).

#include "google_state.hpp"
#include "http.hpp"

namespace emulator {

/// All three throw Refused.
[[nodiscard]] Reply oauth_token(GoogleState& state, const HttpRequest& request);
[[nodiscard]] Reply workforce_token(GoogleState& state, const HttpRequest& request);
[[nodiscard]] Reply exchange_token(GoogleState& state, const HttpRequest& request);

/// The subject of a signed GetCallerIdentity request that was packed up as a subject token. Throws Refused.
[[nodiscard]] std::string aws_subject(const GoogleState& state, std::string_view token, std::string_view audience);

/// Where a request was sent, as a client writes it: http or https and the Host header.
[[nodiscard]] bool is_own_url(const HttpRequest& request, std::string_view url, std::string_view path);

/// A bearer token that the service account signed itself, for the API's audience or with a scope. False: it is none.
[[nodiscard]] bool is_self_signed(const GoogleState& state, const HttpRequest& request, std::string_view token);

}  // namespace emulator
