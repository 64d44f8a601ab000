#include "engine/engine_core.hpp"

#include "agent/call_plan.hpp"
#include "agent/level.hpp"
#include "agent/turn_report.hpp"
#include "core/attachment_block.hpp"
#include "engine/catalog_source.hpp"
#include "engine/probe.hpp"
#include "engine/registry.hpp"
#include "engine/user_message.hpp"
#include "telemetry/stderr_logger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace cortex {
namespace {

ErrorInfo config_error(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

Result<void> check_limits(const EngineConfig& config) {
    const auto within = [](std::string_view field, long long value, long long least, long long most) -> Result<void> {
        if (value < least || value > most) return config_error(fmt::format("{} is {}; it must be {} to {}.", field, value, least, most));
        return {};
    };
    constexpr long long day_ms = 86'400'000;
    for (const auto& checked : {within("max_retries", config.max_retries, 0, 7), within("io_threads", config.io_threads, 1, 64),
                                within("tool_threads", config.tool_threads, 1, 1024),
                                within("retry_after_cap (ms)", config.retry_after_cap.count(), 0, day_ms),
                                within("connect_timeout (ms)", config.connect_timeout.count(), 1, day_ms),
                                within("idle_timeout (ms)", config.idle_timeout.count(), 1, day_ms),
                                within("call_timeout (ms)", config.call_timeout.count(), 1, day_ms)})
        if (!checked) return checked;
    if (!config.hedge_after) return {};
    if (auto checked = within("hedge_after (ms)", config.hedge_after->count(), 1, day_ms); !checked) return checked;
    if (!(config.hedge_budget > 0 && config.hedge_budget <= 1))
        return config_error(fmt::format("hedge_budget is {}; it must be more than 0 and at most 1: second requests for each call.", config.hedge_budget));
    if (!config.failover) return config_error("hedge_after asks the next model of the failover list, but failover is off. Turn failover on, or leave hedge_after out.");
    return {};
}

brain::TurnFacts turn_facts(std::string_view message, const TurnOptions& options, const AgentTraits& agent, const agent::SessionState& state) {
    const agent::LastTurn& last = state.last_turn();
    return {.prompt = message,
            .system = agent.prefix->system,
            .last_prompt = last.prompt,
            .last_answer = last.answer,
            .turns = state.turns_begun(),
            .attachments = options.attachments.size(),
            .tools = agent.prefix->tools.size(),
            .tool_parameters = agent.tools->parameters(),
            .tool_errors = last.tool_errors,
            .failed_checks = last.failed_checks,
            .turn_failed = last.failed};
}

/// Stands in for a credential where a request is only shown.
Credential placeholder(std::string_view auth_mode) {
    constexpr const char* hidden = "<redacted>";
    Credential credential;
    if (auth_mode == "none") return credential;
    credential.secret = Secret(hidden);
    credential.kind = Credential::Kind::api_key;
    if (auth_mode == "bearer_token" || auth_mode == "google_adc") credential.kind = Credential::Kind::bearer;
    if (auth_mode == "aws_iam") {
        credential.kind = Credential::Kind::aws_keys;
        credential.access_key_id = hidden;
    }
    return credential;
}

}  // namespace

Result<std::shared_ptr<EngineCore>> EngineCore::create(EngineConfig config, std::shared_ptr<const World> world) {
    std::shared_ptr<EngineCore> core(new EngineCore(std::move(config), std::move(world)));
    if (auto done = core->set_up(); !done) return std::move(done).error();
    return core;
}

EngineCore::EngineCore(EngineConfig config, std::shared_ptr<const World> world)
    : config_(std::move(config)), world_(std::move(world)), ledger_(std::make_shared<routing::Ledger>(config_.budgets)), desk_(std::make_shared<CredentialDesk>(workers_, *world_)), workers_({}) {}

EngineCore::~EngineCore() {
    workers_.shut();
    if (tools_) tools_->shut();
    for (const auto& provider : providers_) provider->source->stop();
}

Result<void> EngineCore::set_up() {
    if (auto checked = check_limits(config_); !checked) return checked;
    const std::string wish = env_value(*world_, "CORTEX_LOG").value_or("off");
    const auto level = log_level(wish);
    if (!level) return config_error(fmt::format("CORTEX_LOG is \"{}\"; use trace, debug, info, warn, error or off.", wish));
    logger_ = std::make_shared<telemetry::StderrLogger>(*level, clock());
    tools_ = std::make_shared<ToolRunner>(static_cast<std::size_t>(config_.tool_threads), logger_);

    if (config_.hedge_after) hedges_ = std::make_shared<routing::AttemptBudget>(config_.hedge_budget, 1, 10);

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

    auto orchestrator = make_role(roles->orchestrator);
    if (!orchestrator) return std::move(orchestrator).error();
    auto worker = make_role(roles->worker);
    if (!worker) return std::move(worker).error();
    orchestrator_ = *std::move(orchestrator);
    worker_ = *std::move(worker);
    return set_up_fallbacks(traits, *roles);
}

Result<EngineCore::Role> EngineCore::make_role(const routing::RoleModels::Choice& choice) const {
    Role role;
    role.provider = providers_[choice.provider];
    auto placed = role.provider->channel->place(choice.model, catalog_->describe(choice.model, role.provider->traits.vendor));
    if (!placed) {
        placed.error().provider = role.provider->traits.name;
        placed.error().model = choice.model;
        return std::move(placed).error();
    }
    role.notices = std::move(placed->notices);
    auto model = std::make_shared<ModelInfo>(std::move(placed->model));
    role.choice = std::make_shared<agent::ModelChoice>(
        agent::ModelChoice{.channel = role.provider->channel,
                           .model = model,
                           .wire_model = std::move(placed->wire_model),
                           .provider = role.provider->traits.name,
                           .key_places = role.provider->key_places,
                           .reason = choice.reason,
                           .suggested_model = model->known ? std::string() : catalog_->suggest(choice.model).value_or("")});
    return role;
}

Result<void> EngineCore::set_up_fallbacks(const std::vector<routing::ProviderTraits>& traits, const routing::RoleModels& roles) {
    auto chain = routing::choose_fallbacks(config_.fallback_models, traits, *catalog_, clock().wall());
    if (!chain) return std::move(chain).error();
    if (!config_.fallback_models.empty()) {
        const auto entry = [&](const routing::RoleModels::Choice& choice) {
            const ModelInfo* row = catalog_->find(choice.model);
            return routing::ChainEntry{.written = choice.model, .provider = traits[choice.provider].name, .model = row == nullptr ? choice.model : row->id};
        };
        std::vector<routing::ChainEntry> asked;
        for (const routing::RoleModels::Choice& choice : *chain) asked.push_back(entry(choice));
        if (auto checked = routing::check_chain(std::array{entry(roles.orchestrator), entry(roles.worker)}, asked); !checked) return checked;
    }
    for (const routing::RoleModels::Choice& choice : *chain) {
        auto role = make_role(choice);
        // What a user named must be right; what only stands by may be missing.
        if (!role && config_.fallback_models.empty()) continue;
        if (!role) return std::move(role).error();
        fallbacks_.push_back(std::move(role->choice));
    }
    return {};
}

std::shared_ptr<SessionData> EngineCore::make_session(std::shared_ptr<const AgentTraits> agent, SessionConfig config) {
    auto session = std::make_shared<SessionData>();
    session->session_id = std::move(config.session_id);
    session->user_id = std::move(config.user_id);
    session->agent = std::move(agent);
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
    candidates.insert(candidates.end(), role.notices.begin(), role.notices.end());
    if (auto notice = Catalog::lifecycle_notice(*role.choice->model, clock().wall())) candidates.push_back(*std::move(notice));
    if (role.provider->traits.embedded)
        candidates.push_back(fmt::format("Answers come from {}, a small local model: quick to reach, but weak on facts and far from cloud quality.",
                                         role.choice->model->display_name.empty() ? role.choice->model->id : role.choice->model->display_name));
    const std::lock_guard lock(mutex_);
    std::vector<std::string> fresh;
    for (std::string& notice : candidates)
        if (notices_told_.insert(notice).second) fresh.push_back(std::move(notice));
    return fresh;
}

Result<agent::TurnSpec> EngineCore::plan_turn(const SessionData& session, std::string_view message, const TurnOptions& options, bool streaming,
                                              bool announce) {
    std::shared_ptr<const agent::StructuredAnswer> answer;
    if (!options.answer_schema.empty()) {
        auto made = agent::StructuredAnswer::create(options.answer_schema);
        if (!made) return std::move(made).error();
        answer = *std::move(made);
    }
    auto user = user_message(message, options.attachments, answer ? answer->instruction() : std::string());
    if (!user) return std::move(user).error();
    if (providers_.empty())
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = "No provider is registered: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, OPENAI_API_KEY, GEMINI_API_KEY and GOOGLE_API_KEY are not set in the environment. Set one of them, "
                                    "or pass providers ({\"anthropic\", {.api_key = ...}}, or {\"local\", {}} for the small local model)."};
    if (options.timeout && options.timeout->count() <= 0)
        return config_error(fmt::format("timeout is {} ms; it must be more than 0.", options.timeout->count()));

