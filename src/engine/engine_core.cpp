#include "engine/engine_core.hpp"

#include "engine/catalog_source.hpp"
#include "engine/probe.hpp"
#include "engine/registry.hpp"
#include "engine/user_message.hpp"
#include "routing/cost_guard.hpp"
#include "telemetry/stderr_logger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace cortex {
namespace {

/// Above this many answer tokens a request that does not stream may outlast every proxy on its way (reference: the vendor's
/// SDKs refuse it: 600 s at 128,000 tokens an hour).
constexpr std::int64_t most_tokens_without_streaming = 21'333;

ErrorInfo config_error(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

Result<void> check_limits(const EngineConfig& config) {
    const auto within = [](std::string_view field, long long value, long long least, long long most) -> Result<void> {
        if (value < least || value > most) return config_error(fmt::format("{} is {}; it must be {} to {}.", field, value, least, most));
        return {};
    };
    constexpr long long day_ms = 86'400'000;
    for (const auto& checked : {within("max_retries", config.max_retries, 0, 7), within("io_threads", config.io_threads, 1, 64),
                                within("retry_after_cap (ms)", config.retry_after_cap.count(), 0, day_ms),
                                within("connect_timeout (ms)", config.connect_timeout.count(), 1, day_ms),
                                within("idle_timeout (ms)", config.idle_timeout.count(), 1, day_ms),
                                within("call_timeout (ms)", config.call_timeout.count(), 1, day_ms)})
        if (!checked) return checked;
    return {};
}

std::size_t prompt_bytes(const FrozenPrefix& prefix, const std::vector<MessagePtr>& messages, const Message& next) {
    std::size_t bytes = prefix.system.size() + text_of(next).size();
    for (const MessagePtr& message : messages) bytes += text_of(*message).size();
    return bytes;
}

}  // namespace

Result<std::shared_ptr<EngineCore>> EngineCore::create(EngineConfig config, World world) {
    std::shared_ptr<EngineCore> core(new EngineCore(std::move(config), std::move(world)));
    if (auto done = core->set_up(); !done) return std::move(done).error();
    return core;
}

EngineCore::EngineCore(EngineConfig config, World world) : config_(std::move(config)), world_(std::make_shared<World>(std::move(world))) {}

EngineCore::~EngineCore() {
    workers_.shut();
    for (const auto& provider : providers_) provider->source->stop();
}

Result<void> EngineCore::set_up() {
    if (auto checked = check_limits(config_); !checked) return checked;
    const std::string wish = env_value(*world_, "CORTEX_LOG").value_or("off");
    const auto level = log_level(wish);
    if (!level) return config_error(fmt::format("CORTEX_LOG is \"{}\"; use trace, debug, info, warn, error or off.", wish));
    logger_ = std::make_shared<telemetry::StderrLogger>(*level, clock());

    auto catalog = load_catalog(config_.models_path, *world_);
    if (!catalog) return std::move(catalog).error();
    catalog_ = *std::move(catalog);

    auto registry = register_providers(config_, *world_, *catalog_);
    if (!registry) return std::move(registry).error();
    providers_ = std::move(registry->providers);
    start_notices_ = std::move(registry->notices);
    shards_.resize(static_cast<std::size_t>(config_.io_threads));
    if (providers_.empty()) return {};   // the first turn says what was looked for

    std::vector<routing::ProviderTraits> traits;
    traits.reserve(providers_.size());
    for (const auto& provider : providers_) traits.push_back(provider->traits);
    auto roles = routing::choose_roles(config_.orchestrator_model, config_.worker_model, traits, *catalog_, clock().wall());
    if (!roles) return std::move(roles).error();

    const auto make_role = [&](const routing::RoleModels::Choice& choice) {
        Role role;
        role.provider = providers_[choice.provider];
        role.model = std::make_shared<ModelInfo>(catalog_->describe(choice.model, role.provider->traits.vendor));
        role.wire_model = role.provider->channel->wire_model(choice.model, *role.model);
        role.reason = choice.reason;
        if (!role.model->known) role.suggestion = catalog_->suggest(choice.model).value_or("");
        return role;
    };
    orchestrator_ = make_role(roles->orchestrator);
    worker_ = make_role(roles->worker);
    return {};
}

std::shared_ptr<SessionData> EngineCore::make_session(std::shared_ptr<const FrozenPrefix> prefix, SessionConfig config) {
    auto session = std::make_shared<SessionData>();
    session->session_id = std::move(config.session_id);
    session->user_id = std::move(config.user_id);
    session->prefix = std::move(prefix);
    session->began = clock().now();
    const std::lock_guard lock(mutex_);
    if (session->session_id.empty()) session->session_id = "sess_" + random_hex(rng_, 32);
    session->shard = next_shard_++ % shards_.size();
    return session;
}

Result<Shard*> EngineCore::shard(std::size_t index) {
    const std::lock_guard lock(mutex_);
    if (!shards_[index]) {
        net::TransportOptions options;
        options.env = world_->env;
        auto started = Shard::start(clock(), std::move(options));
        if (!started) return std::move(started).error();
        shards_[index] = *std::move(started);
    }
    return shards_[index].get();
}

std::vector<std::string> EngineCore::spend_notices(const Role& role) {
    std::vector<std::string> candidates = start_notices_;
    if (auto notice = Catalog::lifecycle_notice(*role.model, clock().wall())) candidates.push_back(*std::move(notice));
    if (role.provider->traits.embedded)
        candidates.push_back(fmt::format("Answers come from {}, a small local model: quick to reach, but weak on facts and far from cloud quality.",
                                         role.model->display_name.empty() ? role.model->id : role.model->display_name));
    const std::lock_guard lock(mutex_);
    std::vector<std::string> fresh;
    for (std::string& notice : candidates)
        if (notices_told_.insert(notice).second) fresh.push_back(std::move(notice));
    return fresh;
}

Result<agent::TurnSpec> EngineCore::plan_turn(const SessionData& session, std::string_view message, const TurnOptions& options, bool streaming,
                                              bool announce) {
    auto user = user_message(message, options.attachments);
    if (!user) return std::move(user).error();
    if (providers_.empty())
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = "No provider is registered: ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are not set in the environment. Set one of them, "
                                    "or pass providers ({\"anthropic\", {.api_key = ...}}, or {\"local\", {}} for the small local model)."};
    if (options.timeout && options.timeout->count() <= 0)
        return config_error(fmt::format("timeout is {} ms; it must be more than 0.", options.timeout->count()));

