// AWS's config and credentials files: whatever they hold, reading them ends with profiles or with a sentence that names the line and is
// valid UTF-8; every profile that comes out can be planned; and what is written back reads the same.

#include "auth/aws/command_line.hpp"
#include "auth/aws/config_text.hpp"
#include "auth/aws/profile_plan.hpp"
#include "core/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace cortex::auth::aws;

void require(bool condition) {
    if (!condition) std::abort();
}

/// The sections as a credentials file. Only values of one line that do not look like a comment's begin survive being written out.
std::string written(const Sections& sections) {
    std::string out;
    for (const auto& [name, section] : sections) {
        out += "[" + name + "]\n";
        for (const auto& [key, value] : section.values()) {
            if (value.empty() || value.find_first_of("\n\r#;") != std::string::npos) continue;
            out += key + " = " + value + "\n";
        }
    }
    return out;
}

void check_text(const ConfigText& text) {
    const auto again = parse_config_text(written(text.profiles), ConfigKind::credentials, "/c");
    require(again.has_value());
    require(again->profiles.size() == text.profiles.size());
    for (const auto& [name, section] : again->profiles)
        for (const auto& [key, value] : section.values()) require(text.profiles.at(name).get(key) == value);

    Profiles profiles;
    profiles.paths = {.config = "/c", .credentials = "/d"};
    profiles.profiles = text.profiles;
    profiles.sso_sessions = text.sso_sessions;
    profiles.services = text.services;
    for (const auto& [name, section] : profiles.profiles) {
        const auto plan = plan_profile(profiles, {.name = name, .source = "AWS_PROFILE"});
        if (plan) {
            require(plan->hops.size() <= profiles.profiles.size());
            require((plan->base == ProfilePlan::Base::none) == !plan->absent.empty());
        }
        if (const auto words = split_command(section.get("credential_process"))) require(words->size() <= section.get("credential_process").size());
        require(cortex::invalid_utf8_offset(shown_line(section.get("credential_process"))) == std::nullopt);
        for (const auto& [key, value] : section.values()) require(nested_value(value, "endpoint_url").size() <= value.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    for (const ConfigKind kind : {ConfigKind::config, ConfigKind::credentials}) {
        const auto text = parse_config_text(input, kind, "/c");
        if (text) {
            check_text(*text);
        } else {
            require(text.error().message.starts_with("/c, line "));
            require(!cortex::invalid_utf8_offset(text.error().message));
        }
    }
    return 0;
}
