#include <cortex/engine.hpp>
#include <cortex/version.hpp>

#include "engine/agent_state.hpp"
#include "engine/catalog_source.hpp"
#include "engine/engine_core.hpp"

#include "core/attachment_block.hpp"
#include "core/text.hpp"
#include "world/machine.hpp"

#include <array>
#include <utility>

namespace cortex {
namespace {

std::optional<double> usd(const std::optional<std::int64_t>& micro) {
    return micro ? std::optional(static_cast<double>(*micro) / 1e6) : std::nullopt;
}

std::vector<ModelSummary> summaries(const Catalog& catalog) {
    constexpr std::array<std::string_view, 4> lifecycles{"active", "limited", "deprecated", "retired"};
    constexpr std::array<std::string_view, 4> standings{"", "frontier", "balanced", "fast"};
    std::vector<ModelSummary> out;
    out.reserve(catalog.models().size());
    for (const ModelInfo& model : catalog.models())
        out.push_back({.id = model.id,
                       .provider = model.provider,
                       .display_name = model.display_name,
                       .status = std::string(lifecycles[static_cast<std::size_t>(model.lifecycle)]),
                       .standing = std::string(standings[static_cast<std::size_t>(model.standing)]),
                       .context_window = model.context_window,
                       .max_output_tokens = model.max_output_tokens,
                       .input_usd_per_mtok = usd(model.prices.base.input),
                       .output_usd_per_mtok = usd(model.prices.base.output),
                       .retires_at = model.retires_at,
                       .successor = model.successor,
                       .aliases = model.aliases});
    return out;
}

}  // namespace

Engine::Engine(EngineConfig config) {
    auto core = EngineCore::create(std::move(config), world::Machine::create());
    if (!core) throw_error(std::move(core).error());
    core_ = *std::move(core);
}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Agent Engine::create_agent(AgentConfig config) const {
    if (trim(config.name).empty())
        throw_error({.code = ErrorCode::config, .message = "name is empty. Give the agent a name."});
    if (auto checked = require_utf8("name", config.name); !checked) throw_error(std::move(checked).error());
    if (auto checked = require_utf8("system_prompt", config.system_prompt); !checked) throw_error(std::move(checked).error());
    if (config.max_tool_rounds < 0 || config.max_tool_rounds > 100)
        throw_error({.code = ErrorCode::config, .message = "max_tool_rounds is " + std::to_string(config.max_tool_rounds) + "; it must be 0 to 100."});
    if (config.max_parallel_tools < 1 || config.max_parallel_tools > 1'024)
        throw_error({.code = ErrorCode::config, .message = "max_parallel_tools is " + std::to_string(config.max_parallel_tools) + "; it must be 1 to 1024."});
    auto tools = agent::ToolSet::create(std::move(config.tools));
    if (!tools) throw_error(std::move(tools).error());

    auto traits = std::make_shared<AgentTraits>();
    traits->prefix = std::make_shared<FrozenPrefix>(FrozenPrefix{.system = std::move(config.system_prompt), .tools = (*tools)->definitions()});
    traits->tools = *std::move(tools);
    traits->max_tool_rounds = config.max_tool_rounds;
    traits->max_parallel_tools = config.max_parallel_tools;
    traits->allow_thinking = config.allow_thinking;
    auto state = std::make_shared<AgentState>();
    state->name = std::move(config.name);
    state->traits = std::move(traits);
    state->core = core_;
    return Agent(std::move(state));
}

std::vector<ProviderStatus> Engine::providers() const { return core_->statuses(); }

std::vector<ProviderStatus> Engine::verify(std::vector<std::pair<std::string, Secret>> keys) { return core_->verify(keys); }

std::vector<ModelSummary> Engine::models() const { return summaries(core_->catalog()); }

CostReport Engine::costs() const { return core_->costs(); }

std::vector<ModelSummary> models(const std::string& models_path) {
    auto catalog = load_catalog(models_path, *world::Machine::create());
    if (!catalog) throw_error(std::move(catalog).error());
    return summaries(**catalog);
}

std::string_view to_string(CredentialStatus status) noexcept {
    switch (status) {
        case CredentialStatus::missing: return "missing";
        case CredentialStatus::present: return "present";
        case CredentialStatus::verified: return "verified";
        case CredentialStatus::rejected: return "rejected";
    }
    return "missing";
}

const char* version() noexcept { return CORTEX_VERSION_STRING; }

}  // namespace cortex
