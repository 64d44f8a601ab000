#include "bedrock_models.hpp"

#include "checks.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::string_view everywhere = "global us eu jp au apac us-gov";

// Prefixes: AWS's page of inference profiles (August 2026) and live accounts.
constexpr std::array models{
    BedrockModel{"anthropic.claude-fable-5-2", "claude-fable-5-2", "us", "anthropic.claude-fable-5-2"},
    BedrockModel{"anthropic.claude-fable-5-1", "claude-fable-5-1", "global us eu us-gov", "anthropic.claude-fable-5-1"},
    BedrockModel{"anthropic.claude-fable-5", "claude-fable-5", "global us eu au apac", "anthropic.claude-fable-5"},
    BedrockModel{"anthropic.claude-opus-5-5", "claude-opus-5-5", everywhere, "anthropic.claude-opus-5-5"},
    BedrockModel{"anthropic.claude-opus-5", "claude-opus-5", everywhere, "anthropic.claude-opus-5"},
    BedrockModel{"anthropic.claude-opus-4-8", "claude-opus-4-8", everywhere, "anthropic.claude-opus-4-8"},
    BedrockModel{"anthropic.claude-opus-4-7", "claude-opus-4-7", "global us eu jp au apac",
                 "anthropic.claude-opus-4-7"},
    BedrockModel{"anthropic.claude-sonnet-5-5", "claude-sonnet-5-5", everywhere, "anthropic.claude-sonnet-5-5"},
    BedrockModel{"anthropic.claude-sonnet-5", "claude-sonnet-5", everywhere, "anthropic.claude-sonnet-5"},
    BedrockModel{"anthropic.claude-haiku-5-5", "claude-haiku-5-5", everywhere, "anthropic.claude-haiku-5-5"},
    BedrockModel{"anthropic.claude-opus-4-6-v1", "claude-opus-4-6", "global us eu jp au apac", {}, true},
    BedrockModel{"anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5-20251101", "global us eu", {}, true},
    BedrockModel{"anthropic.claude-sonnet-4-6", "claude-sonnet-4-6", "global us eu jp au apac", {}, true},
    BedrockModel{"anthropic.claude-sonnet-4-5-20250929-v1:0",
                 "claude-sonnet-4-5-20250929",
                 "global us eu jp au us-gov",
                 {},
                 true},
    BedrockModel{"anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001", "global us eu jp au apac",
                 "anthropic.claude-haiku-4-5", true}};

[[noreturn]] void invalid_identifier() {
    throw Rejection(400, "ValidationException", "The provided model identifier is invalid.");
}

const BedrockModel* base_model(std::string_view id) {
    const auto found =
        std::find_if(models.begin(), models.end(), [id](const BedrockModel& m) { return m.base_id == id; });
    return found == models.end() ? nullptr : &*found;
}

// Which regions a geographic profile can be called from.
bool reaches(std::string_view prefix, std::string_view region) {
    if (region.empty()) {
        return true;
    }
    if (prefix == "us-gov") {
        return region.starts_with("us-gov-");
    }
    if (region.starts_with("us-gov-") || region.starts_with("cn-")) {
        return false;
    }
    if (prefix == "us") {
        return region.starts_with("us-") || region.starts_with("ca-");
    }
    if (prefix == "jp") {
        return region == "ap-northeast-1" || region == "ap-northeast-3";
    }
    if (prefix == "au") {
        return region == "ap-southeast-2" || region == "ap-southeast-4";
    }
    return prefix == "global" || (prefix == "eu" && region.starts_with("eu-")) ||
           (prefix == "apac" && region.starts_with("ap-"));
}

// A name without a profile, or a name that only looks like one of Claude's.
[[noreturn]] void refuse_base(std::string_view id) {
    if (base_model(id) != nullptr) {
        throw Rejection(400, "ValidationException",
                        "Invocation of model ID " + std::string(id) +
                            " with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an "
                            "inference profile that contains this model.");
    }
    if (!id.starts_with("anthropic.claude-")) {
        invalid_identifier();
    }
    const std::string_view name = id.substr(id.find('-') + 1);
    const bool ended = name.starts_with("3") || name.starts_with("v2") || name.starts_with("instant") ||
                       name.find("-4-20250514") != std::string_view::npos || name.starts_with("opus-4-1");
    throw Rejection(404, "ResourceNotFoundException",
                    ended ? "This model version has reached the end of its life. Please refer to the AWS documentation "
                            "for more details."
                          : "Could not resolve the foundation model from the provided model identifier.");
}

const BedrockModel& profile_model(std::string_view id, std::string_view region) {
    const std::size_t dot = id.find('.');
    const std::string_view prefix = id.substr(0, dot);
    const auto all = words(everywhere);
    if (dot == std::string_view::npos || std::find(all.begin(), all.end(), prefix) == all.end()) {
        refuse_base(id);
    }
    const std::string_view base = id.substr(dot + 1);
    const BedrockModel* model = base_model(base);
    if (model == nullptr) {
        refuse_base(base);
    }
    const auto own = words(model->profiles);
    if (std::find(own.begin(), own.end(), prefix) == own.end() || !reaches(prefix, region)) {
        invalid_identifier();
    }
    return *model;
}

const BedrockModel& arn_model(const AwsState& state, std::string_view arn, std::string_view region) {
    const std::vector<std::string_view> parts = split(arn, ':');
    if (parts.size() < 6 || !parts[1].starts_with("aws") || parts[2] != "bedrock" ||
        (!region.empty() && parts[3] != region)) {
        invalid_identifier();
    }
    std::string_view resource = arn;
    for (int i = 0; i < 5; ++i) {
        resource.remove_prefix(resource.find(':') + 1);
    }
    const std::size_t slash = resource.find('/');
    const std::string_view kind = resource.substr(0, slash);
    const std::string_view name = slash == std::string_view::npos ? std::string_view() : resource.substr(slash + 1);
    if (kind == "foundation-model" && parts[4].empty()) {
        refuse_base(name);
    }
    if (kind == "inference-profile" && parts[4].size() == 12) {
        return profile_model(name, region);
    }
    if (kind == "application-inference-profile" && parts[4].size() == 12) {
        const auto own = state.application_profiles.find(name);
        const BedrockModel* model = own == state.application_profiles.end() ? nullptr : base_model(own->second);
        if (model == nullptr) {
            throw Rejection(404, "ResourceNotFoundException", "The specified inference profile does not exist.");
        }
        return *model;
    }
    invalid_identifier();
}

}  // namespace

const BedrockModel& invoked_model(const AwsState& state, std::string_view id, std::string_view region) {
    return id.starts_with("arn:") ? arn_model(state, id, region) : profile_model(id, region);
}

const BedrockModel& counted_model(std::string_view id) {
    const BedrockModel* model = base_model(id);
    if (model == nullptr || !model->legacy) {
        throw Rejection(400, "ValidationException", "The provided model doesn't support counting tokens.");
    }
    return *model;
}

const BedrockModel* messages_model(std::string_view id) {
    const auto found = std::find_if(models.begin(), models.end(), [id](const BedrockModel& model) {
        return !model.mantle_id.empty() && model.mantle_id == id;
    });
    return found == models.end() ? nullptr : &*found;
}

}  // namespace emulator
