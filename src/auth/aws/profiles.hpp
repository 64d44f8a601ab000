#pragma once

#include "auth/aws/config_text.hpp"
#include "core/world.hpp"

#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// Where AWS's two files are: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/config and ~/.aws/credentials. Empty
/// where there is no home to look in.
struct ConfigPaths {
    std::string config = {};
    std::string credentials = {};
};
ConfigPaths config_paths(const World& world);

/// "~/x" with HOME in place of the tilde; anything else as it stands. Without HOME: "".
std::string expand_home(const World& world, std::string_view path);

/// The profile that is used, and who said so.
struct ProfileChoice {
    std::string name = "default";
    std::string source = {};   ///< "aws_profile", "AWS_PROFILE", ...; empty: nobody named one.
    bool named() const noexcept { return !source.empty(); }
};
/// `configured`, AWS_PROFILE, AWS_DEFAULT_PROFILE, "default".
ProfileChoice choose_profile(const World& world, std::string_view configured);

/// Both files as one: a setting of the credentials file beats the same one of the config file.
struct Profiles {
    ConfigPaths paths = {};
    Sections profiles = {};
    Sections sso_sessions = {};
    Sections services = {};
    std::map<std::string, std::string, std::less<>> origin = {};   ///< Of each profile: the file, or both.

    const Section* find(std::string_view name) const noexcept;
    /// "profile dev in /home/u/.aws/config"
    std::string where(std::string_view name) const;
    /// "/home/u/.aws/config or /home/u/.aws/credentials"
    std::string files() const;
};

/// Files that are missing are empty. Fails (`auth`) for what cannot be read or parsed, naming file and line.
Result<Profiles> load_profiles(const World& world);

}  // namespace cortex::auth::aws
