#pragma once

#include "core/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cortex::auth::aws {

/// The settings of one section, names in lower case. Values may be secrets: they are overwritten when the section goes, and
/// are never quoted in an error.
class Section {
public:
    Section() = default;
    Section(const Section&) = default;
    Section(Section&&) = default;
    Section& operator=(const Section&) = default;
    Section& operator=(Section&&) = default;
    ~Section();

    /// The value where it is there and not empty; else "".
    std::string_view get(std::string_view key) const noexcept;
    bool has(std::string_view key) const noexcept { return !get(key).empty(); }
    void set(std::string key, std::string value);
    /// What `other` says counts where both say something.
    void take(const Section& other);
    const std::map<std::string, std::string, std::less<>>& values() const noexcept { return values_; }

private:
    std::map<std::string, std::string, std::less<>> values_ = {};
};

using Sections = std::map<std::string, Section, std::less<>>;

/// What one of AWS's files holds.
struct ConfigText {
    Sections profiles = {};
    Sections sso_sessions = {};
    Sections services = {};
};

/// Whose rules on section names count: `[profile x]` and its kin, or bare `[x]`.
enum class ConfigKind { config, credentials };

/// Reads ~/.aws/config or ~/.aws/credentials by the rules of smithy-rs (aws-runtime, profile parser; stricter than botocore's and
/// without its surprises): names and keys of other characters are passed over, a line that makes no sense is an error that names
/// `path` and the line.
Result<ConfigText> parse_config_text(std::string_view text, ConfigKind kind, std::string_view path);

/// A setting of the indented lines below an empty value ("\nendpoint_url = http://...\nother = x"); "" where there is none.
std::string_view nested_value(std::string_view lines, std::string_view key);

}  // namespace cortex::auth::aws
