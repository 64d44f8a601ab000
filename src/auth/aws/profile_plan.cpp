#include "auth/aws/profile_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cortex::auth::aws {
namespace {

using Base = ProfilePlan::Base;

class Planner {
public:
    Planner(const Profiles& profiles, const ProfileChoice& choice) : profiles_(profiles), choice_(choice) {}

    Result<ProfilePlan> plan() {
        plan_.profile = choice_.name;
        const Section* section = profiles_.find(choice_.name);
        if (section == nullptr) return missing();
        std::string name = choice_.name;
        std::vector<std::string> seen;
        while (true) {
            if (std::find(seen.begin(), seen.end(), name) != seen.end())
                return wrong(name, "is named as source_profile in a circle", "Let the last of these profiles hold keys of its own.");
            seen.push_back(name);
            plan_.base_profile = name;
            // Behind the first hop, keys of its own win over a further role.
            if (seen.size() > 1 && has_keys(*section)) {
                plan_.base = Base::static_keys;
                break;
            }
            if (!section->has("role_arn") || section->has("web_identity_token_file")) {
                if (Result<void> based = base(name, *section); !based) return std::move(based).error();
                break;
            }
            Result<std::string> next = hop(name, *section);
            if (!next) return std::move(next).error();
            if (plan_.base != Base::none) break;   // credential_source
            if (*next == name) {
                if (Result<void> based = base(name, *section); !based) return std::move(based).error();
                if (plan_.base == Base::none) return wrong(name, "names itself as source_profile, but holds no credentials", "Name another profile there.");
                break;
            }
            const Section* source = profiles_.find(*next);
            if (source == nullptr)
                return wrong(name, fmt::format("names source_profile {}, which is not in {}", *next, profiles_.files()), "Add it, or correct its name.");
            name = *next;
            section = source;
        }
        if (plan_.base == Base::none) {
            if (plan_.hops.empty()) {
                plan_.absent = fmt::format("{} has no credentials", profiles_.where(name));
                return std::move(plan_);
            }
            return wrong(name, "is used as source_profile, but has no credentials", "Add some, or name another profile there.");
        }
        // Found from the outside in, used from the inside out.
        std::reverse(plan_.hops.begin(), plan_.hops.end());
        return std::move(plan_);
    }

private:
    ErrorInfo wrong(std::string_view name, std::string_view why, std::string_view remedy) const {
        return {.code = ErrorCode::auth, .message = fmt::format("The {} {}. {}", profiles_.where(name), why, remedy)};
    }

    Result<ProfilePlan> missing() {
        if (choice_.named())
            return ErrorInfo{.code = ErrorCode::auth,
                             .message = fmt::format("There is no profile {}, which {} names, in {}. Add it, or correct the name.", choice_.name,
                                                    choice_.source, profiles_.files())};
        plan_.absent = fmt::format("there is no profile {} in {}", choice_.name, profiles_.files());
        return std::move(plan_);
    }

    static bool has_keys(const Section& section) noexcept { return section.has("aws_access_key_id") && section.has("aws_secret_access_key"); }

