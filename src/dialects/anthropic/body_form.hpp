#pragma once

#include "core/model_call.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::anthropic {

/// What differs in the body where the Messages API is reached through a cloud.
struct BodyForm {
    std::string version = {};     ///< The member `anthropic_version`; "": the version is a header.
    bool names_model = true;      ///< False: the model's id is in the URL.
    bool tells_stream = true;     ///< False: the URL tells whether the answer streams.
    bool lists_betas = false;     ///< Betas are the member `anthropic_beta`; false: they are a header.
    std::vector<std::string> betas = {};   ///< The user's own, where `lists_betas`.
    bool holds_to_schema = true;  ///< False: the service is not known to take `output_config.format`.
    bool fetches_urls = true;     ///< False: pictures and documents elsewhere are told as their address, as the service does not fetch them.
};

/// Betas that this call has to ask for: thinking between tool calls, where a model with a thinking budget does it only if
/// asked (Messages API, "Extended thinking").
std::vector<std::string_view> needed_betas(const ModelCall& call);

/// A comma-separated list of betas, as the header `anthropic-beta` has it.
std::vector<std::string> split_betas(std::string_view list);

}  // namespace cortex::dialects::anthropic
