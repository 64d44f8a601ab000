#pragma once

#include "brain/need.hpp"
#include "brain/roles.hpp"
#include "core/legal_params.hpp"
#include "core/usage.hpp"

#include <cortex/response.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortex::agent {

// What the metadata of a turn say, part by part.
void report_usage(ResponseMetadata& metadata, const Usage& usage, std::optional<std::int64_t> cost_nanodollars);
/// The first call's thinking is the turn's; a later one counts only where it thinks although the first did not.
void report_call(ResponseMetadata& metadata, const LegalParams& params, bool first);
void report_routing(RoutingReport& routing, const brain::Assessment& assessment, brain::ModelRole role, std::string choice);

void add_once(std::vector<std::string>& list, std::string sentence);

}  // namespace cortex::agent