    // Until something weighs a turn's need, every answer counts as hard: the orchestrator gives it.
    constexpr bool hard = true;
    const brain::ModelRole model_role = brain::role_for(brain::CallPurpose::answer, hard);
    const Role& role = model_role == brain::ModelRole::orchestrator ? orchestrator_ : worker_;

    Limits limits;
    if (options.max_cost) {
        if (!std::isfinite(*options.max_cost) || *options.max_cost <= 0)
            return config_error(fmt::format("max_cost is {}; it must be an amount of US dollars above 0.", *options.max_cost));
        const auto nano = static_cast<std::int64_t>(std::min(*options.max_cost * 1e9, 9e18));
        auto affordable = routing::affordable_output(*role.model, prompt_bytes(*session.prefix, session.log.state().messages(), **user), nano);
        if (!affordable) return std::move(affordable).error();
        limits.max_output_tokens = *affordable;
    }
    auto params = legalize({.thinking = options.thinking, .max_tokens = options.max_tokens}, *role.model, limits);
    if (!params) {
        params.error().provider = role.provider->traits.name;
        params.error().model = role.wire_model;
        return std::move(params).error();
    }

    ModelCall call{.model = role.model,
                   .wire_model = role.wire_model,
                   .provider = role.provider->traits.name,
                   .prefix = session.prefix,
                   .messages = {},
                   .params = *std::move(params),
                   .stream = streaming};
    if (call.params.max_tokens() > most_tokens_without_streaming) call.stream = true;

    return agent::TurnSpec{.user_message = *std::move(user),
                           .channel = role.provider->channel,
                           .call = std::move(call),
                           .key_places = role.provider->key_places,
                           .retry = {.max_retries = config_.max_retries, .retry_after_cap = config_.retry_after_cap},
                           .http = {.connect = config_.connect_timeout, .idle_gap = config_.idle_timeout, .total = config_.call_timeout},
                           .deadline = options.timeout ? Deadline::after(clock().now(), *options.timeout) : Deadline(),
                           .role = model_role,
                           .purpose = brain::CallPurpose::answer,
                           .routing_reasons = {fmt::format("{} answers: {}", brain::to_string(model_role), role.reason)},
                           .notices = announce ? spend_notices(role) : std::vector<std::string>(),
                           .degraded = limits.max_output_tokens && *limits.max_output_tokens < 8'192
                                           ? std::vector<std::string>{"max_cost shortened the room for the answer"}
                                           : std::vector<std::string>(),
                           .suggested_model = role.suggestion};
}