    const AgentTraits& agent = *session.agent;
    const agent::SessionState& state = session.log.state();
    brain::Assessment assessment = brain::assess(turn_facts(message, options, agent, state));
    // Whoever names a budget wants the model that reasons.
    if (options.thinking.kind() == Thinking::Kind::budget && !assessment.hard) {
        assessment.hard = true;
        assessment.reasons.insert(assessment.reasons.begin(), fmt::format("a thinking budget of {} tokens was asked for", options.thinking.budget()));
    }
    const brain::ModelRole model_role = brain::role_for(brain::CallPurpose::answer, assessment.hard);
    const Role& role = model_role == brain::ModelRole::orchestrator ? orchestrator_ : worker_;

    Need need{.thinking = options.thinking,
              .level = assessment.level,
              .budget = assessment.budget,
              .max_tokens = options.max_tokens,
              .temperature = options.temperature,
              .allow_thinking = config_.allow_thinking && agent.allow_thinking,
              .show_thinking = options.show_thinking};
    if (role.choice->model->thinking.takes_adaptive) {
        const auto settled = agent::settle(need.level, state.last_level(role.choice->wire_model), state.tokens().counted);
        if (settled != need.level) assessment.reasons.push_back(agent::settled_reason(need.level, settled, state.tokens().counted));
        need.level = settled;
    }

