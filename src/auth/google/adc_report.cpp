#include "auth/google/adc.hpp"
#include "auth/google/adc_state.hpp"
#include "auth/google/credential_file.hpp"
#include "auth/google/http_rules.hpp"
#include "auth/google/kinds.hpp"
#include "auth/google/places.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {
namespace {

/// What can be said of a file without asking anybody.
struct Look {
    bool there = false;
    std::string source = {};
    std::string fault = {};   ///< Empty: it can be used.
};

Look look_at(const World& world, const AdcOptions& options, const Place& place) {
    Look out;
    const bool by_variable = place.kind == Place::Kind::variable;
    const std::string named_by = by_variable ? fmt::format("{} names it", credentials_variable) : "it is gcloud's credential file";
    const auto file = read_credential_file(world, place.path, named_by);
    out.there = !file || *file || by_variable;
    if (!file) {
        out.fault = file.error().message;
    } else if (!*file) {
        if (by_variable)
            out.fault = fmt::format("{} names {}, and there is no such file. Correct the path, or unset the variable.",
                                    credentials_variable, place.path);
    } else {
        out.source = describe(**file, place.kind);
        if (const auto usable = check_file(world, options, **file); !usable) out.fault = usable.error().message;
    }
    if (out.source.empty()) out.source = place.label();
    return out;
}

}  // namespace

CredentialReport Adc::report(const World& world) const {
    const State& state = *state_;
    const AdcOptions& options = state.options;
    const std::lock_guard lock(state.mutex);
    CredentialReport report;
    report.auth_mode = "google_adc";
    const auto outcome = [&](const std::string& label) {
        const auto found = state.outcomes.find(label);
        return found == state.outcomes.end() ? std::string() : found->second;
    };
    const auto line = [&](const std::string& label, std::string_view text) { report.considered.push_back(fmt::format("{}: {}", label, text)); };
    const auto settle = [&](const std::string& label, const std::string& source, const std::string& fault) {
        report.source = source;
        report.found = fault.empty();
        report.detail = fault;
        line(label, fault.empty() ? fmt::format("taken: {}", source) : fault);
        if (state.taken == label) report.expires_at = state.expires_at;
    };

    switch (SecretAccess::kind(options.access_token)) {
        case SecretAccess::Kind::absent: line("api_key", "not set in the configuration"); break;
        case SecretAccess::Kind::text:
            report.auth_mode = "bearer_token";
            settle("api_key", "api_key",
                   fits_header(SecretAccess::text(options.access_token))
                       ? ""
                       : "The access token holds a space, a line break or another character that no token has. Copy the token alone.");
            break;
        case SecretAccess::Kind::callable:
            report.auth_mode = "bearer_token";
            settle("api_key", "the function given as api_key", "");
            break;
        case SecretAccess::Kind::from_run:
            report.auth_mode = "bearer_token";
            settle("api_key", "api_key (asked of each run)", "");
            break;
    }

    for (const Place& place : credential_places(world)) {
        const std::string label = place.label();
        if (place.path.empty()) {
            line(label, place.why);
            continue;
        }
        const Look look = look_at(world, options, place);
        if (!report.source.empty())
            line(label, look.there ? "there, but not used" : "no such file");
        else if (!look.there)
            line(label, "no such file");
        else
            // A refusal by a service is known from the last fetch only.
            settle(label, look.source, look.fault.empty() && state.refused == label ? outcome(label) : look.fault);
    }

    const std::string label(metadata_label);
    const std::string off = metadata_switched_off(world);
    const std::string last = outcome(label);
    if (!report.source.empty()) {
        line(label, "not needed");
    } else if (!off.empty()) {
        line(label, off);
    } else if (state.taken == label) {
        settle(label, state.source, "");
    } else if (!last.empty()) {
        line(label, last);
    } else if (looks_like_google(world)) {
        report.source = label;
        report.found = true;
        line(label, "asked when needed");
    } else {
        line(label, "asked when needed; nothing says that this machine has one");
    }
    if (report.source.empty()) report.detail = missing().message;
    return report;
}

ErrorInfo Adc::missing() const {
    const State& state = *state_;
    std::string gcloud = "gcloud's credential file (~/.config/gcloud/application_default_credentials.json)";
    return {.code = ErrorCode::auth,
            .message = fmt::format("There are no Google credentials for {}: {} is not set, {} does not exist, and no metadata server answers. Run "
                                   "`gcloud auth application-default login`, or set {} to the path of a credential file.",
                                   state.options.provider, credentials_variable, gcloud, credentials_variable),
            .provider = state.options.provider};
}

}  // namespace cortex::auth::google
