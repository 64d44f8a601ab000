#include "auth/google/oauth_error.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/places.hpp"
#include "core/date_time.hpp"
#include "core/mask.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace cortex::auth::google {
namespace {

using std::chrono::seconds;

/// What an answer says of a failure.
struct Words {
    std::string code = {};      ///< "invalid_grant", "PERMISSION_DENIED"
    std::string text = {};
    std::string subtype = {};   ///< "invalid_rapt"
};

Words read_words(std::string_view body) {
    JsonParser parser;
    const JsonObject* const answer = parser.parse_object(body);
    if (answer == nullptr) return {};
    if (const JsonObject* const inner = json_object(*answer, "error"))
        return {.code = std::string(json_text_or_empty(*inner, "status")),
                .text = std::string(json_text_or_empty(*inner, "message")),
                .subtype = {}};
    return {.code = std::string(json_text_or_empty(*answer, "error")),
            .text = std::string(json_text_or_empty(*answer, "error_description")),
            .subtype = std::string(json_text_or_empty(*answer, "error_subtype"))};
}

/// OAuth words of a failure that passes (google-auth 2.63.0 oauth2/_client.py).
bool passing_words(const Words& words) {
    constexpr std::array<std::string_view, 3> passing{"internal_failure", "server_error", "temporarily_unavailable"};
    return std::any_of(passing.begin(), passing.end(), [&](std::string_view word) { return words.code == word || words.text == word; });
}

bool worth_another_try(const HttpAnswer& answer) {
    if (answer.head.status >= 200 && answer.head.status < 300) return false;
    const Words words = read_words(answer.body);
    // A refusal in so many words stays one, whatever status it came with.
    constexpr std::array<std::string_view, 6> final{"invalid_grant", "invalid_client", "invalid_rapt", "rapt_required", "unauthorized_client",
                                                    "invalid_scope"};
    if (std::find(final.begin(), final.end(), words.code) != final.end()) return false;
    return is_passing(answer.head.status) || passing_words(words);
}

/// The server's words without anything that was sent to it, as "(invalid_grant: Bad Request)", or "".
std::string told(const Words& words, const std::vector<Secret>& sent) {
    std::string all = words.code.empty() ? words.text : words.text.empty() ? words.code : words.code + ": " + words.text;
    if (all.empty()) return {};
    for (const Secret& secret : sent) all = mask_secret(all, SecretAccess::text(secret));
    return fmt::format(" ({})", quotable(all));
}

/// "This machine's clock says 2026-..., the server's 2026-...", where they differ by more than a minute.
std::string clock_sentence(const World& world, const HttpHead& head) {
    const WallTime own = world.clock->wall();
    const auto date = head.header("date");
    const auto server = date ? parse_http_date(*date) : std::nullopt;
    if (!server || std::chrono::abs(*server - own) < seconds(60))
        return fmt::format("Check the clock of this machine, which says {}.", format_iso8601(own));
    const auto apart = std::chrono::duration_cast<std::chrono::minutes>(std::chrono::abs(*server - own));
    return fmt::format("Set the clock of this machine: it says {}, the server's says {} ({} min apart).", format_iso8601(own),
                       format_iso8601(*server), std::max<long long>(1, apart.count()));
}

std::string remedy_for(const World& world, const HttpHead& head, const Words& words, const TokenQuestion& question) {
    const std::string text = to_lower(words.text);
    if (text.find("reasonable timeframe") != std::string::npos || text.find("short-lived token") != std::string::npos ||
        text.find("issued at a future time") != std::string::npos || text.find("iat") == 0)
        return clock_sentence(world, head);
    if (text.find("account not found") != std::string::npos)
        return "The service account does not exist (any more): check client_email, or create a key of another account.";
    if (text.find("invalid jwt signature") != std::string::npos)
        return "The key was deleted, or belongs to another account: create a new JSON key of the service account.";
    if (text.find("account disabled") != std::string::npos || text.find("account has been disabled") != std::string::npos)
        return "Enable the account, or use another one.";
    if (words.code == "invalid_scope") return "Check the scope, which should be https://www.googleapis.com/auth/cloud-platform.";
    return question.remedy;
}

}  // namespace