    if (options.timeout)
        if (auto reason = agent::fit_to_time(need, *options.timeout)) assessment.reasons.push_back(*std::move(reason));

    std::optional<std::int64_t> max_cost;
    if (options.max_cost) {
        if (!std::isfinite(*options.max_cost) || *options.max_cost <= 0)
            return config_error(fmt::format("max_cost is {}; it must be an amount of US dollars above 0.", *options.max_cost));
        max_cost = static_cast<std::int64_t>(std::min(*options.max_cost * 1e9, 9e18));
    }
    // A preview spends nothing, and must not leave a limit behind.
    auto ledger = announce ? ledger_ : std::make_shared<routing::Ledger>(config_.budgets);
    std::vector<std::string> notices;
    if (announce) {
        notices = spend_notices(role);
        if (!agent.prefix->tools.empty())
            for (std::string& notice : spend_notices(worker_)) notices.push_back(std::move(notice));
    }
    return agent::TurnSpec{.user_message = *std::move(user),
                           .prefix = agent.prefix,
                           .tools = agent.tools,
                           .orchestrator = orchestrator_.choice,
                           .worker = worker_.choice,
                           .fallbacks = fallbacks_,
                           .other_providers_only = config_.fallback_models.empty(),
                           .failover = {.failover = config_.failover, .on_auth_error = config_.failover_on_auth_error},
                           .continue_in_midstream = config_.continue_in_midstream,
                           .hedges = hedges_,
                           .hedge_after = config_.hedge_after.value_or(std::chrono::milliseconds(0)),
                           .health = announce ? health_ : nullptr,
                           .ledger = std::move(ledger),
                           .spender = {.user = session.user_id, .session = session.session_id, .run = fmt::format("{}#{}", session.session_id, state.turns_begun() + 1)},
                           .catalog = catalog_,
                           .answer = std::move(answer),
                           .assessment = std::move(assessment),
                           .need = std::move(need),
                           .max_cost = max_cost,
                           .ask_budget = config_.on_budget || config_.ask_run_for_budget,
                           .streaming = streaming,
                           .max_tool_rounds = agent.max_tool_rounds,
                           .max_parallel_tools = agent.max_parallel_tools,
                           .session_id = session.session_id,
                           .user_id = session.user_id,
                           .retry = {.max_retries = config_.max_retries, .retry_after_cap = config_.retry_after_cap},
                           .repeats = repeats_,
                           .http = {.connect = config_.connect_timeout, .idle_gap = config_.idle_timeout, .total = config_.call_timeout},
                           .deadline = options.timeout ? Deadline::after(clock().now(), *options.timeout) : Deadline(),
                           .notices = std::move(notices),
                           .degraded = {}};
}