Result<std::shared_ptr<RunState>> EngineCore::start_turn(const std::shared_ptr<SessionData>& session, std::string_view message,
                                                         const TurnOptions& options, bool streaming) {
    auto run = std::make_shared<RunState>(streaming);
    {
        const std::lock_guard lock(session->mutex);
        if (session->closed)
            return ErrorInfo{.code = ErrorCode::cancelled, .message = "The session is closed. Start a new one with start_session()."};
        if (session->busy.exchange(true, std::memory_order_acquire))
            return ErrorInfo{.code = ErrorCode::session_busy,
                             .message = "A turn is already running on this session. Wait for its result, or start another session."};
        session->running = run;
    }
    const auto give_up = [&](ErrorInfo error) {
        session->busy.store(false, std::memory_order_release);
        return error;
    };
    auto home = shard(session->shard);
    if (!home) return give_up(std::move(home).error());
    auto spec = plan_turn(*session, message, options, streaming, true);
    if (!spec) return give_up(std::move(spec).error());

    auto driver = std::make_shared<TurnDriver>(
        TurnDriver::Parts{**home, workers_, world_, logger_, orchestrator_.provider, session, run}, *std::move(spec));
    // The engine outlives the control: whoever may call it holds the engine, and lets go of both together.
    Shard& on = **home;
    run->attach(shared_from_this(),
                {.cancel = [&on, weak = std::weak_ptr(driver)] {
                     on.post([weak]() noexcept {
                         if (const auto self = weak.lock())
                             self->cancel({.code = ErrorCode::cancelled, .message = "The turn was cancelled."});
                     });
                 },
                 .answer = [&on, weak = std::weak_ptr(driver)](std::string id, RunAnswer answer) {
                     on.post([weak, id = std::move(id), answer = std::move(answer)]() mutable noexcept {
                         if (const auto self = weak.lock()) self->answer(id, std::move(answer));
                     });
                 }});
    on.post([driver = std::move(driver)]() noexcept { driver->start(); });
    return run;
}

Result<RequestPreview> EngineCore::preview(const SessionData& session, std::string_view message, const TurnOptions& options, bool streaming) {
    auto spec = plan_turn(session, message, options, streaming, false);
    if (!spec) return std::move(spec).error();
    spec->call.messages = session.log.state().messages();
    spec->call.messages.push_back(spec->user_message);

    const Channel& channel = *spec->channel;
    HttpRequest request = channel.address(spec->call, channel.dialect_for(*spec->call.model).encode(spec->call));
    const bool bearer = orchestrator_.provider->status.auth_mode == "bearer_token";
    const bool none = orchestrator_.provider->status.auth_mode == "none";
    channel.authorize(request, {.kind = none ? Credential::Kind::none : bearer ? Credential::Kind::bearer : Credential::Kind::api_key,
                                .secret = none ? Secret() : Secret("<redacted>"), .endpoint = {}, .source = {}},
                      clock().wall());

    RequestPreview preview{.provider = spec->call.provider, .model = spec->call.wire_model,
                           .method = request.method == HttpMethod::post ? "POST" : "GET", .url = request.url, .headers = {},
                           .body = request.body ? *request.body : std::string(), .decisions = spec->routing_reasons};
    for (const HttpHeader& header : request.headers) preview.headers.emplace_back(header.name, header.value);
    preview.decisions.insert(preview.decisions.end(), spec->call.params.reasons().begin(), spec->call.params.reasons().end());
    preview.decisions.push_back(fmt::format("credential: {}", orchestrator_.provider->status.credential_source.empty()
                                                                  ? "none" : orchestrator_.provider->status.credential_source));
    return preview;
}

std::vector<ProviderStatus> EngineCore::verify(const std::vector<std::pair<std::string, Secret>>& keys) {
    std::vector<ProviderStatus> out;
    out.reserve(providers_.size());
    for (const auto& provider : providers_) {
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& pair) { return pair.first == provider->traits.name; });
        auto home = shard(0);
        ProviderStatus status = provider->status;
        if (!home)
            status.detail = home.error().message;
        else
            probe(**home, *world_, *provider, key == keys.end() ? Secret() : key->second, config_, status);
        out.push_back(std::move(status));
    }
    return out;
}

}  // namespace cortex
