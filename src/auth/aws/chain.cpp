#include "auth/aws/chain.hpp"

#include "auth/aws/chain_steps.hpp"
#include "auth/aws/explicit_source.hpp"
#include "core/date_time.hpp"

#include <fmt/format.h>

#include <mutex>
#include <stop_token>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view not_asked = "not asked, a source before it has credentials";

std::string_view mode_of(const Credential& credential) noexcept { return credential.kind == Credential::Kind::bearer ? "bearer_token" : "aws_iam"; }

std::string taken(const Credential& credential) {
    return credential.expires_at ? fmt::format("taken ({}), good until {}", credential.source, format_iso8601(*credential.expires_at))
                                 : fmt::format("taken ({})", credential.source);
}

void add(CredentialReport& report, std::string_view name, std::string_view text) { report.considered.push_back(fmt::format("{}: {}", name, text)); }

void take(CredentialReport& report, const Credential& credential) {
    report.found = true;
    report.auth_mode = mode_of(credential);
    report.source = credential.source;
    report.expires_at = credential.expires_at;
}

/// What else is set that the bearer key, or the environment's keys, keep from being used.
std::string notice_of(const World& world, std::string_view used) {
    std::string other;
    if (used == bearer_variable && env_value(world, "AWS_ACCESS_KEY_ID")) other = "AWS_ACCESS_KEY_ID";
    for (const std::string_view variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (other.empty() && env_value(world, variable)) other = variable;
    if (other.empty()) return {};
    return fmt::format("Both {} and {} are set; the first is used.", used, other);
}

}  // namespace

struct Chain::State {
    ChainOptions options = {};
    InstanceMemory memory = {};   ///< Of the one fetch at a time, and guarded by `mutex` for reports.
    std::stop_source stop = {};
    std::mutex flight = {};
    mutable std::mutex mutex = {};
    std::optional<CredentialReport> last = {};

    InstanceMemory remembered() const {
        const std::lock_guard lock(mutex);
        return memory;
    }
    Result<std::optional<Credential>> fetch(World& world, CredentialReport& report);
    Result<std::optional<Credential>> search(World& world, CredentialReport& report);
    void look(const World& world, CredentialReport& report) const;
    void look_search(const World& world, CredentialReport& report) const;
};

/// The configuration's own credentials, the bearer key, then the search.
Result<std::optional<Credential>> Chain::State::fetch(World& world, CredentialReport& report) {
    Result<ExplicitKind> kind = explicit_kind(options);
    if (!kind) return std::move(kind).error();
    if (*kind != ExplicitKind::none) {
        Result<Credential> credential = explicit_credential(options, *kind);
        if (!credential) return std::move(credential).error();
        add(report, "configuration", taken(*credential));
        return std::optional(std::move(credential).value());
    }
    add(report, "configuration", options.profile.empty() ? "holds no AWS credentials" : fmt::format("names profile {}", options.profile));
    if (options.method == AuthMethod::sigv4) {
        add(report, "bearer key", "left out, only signed requests are wanted");
    } else if (options.method == AuthMethod::automatic && !options.profile.empty()) {
        add(report, "bearer key", "left out, because the configuration names a profile");
    } else {
        Result<std::optional<Credential>> credential = bearer_from_environment(world);
        if (!credential) return credential;
        if (*credential) {
            add(report, "bearer key", taken(**credential));
            if (options.method == AuthMethod::automatic) report.notice = notice_of(world, bearer_variable);
            return credential;
        }
        add(report, "bearer key", fmt::format("{} is not set", bearer_variable));
    }
    if (options.method == AuthMethod::bearer) return std::optional<Credential>();
    return search(world, report);
}

Result<std::optional<Credential>> Chain::State::search(World& world, CredentialReport& report) {
    std::vector<std::string> notes;
    Asking asking{.world = world, .options = options, .notes = notes};
    InstanceMemory own = remembered();
    std::optional<Result<std::optional<Credential>>> outcome;
    for (const auto& step : chain_steps()) {
        if (outcome) {
            add(report, step->name(), *outcome ? not_asked : std::string_view("not asked, a source before it failed"));
            continue;
        }
        if (const std::string_view why = step->left_out(options); !why.empty()) {
            add(report, step->name(), why);
            continue;
        }
        Result<Sought> sought = step->keys(asking, own);
        if (!sought) {
            add(report, step->name(), sought.error().message);
            outcome = std::move(sought).error();
        } else if (sought->found) {
            add(report, step->name(), taken(*sought->found));
            if (step->name() == "environment") report.notice = notice_of(world, "AWS_ACCESS_KEY_ID");
            outcome = std::optional(std::move(*sought->found));
        } else {
            add(report, step->name(), sought->absent);
        }
    }
    for (std::string& note : notes) report.considered.push_back(std::move(note));
    const std::lock_guard lock(mutex);
    memory = std::move(own);
    return outcome ? std::move(*outcome) : std::optional<Credential>();
}

