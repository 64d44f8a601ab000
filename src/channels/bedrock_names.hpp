#pragma once

#include "core/channel.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::channels {

/// How a model is asked for in one region of Amazon Bedrock. Bedrock's own ids and ARNs stay as they are written; a plain id that
/// the catalogue knows becomes Bedrock's, with the inference profile of the region's geography where the bare id is refused.
/// Fails with a ConfigError for an ARN of another region or service. A placed model whose `bedrock_id` is empty and whose
/// `bedrock_mantle_id` is not is reached through the Messages-shaped endpoint only.
Result<Placement> place_on_bedrock(std::string_view id, const ModelInfo& model, std::string_view region, std::string_view region_source);

}  // namespace cortex::channels
