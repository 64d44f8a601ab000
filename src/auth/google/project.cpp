#include "auth/google/adc.hpp"
#include "auth/google/credential_file.hpp"
#include "auth/google/places.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {

std::optional<FoundProject> choose_project(const World& world, const std::string& configured) {
    if (!configured.empty()) return FoundProject{.value = configured, .source = "project"};
    for (const std::string_view variable : {"ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"})
        if (auto value = env_value(world, variable))
            return FoundProject{.value = std::move(*value), .source = fmt::format("environment variable {}", variable)};
    for (const Place& place : credential_places(world)) {
        if (place.path.empty()) continue;
        const auto file = read_credential_file(world, place.path, {});
        // Only the file that ADC would use: one that cannot be used ends the search, as it does there.
        if (!file || (!*file && place.kind == Place::Kind::variable)) return std::nullopt;
        if (!*file) continue;
        const std::string_view project = json_text_or_empty((*file)->object(), "project_id");
        if (project.empty()) return std::nullopt;
        return FoundProject{.value = std::string(project), .source = fmt::format("project_id of {}", place.path)};
    }
    return std::nullopt;
}

}  // namespace cortex::auth::google
