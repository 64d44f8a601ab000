#include "auth/aws/profiles.hpp"

#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::auth::aws {
namespace {

std::string path_of(const World& world, std::string_view variable, std::string_view standard) {
    const auto named = env_value(world, variable);
    return expand_home(world, named ? *named : standard);
}

/// One file's text, parsed. A text that may hold keys is overwritten once it is read.
Result<ConfigText> read_file(const World& world, const std::string& path, ConfigKind kind) {
    if (path.empty() || world.files == nullptr) return ConfigText();
    Result<std::optional<std::string>> text = world.files->read(path);
    if (!text) {
        ErrorInfo error = std::move(text).error();
        error.code = ErrorCode::auth;
        return error;
    }
    if (!*text) return ConfigText();
    Result<ConfigText> parsed = parse_config_text(**text, kind, path);
    wipe(**text);
    return parsed;
}

}  // namespace

std::string expand_home(const World& world, std::string_view path) {
    if (path != "~" && !path.starts_with("~/")) return std::string(path);
    const auto home = env_value(world, "HOME");
    if (!home) return {};
    std::string out = *home;
    while (out.size() > 1 && out.ends_with('/')) out.pop_back();
    return out.append(path.substr(1));
}

ConfigPaths config_paths(const World& world) {
    return {.config = path_of(world, "AWS_CONFIG_FILE", "~/.aws/config"),
            .credentials = path_of(world, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")};
}

ProfileChoice choose_profile(const World& world, std::string_view configured) {
    if (!configured.empty()) return {.name = std::string(configured), .source = "aws_profile"};
    for (const std::string_view variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (auto name = env_value(world, variable)) return {.name = std::move(*name), .source = std::string(variable)};
    return {};
}

const Section* Profiles::find(std::string_view name) const noexcept {
    const auto found = profiles.find(name);
    return found == profiles.end() ? nullptr : &found->second;
}

std::string Profiles::where(std::string_view name) const {
    const auto found = origin.find(name);
    return fmt::format("profile {} in {}", name, found == origin.end() ? files() : found->second);
}

std::string Profiles::files() const {
    if (paths.config.empty() && paths.credentials.empty()) return "~/.aws/config (HOME is not set)";
    if (paths.config.empty() || paths.credentials.empty()) return paths.config.empty() ? paths.credentials : paths.config;
    return fmt::format("{} or {}", paths.config, paths.credentials);
}

Result<Profiles> load_profiles(const World& world) {
    Profiles out;
    out.paths = config_paths(world);
    Result<ConfigText> config = read_file(world, out.paths.config, ConfigKind::config);
    if (!config) return std::move(config).error();
    Result<ConfigText> credentials = read_file(world, out.paths.credentials, ConfigKind::credentials);
    if (!credentials) return std::move(credentials).error();
    out.profiles = std::move(config->profiles);
    out.sso_sessions = std::move(config->sso_sessions);
    out.services = std::move(config->services);
    for (const auto& [name, section] : out.profiles) out.origin[name] = out.paths.config;
    for (const auto& [name, section] : credentials->profiles) {
        out.profiles[name].take(section);
        std::string& origin = out.origin[name];
        origin = origin.empty() ? out.paths.credentials : fmt::format("{} and {}", origin, out.paths.credentials);
    }
    return out;
}

}  // namespace cortex::auth::aws
