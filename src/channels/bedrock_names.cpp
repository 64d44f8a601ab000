#include "channels/bedrock_names.hpp"

#include "core/catalog_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace cortex::channels {
namespace {

constexpr std::string_view any_region = "global";

bool has(const std::vector<std::string>& list, std::string_view word) { return std::find(list.begin(), list.end(), word) != list.end(); }

/// Inference profiles that keep requests in the region's geography, the narrower first (Amazon Bedrock, "Cross-region inference").
std::vector<std::string_view> geographies(std::string_view region) {
    if (region.starts_with("us-gov-")) return {"us-gov"};
    if (region.starts_with("us-")) return {"us"};
    if (region.starts_with("eu-")) return {"eu"};
    if (region == "ap-northeast-1" || region == "ap-northeast-3") return {"jp", "apac"};
    if (region == "ap-southeast-2" || region == "ap-southeast-4") return {"au", "apac"};
    if (region.starts_with("ap-")) return {"apac"};
    return {};
}

struct Arn {
    std::string_view service;
    std::string_view region;
};

/// arn:partition:service:region:account:resource
std::optional<Arn> parse_arn(std::string_view text) {
    std::array<std::string_view, 6> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t colon = i + 1 == parts.size() ? std::string_view::npos : text.find(':');
        if (colon == std::string_view::npos && i + 1 < parts.size()) return std::nullopt;
        parts[i] = text.substr(0, colon);
        text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    }
    if (parts[0] != "arn" || parts[5].empty()) return std::nullopt;
    return Arn{parts[2], parts[3]};
}

Result<void> check_arn(std::string_view id, std::string_view region, std::string_view region_source) {
    const auto arn = parse_arn(id);
    if (!arn || arn->service != "bedrock")
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The model \"{}\" is no ARN of Amazon Bedrock; arn:aws:bedrock:REGION:ACCOUNT:inference-profile/ID is expected.", id)};
    if (!arn->region.empty() && arn->region != region)
        return ErrorInfo{.code = ErrorCode::config,
                         .message = fmt::format("The model's ARN is of region {}, but the region is {} ({}). Set aws_region to {}, or use an ARN of {}.",
                                                arn->region, region, region_source, arn->region, region)};
    return {};
}

/// Claude on Bedrock from 4.7 on refuses `disabled` (AWS, "Adaptive thinking"), as Anthropic's own API does not. Those models
/// are the ones that take no thinking budget any more.
void adapt_thinking(ModelInfo& model) {
    if (!model.thinking.takes_budget) model.thinking.takes_disabled = false;
}

void scale(PriceRow& row, std::int64_t percent) {
    for (auto* price : {&row.input, &row.output, &row.cache_read, &row.cache_write_5m, &row.cache_write_1h})
        if (*price) **price = **price * percent / 100;
}

/// Profiles of one geography cost a tenth more than `global`, those of GovCloud a fifth (price lists of November 2026).
void adapt_prices(ModelInfo& model, std::string_view wire) {
    const std::string_view prefix = parse_model_name(wire).prefix;
    if (prefix.empty() || prefix.ends_with(any_region)) return;
    const std::int64_t percent = prefix.ends_with("us-gov") ? 120 : 110;
    scale(model.prices.base, percent);
    scale(model.prices.long_prompt, percent);
}

/// Bedrock's dates of retirement are its own.
void adapt_lifecycle(ModelInfo& model) {
    model.deprecated_at.clear();
    model.retires_at.clear();
    if (model.lifecycle == Lifecycle::deprecated) model.lifecycle = Lifecycle::active;
}

std::string with_profile(const ModelInfo& model, std::string_view region, std::vector<std::string>& notices) {
    if (!model.bedrock_needs_prefix) return model.bedrock_id;
    for (const std::string_view near : geographies(region))
        if (has(model.bedrock_prefixes, near)) return fmt::format("{}.{}", near, model.bedrock_id);
    if (!has(model.bedrock_prefixes, any_region)) return model.bedrock_id;   // refused, with Bedrock's own explanation
    notices.push_back(fmt::format("{} has no inference profile for {} alone: global.{} is used, which AWS may serve from any region. Name a Bedrock id as the model to choose another.",
                                  model.id, region, model.bedrock_id));
    return fmt::format("{}.{}", any_region, model.bedrock_id);
}

}  // namespace

Result<Placement> place_on_bedrock(std::string_view id, const ModelInfo& model, std::string_view region, std::string_view region_source) {
    Placement placement{.wire_model = std::string(id), .model = model, .notices = {}};
    const bool arn = id.starts_with("arn:");
    if (arn)
        if (auto checked = check_arn(id, region, region_source); !checked) return std::move(checked).error();

    const bool bedrocks_own = arn || parse_model_name(id).form == ModelName::Form::bedrock;
    if (bedrocks_own) {
        // Where both endpoints spell the model alike, InvokeModel it is.
        if (id == model.bedrock_mantle_id && id != model.bedrock_id) placement.model.bedrock_id.clear();
    } else if (model.known && !model.bedrock_id.empty()) {
        placement.wire_model = with_profile(model, region, placement.notices);
    } else if (model.known && !model.bedrock_mantle_id.empty()) {
        placement.wire_model = model.bedrock_mantle_id;
    } else if (model.known) {
        placement.notices.push_back(fmt::format("The catalogue knows no id of {} on Amazon Bedrock; it is asked for as written.", id));
    }
    adapt_thinking(placement.model);
    adapt_prices(placement.model, placement.wire_model);
    adapt_lifecycle(placement.model);
    return placement;
}

}  // namespace cortex::channels