    /// Adds the hop of this profile; returns the next profile's name, or sets the base.
    Result<std::string> hop(const std::string& name, const Section& section) {
        const std::string_view source_profile = section.get("source_profile");
        const std::string_view credential_source = section.get("credential_source");
        if (source_profile.empty() && credential_source.empty())
            return wrong(name, "has role_arn, but neither source_profile nor credential_source", "Say whose keys the role is assumed with.");
        if (!source_profile.empty() && !credential_source.empty())
            return wrong(name, "has both source_profile and credential_source", "Remove one of the two.");
        if (section.has("mfa_serial"))
            return wrong(name, "has mfa_serial, and nobody can be asked for its code here",
                         "Use a role without MFA, or get keys with `aws sts` first and put them into the environment.");
        RoleHop hop{.profile = name,
                    .role_arn = std::string(section.get("role_arn")),
                    .external_id = std::string(section.get("external_id")),
                    .session_name = std::string(section.get("role_session_name")),
                    .region = std::string(section.get("region"))};
        if (const std::string_view text = section.get("duration_seconds"); !text.empty()) {
            const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), hop.duration_seconds);
            if (status != std::errc() || end != text.data() + text.size() || hop.duration_seconds <= 0)
                return wrong(name, "has a duration_seconds that is no number of seconds", "Write one such as 3600.");
        }
        plan_.hops.push_back(std::move(hop));
        if (credential_source == "Environment") plan_.base = Base::environment;
        if (credential_source == "EcsContainer") plan_.base = Base::container;
        if (credential_source == "Ec2InstanceMetadata") plan_.base = Base::instance;
        if (!credential_source.empty() && plan_.base == Base::none)
            return wrong(name, "has a credential_source that is none of Environment, EcsContainer and Ec2InstanceMetadata", "Write one of these.");
        return std::string(source_profile);
    }

    Result<void> base(const std::string& name, const Section& section) {
        if (section.has("web_identity_token_file")) {
            if (!section.has("role_arn")) return wrong(name, "has web_identity_token_file, but no role_arn", "Name the role as well.");
            plan_.base = Base::web_identity;
            return {};
        }
        Result<std::optional<SsoToken>> token = sso_token_settings(profiles_, name);
        if (!token) return std::move(token).error();
        const bool account = section.has("sso_account_id");
        const bool role = section.has("sso_role_name");
        if (*token) {
            if (!account && !role)
                return wrong(name, "has an SSO session, but neither sso_account_id nor sso_role_name, so it gives a token and no keys",
                             "Add both, or use another profile.");
            if (!account || !role)
                return wrong(name, account ? "has sso_account_id, but no sso_role_name" : "has sso_role_name, but no sso_account_id", "Add the other one.");
            plan_.base = Base::sso;
            plan_.sso = {.token = std::move(**token),
                         .account_id = std::string(section.get("sso_account_id")),
                         .role_name = std::string(section.get("sso_role_name"))};
            return {};
        }
        if (section.has("login_session")) {
            plan_.base = Base::login;
        } else if (section.has("credential_process")) {
            plan_.base = Base::process;
        } else if (has_keys(section)) {
            plan_.base = Base::static_keys;
        } else if (section.has("aws_access_key_id")) {
            return wrong(name, "has aws_access_key_id, but no aws_secret_access_key", "Add the secret that belongs to it.");
        } else if (section.has("aws_secret_access_key")) {
            return wrong(name, "has aws_secret_access_key, but no aws_access_key_id", "Add the id that belongs to it.");
        }
        return {};
    }

    const Profiles& profiles_;
    const ProfileChoice& choice_;
    ProfilePlan plan_ = {};
};

}  // namespace

Result<ProfilePlan> plan_profile(const Profiles& profiles, const ProfileChoice& choice) { return Planner(profiles, choice).plan(); }

Result<std::optional<SsoToken>> sso_token_settings(const Profiles& profiles, std::string_view profile) {
    const Section* section = profiles.find(profile);
    if (section == nullptr) return std::optional<SsoToken>();
    const auto wrong = [&](const std::string& why, std::string_view remedy) {
        return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("The {} {}. {}", profiles.where(profile), why, remedy)};
    };
    constexpr std::array<std::string_view, 5> keys = {"sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"};
    if (std::none_of(keys.begin(), keys.end(), [&](std::string_view key) { return section->has(key); })) return std::optional<SsoToken>();

    SsoToken token{.session = std::string(section->get("sso_session"))};
    const Section* holder = section;
    if (!token.session.empty()) {
        for (const std::string_view key : {"sso_region", "sso_start_url"})
            if (section->has(key))
                return wrong(fmt::format("has {} beside sso_session", key), fmt::format("Put it into [sso-session {}] alone.", token.session));
        const auto found = profiles.sso_sessions.find(token.session);
        if (found == profiles.sso_sessions.end())
            return wrong(fmt::format("names sso_session {}, which is not in {}", token.session, profiles.paths.config),
                         fmt::format("Add a section [sso-session {}], or correct the name.", token.session));
        holder = &found->second;
    }
    token.region = std::string(holder->get("sso_region"));
    token.start_url = std::string(holder->get("sso_start_url"));
    for (const auto& [key, value] : {std::pair<std::string_view, const std::string*>{"sso_region", &token.region}, {"sso_start_url", &token.start_url}})
        if (value->empty())
            return wrong(token.session.empty() ? fmt::format("uses SSO without {}", key) : fmt::format("uses [sso-session {}], which has no {}", token.session, key),
                         "Run `aws configure sso` to fill it in.");
    return std::optional<SsoToken>(std::move(token));
}

}  // namespace cortex::auth::aws