const ProviderEntry& EngineCore::entry_of(const agent::ModelChoice& choice) const {
    const auto entry = std::find_if(providers_.begin(), providers_.end(), [&](const auto& provider) { return provider->traits.name == choice.provider; });
    return **entry;
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

    {
        const std::lock_guard lock(session->mutex);
        ++(spec->assessment.hard ? session->system2_count : session->system1_count);
    }
    auto driver = std::make_shared<TurnDriver>(TurnDriver::Parts{**home, workers_, desk_, tools_, world_, logger_, providers_, session, run, config_.on_budget}, *std::move(spec));
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
    agent::SessionState state = session.log.state();
    state.apply(UserMessageAdded{state.turns_begun() + 1, spec->user_message});
    if (spec->max_cost) spec->ledger->limit_run(spec->spender.run, {.money = *spec->max_cost});
    auto planned = agent::plan_call(*spec, state, {});
    if (!planned) return std::move(planned).error();

    const ModelCall& call = planned->spec.call;
    const Channel& channel = *planned->spec.channel;
    const ProviderStatus provider = current_status(entry_of(*planned->choice), *world_);
    HttpRequest request = channel.address(call, channel.dialect_for(*call.model).encode(call));
    channel.authorize(request, placeholder(provider.auth_mode), clock().wall());

    RequestPreview preview{.provider = call.provider, .model = call.wire_model, .method = request.method == HttpMethod::post ? "POST" : "GET",
                           .url = request.url, .headers = {}, .body = request.body ? *request.body : std::string(), .decisions = {}, .metadata = {}};
    for (const HttpHeader& header : request.headers) preview.headers.emplace_back(header.name, header.value);
    ResponseMetadata& metadata = preview.metadata;
    agent::report_routing(metadata.routing, spec->assessment, planned->role,
                          fmt::format("{} answers: {} ({})", brain::to_string(planned->role), call.wire_model, planned->choice->reason));
    agent::report_call(metadata, call.params, true);
    metadata.degraded.insert(metadata.degraded.begin(), spec->degraded.begin(), spec->degraded.end());
    preview.decisions = metadata.routing.reasons;
    preview.decisions.insert(preview.decisions.end(), call.params.reasons().begin(), call.params.reasons().end());
    preview.decisions.push_back(fmt::format("credential: {}", provider.credential_source.empty() ? "none" : provider.credential_source));
    std::string stand_ins;
    for (const auto& other : spec->fallbacks)
        if (other->provider != call.provider || other->wire_model != call.wire_model)
            stand_ins += fmt::format("{}{} of {}", stand_ins.empty() ? "" : ", then ", other->wire_model, other->provider);
    if (spec->failover.failover && !stand_ins.empty()) preview.decisions.push_back(fmt::format("failover, should {} fail: {}", call.provider, stand_ins));
    return preview;
}

std::vector<ProviderStatus> EngineCore::statuses() const {
    std::vector<ProviderStatus> out;
    out.reserve(providers_.size());
    const auto known = health_->snapshot(clock().now());
    for (const auto& provider : providers_) {
        out.push_back(current_status(*provider, *world_));
        for (const routing::Health::Line& line : known) {
            if (line.provider != provider->traits.name) continue;
            if (line.state != routing::Health::State::closed)
                out.back().health = "failing";
            else if (line.exhausted_until && out.back().health == "healthy")
                out.back().health = "rate_limited";
        }
    }
    return out;
}

CostReport EngineCore::costs() const {
    const auto lines = [&](routing::SpendGroup group) {
        std::vector<CostLine> out;
        for (routing::SpendLine& line : ledger_->report(group))
            out.push_back({.provider = std::move(line.provider),
                           .model = std::move(line.model),
                           .user_id = std::move(line.user),
                           .calls = line.calls,
                           .input_tokens = line.input_tokens,
                           .output_tokens = line.output_tokens,
                           .cached_tokens = line.cache_read_tokens,
                           .cache_write_tokens = line.cache_write_tokens,
                           .cost_usd = line.unknown_cost_calls < line.calls ? std::optional(static_cast<double>(line.nanodollars) / 1e9) : std::nullopt,
                           .unknown_cost_calls = line.unknown_cost_calls});
        return out;
    };
    CostReport report{.total = {},
                      .by_provider = lines({.model = false, .user = false}),
                      .by_model = lines({.user = false}),
                      .by_user = lines({.provider = false, .model = false}),
                      .lines = lines({})};
    if (auto all = lines({.provider = false, .model = false, .user = false}); !all.empty()) report.total = std::move(all.front());
    if (report.total.calls == 0) report.total.cost_usd = 0.0;
    return report;
}

std::vector<ProviderStatus> EngineCore::verify(const std::vector<std::pair<std::string, Secret>>& keys) {
    std::vector<ProviderStatus> out;
    out.reserve(providers_.size());
    for (const auto& provider : providers_) {
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& pair) { return pair.first == provider->traits.name; });
        auto home = shard(0);
        ProviderStatus status = current_status(*provider, *world_);
        if (!home)
            status.detail = home.error().message;
        else
            probe(**home, *world_, *provider, key == keys.end() ? Secret() : key->second, config_, status);
        out.push_back(std::move(status));
    }
    return out;
}

}  // namespace cortex
