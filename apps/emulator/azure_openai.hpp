#pragma once
// OpenAI's models on Azure: addresses, keys, errors and the results of its content filter.

#include "http.hpp"
#include "keys.hpp"
#include "openai_call.hpp"
#include "script.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace emulator {

/// An address below /openai/.
struct AzurePath {
    OpenaiHost host = OpenaiHost::azure_dated;
    std::string deployment;   ///< of the path; empty: the body's `model` names it
    std::string route;        ///< chat/completions, responses, responses/ID, models, or something unknown
    std::string api_version;  ///< of the query; empty: none
};

/// Nothing: no address of Azure's.
[[nodiscard]] std::optional<AzurePath> read_azure_path(const HttpRequest& request);

/// The key. Throws ShapedRefusal 401.
[[nodiscard]] std::string authorize_azure(const HttpRequest& request, const KeyRing& keys);

/// Refuses a dated address without a version, or with one that does not have its route.
void check_api_version(const AzurePath& path);

/// Finds what the deployment runs and names it in the call. Throws ShapedRefusal `DeploymentNotFound`.
void find_deployment(OpenaiCall& call, const std::string& deployment);

/// Refuses a prompt that holds the word FILTER_PROMPT, as the filter does.
void check_prompt_filter(const json::object& body);

[[nodiscard]] json::array prompt_filter_results();
[[nodiscard]] json::object content_filter_results();

/// A scripted error: code `content_filter` brings the filter's details, no code the status as text.
[[nodiscard]] json::object azure_error(const ErrorAnswer& error, std::string_view message);

void add_azure_headers(Reply& reply, const std::string& deployment);

}  // namespace emulator
