// IAM credentials: short-lived tokens of another service account; and the look-up of a project by its number.

#include "checks.hpp"
#include "google_replies.hpp"
#include "google_services.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace emulator {

namespace {

constexpr std::string_view accounts_path = "/v1/projects/-/serviceAccounts/";
constexpr std::string_view verb = ":generateAccessToken";
constexpr std::string_view delegate_prefix = "projects/-/serviceAccounts/";

std::string timestamp(std::int64_t seconds) {
    const std::time_t moment = seconds;
    std::tm parts{};
    gmtime_r(&moment, &parts);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return std::string(text.data(), length);
}

// "3600s" or "3600.5s"; the fraction does not matter.
std::int64_t read_lifetime(const json::object& body, std::int64_t longest) {
    const json::value* value = member(body, "lifetime");
    if (value == nullptr) {
        return 0;
    }
    const std::string_view text = want_string(*value, "lifetime");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || !text.ends_with("s") || (*end != 's' && *end != '.') || seconds < 1) {
        refuse("lifetime", "Illegal duration format; duration must end with 's'");
    }
    if (seconds > longest) {
        refuse("lifetime", "The maximum is " + std::to_string(longest) + "s");
    }
    return seconds;
}

std::string read_scope(const json::object& body) {
    std::string scope;
    for (const json::value& item : want_array(require(body, "scope", ""), "scope")) {
        scope += (scope.empty() ? "" : " ") + std::string(want_string(item, "scope"));
    }
    if (scope.empty()) {
        refuse("scope", "At least one is required");
    }
    return scope;
}

bool may_be_impersonated(std::string_view account) {
    return account == GoogleState::target_account || account == GoogleState::delegate_account ||
           account == GoogleState::service_account;
}

void check_delegates(const GoogleSwitches& switches, const json::object& body) {
    const json::value* delegates = member(body, "delegates");
    if (delegates == nullptr || delegates->is_null()) {
        return;
    }
    for (const json::value& item : want_array(*delegates, "delegates")) {
        const std::string_view name = want_string(item, "delegates");
        if (!name.starts_with(delegate_prefix)) {
            refuse("delegates", "Each must be projects/-/serviceAccounts/{email}");
        }
        if (!may_be_impersonated(name.substr(delegate_prefix.size()))) {
            throw Refused(google_error(switches, 403, "Permission 'iam.serviceAccounts.getAccessToken' denied on a "
                                                      "delegate (or it may not exist).",
                                       {}, "IAM_PERMISSION_DENIED"));
        }
    }
}

}  // namespace

bool GoogleServices::is_iam(std::string_view path) {
    return path.starts_with(accounts_path) && path.ends_with(verb);
}

Reply GoogleServices::impersonate(const HttpRequest& request) {
    const GoogleSwitches& switches = state_.switches;
    try {
        if (request.method != "POST") {
            throw Refused(google_error(switches, 404, "Requested entity was not found."));
        }
        (void)authorize(request);
        const std::string_view path = request.path();
        std::string_view account = path.substr(accounts_path.size());
        account.remove_suffix(verb.size());
        boost::system::error_code error;
        const json::value parsed = json::parse(request.body, error);
        if (error) {
            refuse("", "Invalid JSON payload received.");
        }
        const json::object& body = want_object(parsed, "");
        only_fields(body, "", {"delegates", "scope", "lifetime"});
        if (!may_be_impersonated(account)) {
            throw Refused(google_error(switches, 403,
                                       "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may "
                                       "not exist).",
                                       {}, "IAM_PERMISSION_DENIED"));
        }
        check_delegates(switches, body);
        const std::string scope = read_scope(body);
        const std::int64_t wanted = read_lifetime(body, switches.long_lifetimes ? 43'200 : 3600);
        // A short life that a test asked of the emulator holds here too.
        const std::int64_t usual = switches.lifetime_seconds;
        const std::int64_t life = wanted == 0 ? usual : switches.long_lifetimes ? wanted : std::min(wanted, usual);
        const std::string token = state_.issue(TokenHolder::impersonated, account, scope, life);
        const std::int64_t expires = state_.now() + life;
        return google_json(200, json::object{{"accessToken", token}, {"expireTime", timestamp(expires)}});
    } catch (const Rejection& rejection) {
        throw Refused(google_error(switches, rejection.status(), rejection.what()));
    }
}

Reply GoogleServices::project(const HttpRequest& request, std::string_view number) {
    (void)authorize(request);
    if (number != GoogleState::project_number && number != GoogleState::project) {
        throw Refused(google_error(state_.switches, 403, "The caller does not have permission"));
    }
    return google_json(200, json::object{{"projectNumber", GoogleState::project_number},
                                         {"projectId", GoogleState::project},
                                         {"lifecycleState", "ACTIVE"}});
}

}  // namespace emulator
