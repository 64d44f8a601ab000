#include "auth/aws/chain_steps.hpp"

#include "auth/aws/sso_token.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view profile_chosen = "left out, because the configuration names a profile";

struct EnvironmentStep final : ChainStep {
    std::string_view name() const noexcept override { return "environment"; }
    std::string_view left_out(const ChainOptions& options) const override { return options.profile.empty() ? std::string_view() : profile_chosen; }
    Result<Look> look(const World& world, const ChainOptions&, const InstanceMemory&) const override {
        Result<Sought> sought = environment_keys(world);
        if (!sought) return std::move(sought).error();
        if (!sought->found) return Look{.text = std::move(sought->absent)};
        return Look{.there = true, .source = sought->found->source};
    }
    Result<Sought> keys(Asking& asking, InstanceMemory&) const override { return environment_keys(asking.world); }
};

struct ProfileStep final : ChainStep {
    std::string_view name() const noexcept override { return "profile"; }
    Result<Look> look(const World& world, const ChainOptions& options, const InstanceMemory&) const override {
        Result<Profiles> profiles = load_profiles(world);
        if (!profiles) return std::move(profiles).error();
        Result<ProfilePlan> plan = plan_profile(*profiles, choose_profile(world, options.profile));
        if (!plan) return std::move(plan).error();
        if (plan->base == ProfilePlan::Base::none) return Look{.text = std::move(plan->absent)};
        if (plan->base == ProfilePlan::Base::sso) {
            World here = world;
            std::vector<std::string> notes;
            if (auto problem = sso_problem({.world = here, .options = options, .notes = notes}, plan->sso.token, plan->base_profile)) return std::move(*problem);
        }
        const bool at_hand = plan->base == ProfilePlan::Base::static_keys && plan->hops.empty();
        return Look{.there = true, .source = profile_source_name(*plan), .text = at_hand ? "" : "asked when needed"};
    }
    Result<Sought> keys(Asking& asking, InstanceMemory& memory) const override {
        Result<Profiles> profiles = load_profiles(asking.world);
        if (!profiles) return std::move(profiles).error();
        Result<ProfilePlan> plan = plan_profile(*profiles, choose_profile(asking.world, asking.options.profile));
        if (!plan) return std::move(plan).error();
        return profile_keys(asking, *profiles, *plan, memory);
    }
};

struct WebIdentityStep final : ChainStep {
    std::string_view name() const noexcept override { return "web identity"; }
    std::string_view left_out(const ChainOptions& options) const override { return options.profile.empty() ? std::string_view() : profile_chosen; }
    Result<Look> look(const World& world, const ChainOptions&, const InstanceMemory&) const override { return look_web_identity(world); }
    Result<Sought> keys(Asking& asking, InstanceMemory&) const override { return web_identity_keys(asking); }
};

struct ContainerStep final : ChainStep {
    std::string_view name() const noexcept override { return "container"; }
    Result<Look> look(const World& world, const ChainOptions&, const InstanceMemory&) const override { return look_container(world); }
    Result<Sought> keys(Asking& asking, InstanceMemory&) const override { return container_keys(asking); }
};

struct InstanceStep final : ChainStep {
    std::string_view name() const noexcept override { return "instance metadata"; }
    Result<Look> look(const World& world, const ChainOptions&, const InstanceMemory& memory) const override { return look_instance(world, memory); }
    Result<Sought> keys(Asking& asking, InstanceMemory& memory) const override { return instance_keys(asking, memory); }
};

template <class... Steps>
std::vector<std::unique_ptr<const ChainStep>> make_steps() {
    std::vector<std::unique_ptr<const ChainStep>> out;
    (out.push_back(std::make_unique<const Steps>()), ...);
    return out;
}

}  // namespace

const std::vector<std::unique_ptr<const ChainStep>>& chain_steps() {
    static const auto steps = make_steps<EnvironmentStep, ProfileStep, WebIdentityStep, ContainerStep, InstanceStep>();
    return steps;
}

}  // namespace cortex::auth::aws
