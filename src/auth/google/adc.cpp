#include "auth/google/adc.hpp"

#include "auth/google/adc_state.hpp"
#include "auth/google/credential_file.hpp"
#include "auth/google/http_rules.hpp"
#include "auth/google/kinds.hpp"
#include "auth/google/places.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <exception>

namespace cortex::auth::google {
namespace {

constexpr std::string_view token_label = "api_key";

ErrorInfo named(ErrorInfo error, const std::string& provider) {
    if (!provider.empty() && !error.message.starts_with(provider + ": ")) error.message = fmt::format("{}: {}", provider, error.message);
    error.provider = provider;
    return error;
}

/// The token that the configuration gives, as it is.
Result<Credential> explicit_token(const World& world, const AdcOptions& options) {
    Credential out;
    out.kind = Credential::Kind::bearer;
    out.source = token_label;
    out.universe_domain = options.universe_domain;
    out.quota_project = env_value(world, "GOOGLE_CLOUD_QUOTA_PROJECT").value_or("");
    switch (SecretAccess::kind(options.access_token)) {
        case SecretAccess::Kind::absent: break;
        case SecretAccess::Kind::text: out.secret = options.access_token; break;
        case SecretAccess::Kind::from_run:
            return ErrorInfo{.code = ErrorCode::auth, .message = "The token is asked of each run's consumer, and there is no run here."};
        case SecretAccess::Kind::callable:
            out.source = "the function given as api_key";
            try {
                out.secret = Secret(SecretAccess::call(options.access_token));
            } catch (const std::bad_alloc&) {
                throw;
            } catch (const std::exception& failure) {
                return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("The function given as api_key failed: {}", failure.what())};
            } catch (...) {
                return ErrorInfo{.code = ErrorCode::auth, .message = "The function given as api_key failed."};
            }
            if (out.secret.absent())
                return ErrorInfo{.code = ErrorCode::auth, .message = "The function given as api_key gave no token. Return an access token as text."};
            break;
    }
    if (!fits_header(SecretAccess::text(out.secret)))
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The access token from {} holds a space, a line break or another character that no token has. Copy "
                                                "the token alone.",
                                                out.source)};
    return out;
}

}  // namespace

Adc::Adc(AdcOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Adc::~Adc() = default;

void Adc::stop() noexcept { state_->stop.request_stop(); }

Result<std::optional<Credential>> Adc::fetch(World& world) {
    State& state = *state_;
    const std::lock_guard flight(state.flight);
    const AdcOptions& options = state.options;
    {
        const std::lock_guard lock(state.mutex);
        state.outcomes.clear();
        state.taken.clear();
        state.refused.clear();
        state.expires_at.reset();
    }

    // Both end this fetch: the caller's wish, and the engine's end.
    std::stop_source either;
    const auto pass_on = [&either] { either.request_stop(); };
    const std::stop_callback callers(world.stop, pass_on);
    const std::stop_callback engines(state.stop.get_token(), pass_on);
    World inner = world;
    inner.stop = either.get_token();
    Flow flow{.world = inner, .options = options, .rotated = state.rotated};

    const auto refuse = [&](const std::string& label, ErrorInfo error) -> Result<std::optional<Credential>> {
        state.note(label, error.message);
        const std::lock_guard lock(state.mutex);
        state.refused = label;
        return named(std::move(error), options.provider);
    };
    const auto take = [&](const std::string& label, Credential credential) -> Result<std::optional<Credential>> {
        state.note(label, fmt::format("taken: {}", credential.source));
        const std::lock_guard lock(state.mutex);
        state.taken = label;
        state.source = credential.source;
        state.expires_at = credential.expires_at;
        return std::optional(std::move(credential));
    };

    if (SecretAccess::kind(options.access_token) != SecretAccess::Kind::absent) {
        Result<Credential> credential = explicit_token(inner, options);
        if (!credential) return refuse(std::string(token_label), std::move(credential).error());
        return take(std::string(token_label), std::move(credential).value());
    }

    for (const Place& place : credential_places(inner)) {
        if (place.path.empty()) {
            state.note(place.label(), place.why);
            continue;
        }
        const bool by_variable = place.kind == Place::Kind::variable;
        const std::string named_by = by_variable ? fmt::format("{} names it", credentials_variable) : "it is gcloud's credential file";
        Result<std::optional<CredentialFile>> file = read_credential_file(inner, place.path, named_by);
        if (!file) return refuse(place.label(), std::move(file).error());
        if (!*file) {
            if (!by_variable) {
                state.note(place.label(), "no such file");
                continue;
            }
            // A variable that is set is a wish: what else there may be is not what was wished for.
            return refuse(place.label(), {.code = ErrorCode::auth,
                                          .message = fmt::format("{} names {}, and there is no such file. Correct the path, or unset the variable.",
                                                                 credentials_variable, place.path)});
        }
        Result<Credential> credential = credential_of(flow, **file, place.kind);
        if (!credential) return refuse(place.label(), std::move(credential).error());
        return take(place.label(), std::move(credential).value());
    }

    const std::string label(metadata_label);
    if (const std::string why = metadata_switched_off(inner); !why.empty()) {
        state.note(label, why);
        return std::optional<Credential>();
    }
    Result<std::optional<Credential>> credential = metadata_credential(flow, state.metadata);
    if (!credential) return refuse(label, std::move(credential).error());
    if (!*credential) {
        state.note(label, state.metadata.absence);
        return std::optional<Credential>();
    }
    Credential& found = **credential;
    if (found.universe_domain != options.universe_domain)
        return refuse(label, {.code = ErrorCode::config,
                              .message = fmt::format("This machine belongs to the universe {}, but the provider is set to {}. Set GOOGLE_CLOUD_UNIVERSE_DOMAIN.",
                                                     plain_name(found.universe_domain).value_or("of another name"), options.universe_domain)});
    found.quota_project = env_value(inner, "GOOGLE_CLOUD_QUOTA_PROJECT").value_or("");
    return take(label, std::move(found));
}

}  // namespace cortex::auth::google
