#pragma once

#include "auth/google/exchange.hpp"
#include "auth/google/flow.hpp"
#include "core/http.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::google {

/// Whom a token is asked of, and what a user can do about a refusal.
struct TokenQuestion {
    std::string who = {};       ///< Begins a sentence: "Google's token service (oauth2.googleapis.com)".
    std::string source = {};    ///< Whose credentials: "the gcloud user credentials in /home/u/...json".
    std::string remedy = {};    ///< A whole sentence.
    std::vector<Secret> sent = {};   ///< Never repeated in a message, whatever the answer says.
};

/// Reads an OAuth token answer: `access_token` and `expires_in` (a number, or a number written as text); a new `refresh_token` too.
struct TokenAnswer {
    Token token = {};
    Secret refresh_token = {};
};

/// Asks a token endpoint; repeats what may pass. The failures are those that a user can act on: `auth` where the credentials were
/// refused (asked once), `unavailable` where the service is broken.
Result<TokenAnswer> ask_for_token(Flow& flow, const HttpRequest& request, const TokenQuestion& question);

/// The error of an answer that is no success, whether OAuth's form or Google's (`{"error":{"code","message","status"}}`).
ErrorInfo refusal(const World& world, const HttpAnswer& answer, const TokenQuestion& question);

/// When a token of that answer ends.
std::optional<WallTime> lifetime_end(const JsonObject& answer, WallTime sent_at);

}  // namespace cortex::auth::google