void Chain::State::look(const World& world, CredentialReport& report) const {
    const Result<ExplicitKind> kind = explicit_kind(options);
    if (!kind) {
        report.detail = kind.error().message;
        add(report, "configuration", report.detail);
        return;
    }
    if (*kind != ExplicitKind::none) {
        // Functions are not called here.
        report.found = true;
        report.auth_mode = *kind == ExplicitKind::bearer ? "bearer_token" : "aws_iam";
        report.source = *kind == ExplicitKind::bearer ? "api_key" : "aws_access_key_id";
        add(report, "configuration", fmt::format("taken ({})", report.source));
        return;
    }
    add(report, "configuration", options.profile.empty() ? "holds no AWS credentials" : fmt::format("names profile {}", options.profile));
    if (options.method == AuthMethod::sigv4) {
        add(report, "bearer key", "left out, only signed requests are wanted");
    } else if (options.method == AuthMethod::automatic && !options.profile.empty()) {
        add(report, "bearer key", "left out, because the configuration names a profile");
    } else {
        const Result<std::optional<Credential>> credential = bearer_from_environment(world);
        if (!credential || *credential) {
            report.auth_mode = "bearer_token";
            report.source = fmt::format("environment variable {}", bearer_variable);
            report.found = credential.has_value();
            if (!credential) report.detail = credential.error().message;
            add(report, "bearer key", credential ? fmt::format("taken ({})", report.source) : report.detail);
            if (credential && options.method == AuthMethod::automatic) report.notice = notice_of(world, bearer_variable);
            return;
        }
        add(report, "bearer key", fmt::format("{} is not set", bearer_variable));
    }
    if (options.method != AuthMethod::bearer) look_search(world, report);
}

void Chain::State::look_search(const World& world, CredentialReport& report) const {
    const InstanceMemory known = remembered();
    for (const auto& step : chain_steps()) {
        if (report.found || !report.detail.empty()) {
            add(report, step->name(), report.found ? not_asked : std::string_view("not asked, a source before it cannot be used"));
            continue;
        }
        if (const std::string_view why = step->left_out(options); !why.empty()) {
            add(report, step->name(), why);
            continue;
        }
        const Result<Look> look = step->look(world, options, known);
        if (!look) {
            report.detail = look.error().message;
            add(report, step->name(), report.detail);
        } else if (look->there) {
            report.found = true;
            report.source = look->source;
            add(report, step->name(), look->text.empty() ? fmt::format("taken ({})", look->source) : fmt::format("{} ({})", look->text, look->source));
            if (step->name() == "environment") report.notice = notice_of(world, "AWS_ACCESS_KEY_ID");
        } else {
            add(report, step->name(), look->text);
        }
    }
}

Chain::Chain(ChainOptions options) : state_(std::make_unique<State>()) {
    if (!options.clock) options.clock = std::make_shared<ClockOffset>();
    state_->options = std::move(options);
}

Chain::~Chain() = default;

Result<std::optional<Credential>> Chain::fetch(World& world) {
    const std::lock_guard flight(state_->flight);
    World inner = world;
    // Whoever wants it to end: the caller, or the engine.
    std::stop_source either;
    const auto end = [&either] { either.request_stop(); };
    const std::stop_callback by_caller(world.stop, end);
    const std::stop_callback by_engine(state_->stop.get_token(), end);
    inner.stop = either.get_token();

    CredentialReport report{.auth_mode = state_->options.method == AuthMethod::bearer ? "bearer_token" : "aws_iam"};
    Result<std::optional<Credential>> outcome = state_->fetch(inner, report);
    if (!outcome) {
        if (outcome.error().provider.empty()) outcome.error().provider = state_->options.provider;
        report.detail = outcome.error().message;
    } else if (*outcome) {
        take(report, **outcome);
    }
    {
        const std::lock_guard lock(state_->mutex);
        state_->last = report;
    }
    if (outcome && !*outcome) {
        const std::string detail = missing().message;
        const std::lock_guard lock(state_->mutex);
        state_->last->detail = detail;
    }
    return outcome;
}

void Chain::stop() noexcept { state_->stop.request_stop(); }

CredentialReport Chain::report(const World& world) const {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->last) return *state_->last;
    }
    CredentialReport report{.auth_mode = state_->options.method == AuthMethod::bearer ? "bearer_token" : "aws_iam"};
    state_->look(world, report);
    if (!report.found && report.detail.empty()) report.detail = missing().message;
    return report;
}

ErrorInfo Chain::missing() const {
    const ChainOptions& options = state_->options;
    if (options.method == AuthMethod::bearer)
        return {.code = ErrorCode::auth,
                .message = fmt::format("There is no Bedrock API key for {}. Set providers.{}.api_key or {}.", options.provider, options.provider, bearer_variable),
                .provider = options.provider};
    std::string looked;
    const std::lock_guard lock(state_->mutex);
    if (state_->last)
        for (const std::string& line : state_->last->considered) looked += (looked.empty() ? " (" : "; ") + line;
    if (!looked.empty()) looked += ')';
    return {.code = ErrorCode::auth,
            .message = fmt::format("There are no AWS credentials for {}{}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in "
                                   "providers.{}.aws_profile or AWS_PROFILE{}.",
                                   options.provider, looked, options.provider,
                                   options.method == AuthMethod::automatic ? fmt::format(", or set {}", bearer_variable) : std::string()),
            .provider = options.provider};
}

}  // namespace cortex::auth::aws