std::optional<WallTime> lifetime_end(const JsonObject& answer, WallTime sent_at) {
    auto lifetime = json_integer(answer, "expires_in");
    if (const auto text = json_text(answer, "expires_in"); !lifetime && text) {
        std::int64_t number = 0;
        const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (failure == std::errc() && end == text->data() + text->size()) lifetime = number;
    }
    if (!lifetime) return std::nullopt;
    constexpr std::int64_t longest = 366LL * 24 * 3600;   // no token lives longer; and the sum cannot overflow
    return sent_at + seconds(std::clamp<std::int64_t>(*lifetime, 0, longest));
}

ErrorInfo refusal(const World& world, const HttpAnswer& answer, const TokenQuestion& question) {
    const int status = answer.head.status;
    const Words words = read_words(answer.body);
    ErrorInfo error{.code = ErrorCode::auth, .message = {}, .retryable = false, .provider = {}, .model = {}, .http_status = status};
    if (worth_another_try(answer) || (status >= 500 && words.code.empty()) || status == 502) {
        error.code = ErrorCode::unavailable;
        error.retryable = true;
        error.message = fmt::format("{} answered with HTTP {}{}. Try again later.", question.who, status, told(words, question.sent));
        return error;
    }
    if (status >= 300 && status < 400) {
        error.code = ErrorCode::unavailable;
        error.message = fmt::format("{} answered with a redirect (HTTP {}), which is not followed with credentials. Check the address, and "
                                    "whether the network wants a login.",
                                    question.who, status);
        return error;
    }
    if (words.code.empty() && words.text.empty()) {
        error.message = fmt::format("{} refused {} with HTTP {} and no reason. {}", question.who, question.source, status, question.remedy);
        return error;
    }
    const auto is_rapt = [](std::string_view word) { return word == "invalid_rapt" || word == "rapt_required"; };
    const bool again = is_rapt(words.subtype) || is_rapt(words.code);
    error.message = fmt::format("{} refused {}{}{}. {}", question.who, question.source, told(words, question.sent),
                                again ? ": the organisation wants a new login from time to time" : "",
                                remedy_for(world, answer.head, words, question));
    return error;
}

Result<TokenAnswer> ask_for_token(Flow& flow, const HttpRequest& request, const TokenQuestion& question) {
    Attempts attempts;
    attempts.again = worth_another_try;
    Result<Answered> answered = exchange(flow.world, request, question.who, attempts);
    if (!answered) return std::move(answered).error();
    HttpAnswer& answer = answered->answer;
    if (answer.head.status < 200 || answer.head.status >= 300) return refusal(flow.world, answer, question);

    JsonParser parser;
    const JsonObject* const object = parser.parse_object(answer.body);
    const std::string_view text = object == nullptr ? std::string_view() : json_text_or_empty(*object, "access_token");
    if (text.empty() || !fits_header(text)) {
        wipe(answer.body);
        return ErrorInfo{.code = ErrorCode::unavailable,
                         .message = fmt::format("{} gave an answer without a token (HTTP {}). Check whether something between this machine and "
                                                "Google answers in its place.",
                                                question.who, answer.head.status),
                         .retryable = true,
                         .provider = {},
                         .model = {},
                         .http_status = answer.head.status};
    }
    TokenAnswer out{.token = {.text = Secret(std::string(text)), .expires_at = lifetime_end(*object, answered->sent_at)}, .refresh_token = {}};
    if (const auto rotated = json_text(*object, "refresh_token"); rotated && !rotated->empty()) out.refresh_token = Secret(std::string(*rotated));
    wipe(answer.body);
    return out;
}

}  // namespace cortex::auth::google
