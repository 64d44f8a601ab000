#include "routing/select.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cortex::routing {
namespace {

/// The vendor that an id's form names, for ids that are newer than the catalogue.
std::string vendor_of_prefix(std::string_view id) {
    const std::string lower = to_lower(id);
    if (lower.starts_with("arn:") && lower.find(":bedrock:") != std::string::npos) return "anthropic";   // an application profile names no model
    if (lower.starts_with("models/gemini")) return "gemini";
    const std::string_view name = std::string_view(lower).substr(lower.find_last_of('/') == std::string::npos ? 0 : lower.find_last_of('/') + 1);
    if (name.starts_with("claude") || lower.find("anthropic.claude") != std::string::npos) return "anthropic";
    if (lower != name) return {};   // "vendor/model": a name of some server's own
    if (name.starts_with("gpt-") || name.starts_with("chatgpt-")) return "openai";
    if (name.size() >= 2 && name[0] == 'o' && name[1] >= '0' && name[1] <= '9') return "openai";
    if (name.starts_with("gemini")) return "gemini";
    return {};
}

template <class Predicate>
std::optional<std::size_t> first(const std::vector<ProviderTraits>& providers, Predicate predicate) {
    const auto it = std::find_if(providers.begin(), providers.end(), predicate);
    if (it == providers.end()) return std::nullopt;
    return static_cast<std::size_t>(it - providers.begin());
}

}  // namespace

Result<std::size_t> provider_for(std::string_view model, const std::vector<ProviderTraits>& providers, const Catalog& catalog) {
    if (const auto i = first(providers, [&](const auto& p) { return p.default_model == model; })) return *i;

    const ModelInfo* row = catalog.find(model);
    const std::string vendor = row != nullptr ? row->provider : vendor_of_prefix(model);
    if (row != nullptr && vendor == "local")
        if (const auto i = first(providers, [](const auto& p) { return p.embedded; })) return *i;
    if (!vendor.empty() && vendor != "local")
        if (const auto i = first(providers, [&](const auto& p) { return p.vendor == vendor; })) return *i;
    if (const auto i = first(providers, [](const auto& p) { return p.vendor == "local" && !p.embedded; })) return *i;
    if (vendor.empty())
        if (const auto i = first(providers, [](const auto& p) { return p.deployments; })) return *i;

    std::vector<std::string> names;
    names.reserve(providers.size());
    for (const auto& p : providers) names.push_back(p.name);
    return ErrorInfo{.code = ErrorCode::config,
                     .message = fmt::format("No registered provider serves the model \"{}\"; registered: {}. Register one that does{}.", model,
                                            names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")),
                                            vendor.empty() || vendor == "local" ? ", or choose another model" : fmt::format(" (\"{}\"), or choose another model", vendor)),
                     .model = std::string(model)};
}

Result<RoleModels> choose_roles(std::string_view orchestrator, std::string_view worker, const std::vector<ProviderTraits>& providers,
                                const Catalog& catalog, WallTime now) {
    if (providers.empty()) return ErrorInfo{.code = ErrorCode::config, .message = "No provider is registered."};

    const auto choose = [&](std::string_view own, std::string_view own_name, std::string_view other,
                            std::string_view other_name) -> Result<RoleModels::Choice> {
        RoleModels::Choice choice;
        const ProviderTraits& head = providers.front();
        if (!own.empty()) {
            choice = {std::string(own), 0, fmt::format("{} is set", own_name)};
        } else if (!other.empty()) {
            choice = {std::string(other), 0, fmt::format("{} is not set: that of {}", own_name, other_name)};
        } else if (!head.default_model.empty()) {
            choice = {head.default_model, 0, fmt::format("no role model is set: default_model of {}", head.name)};
        } else if (const ModelInfo* row = (head.vendor != "local" || head.embedded) && !head.deployments ? catalog.default_model(head.vendor, now) : nullptr) {
            choice = {row->id, 0, fmt::format("no model is set: the default of {}", head.name), true};
        } else {
            return ErrorInfo{.code = ErrorCode::config,
                             .message = fmt::format("providers.{}.default_model is missing: no model is named for this server, and none is guessed. "
                                                    "Set default_model, or orchestrator_model and worker_model.", head.name),
                             .provider = head.name};
        }
        if (own.empty() && other.empty()) return choice;   // the first provider's own
        Result<std::size_t> at = provider_for(choice.model, providers, catalog);
        if (!at) return std::move(at).error();
        choice.provider = *at;
        return choice;
    };

    Result<RoleModels::Choice> first_role = choose(orchestrator, "orchestrator_model", worker, "worker_model");
    if (!first_role) return std::move(first_role).error();
    Result<RoleModels::Choice> second_role = choose(worker, "worker_model", orchestrator, "orchestrator_model");
    if (!second_role) return std::move(second_role).error();
    return RoleModels{*std::move(first_role), *std::move(second_role)};
}

Result<std::vector<RoleModels::Choice>> choose_fallbacks(const std::vector<std::string>& wanted, const std::vector<ProviderTraits>& providers,
                                                         const Catalog& catalog, WallTime now) {
    std::vector<RoleModels::Choice> chain;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto at = provider_for(wanted[i], providers, catalog);
        if (!at) {
            at.error().message = fmt::format("fallback_models[{}]: {}", i, at.error().message);
            return std::move(at).error();
        }
        chain.push_back({.model = wanted[i], .provider = *at, .reason = fmt::format("number {} of fallback_models", i + 1)});
    }
    if (!wanted.empty()) return chain;
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const ProviderTraits& each = providers[i];
        if (!each.default_model.empty()) {
            chain.push_back({.model = each.default_model, .provider = i, .reason = fmt::format("default_model of {}, which stands by", each.name)});
        } else if (each.vendor != "local" && !each.deployments) {
            if (const ModelInfo* row = catalog.default_model(each.vendor, now))
                chain.push_back({.model = row->id, .provider = i, .reason = fmt::format("the default of {}, which stands by", each.name), .by_default = true});
        }
    }
    return chain;
}

}  // namespace cortex::routing
