#include "auth/aws/config_text.hpp"

#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view blanks = " \t\f\v";

bool is_blank(char c) noexcept { return blanks.find(c) != std::string_view::npos; }

/// smithy-rs aws-runtime, profile/normalize.rs.
bool is_name(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-/.%@:+").find(c) != std::string_view::npos;
    });
}

/// The line up to a comment. Behind a value the mark counts only after white space, behind a heading everywhere.
std::string_view without_comment(std::string_view line, bool needs_blank) noexcept {
    for (std::size_t at = 0; at < line.size(); ++at)
        if ((line[at] == '#' || line[at] == ';') && (!needs_blank || (at > 0 && is_blank(line[at - 1]))))
            return trim(line.substr(0, at));
    return trim(line);
}

/// "profile foo" as its two words; the first is empty where there is one word.
std::pair<std::string_view, std::string_view> words(std::string_view heading) noexcept {
    const std::size_t end = heading.find_first_of(blanks);
    if (end == std::string_view::npos) return {{}, heading};
    return {heading.substr(0, end), trim(heading.substr(end))};
}

class Reader {
public:
    Reader(ConfigKind kind, std::string_view path) : kind_(kind), path_(path) {}

    Result<ConfigText> read(std::string_view text) {
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            std::string_view line = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (line.ends_with('\r')) line.remove_suffix(1);
            ++line_;
            if (trim(line).empty() || line.front() == '#' || line.front() == ';') continue;
            Result<void> done = line.front() == '[' ? heading(line) : is_blank(line.front()) ? continuation(trim(line)) : property(line);
            if (!done) return std::move(done).error();
        }
        return std::move(out_);
    }

private:
    ErrorInfo wrong(std::string_view why, std::string_view remedy) const {
        return {.code = ErrorCode::auth, .message = fmt::format("{}, line {}: {}. {}", path_, line_, why, remedy)};
    }

    Result<void> heading(std::string_view line) {
        std::string_view inner = without_comment(line, false);
        if (!inner.ends_with(']')) return wrong("a section's heading has no ']' at its end", "Write it as [profile name].");
        inner = trim(inner.substr(1, inner.size() - 2));
        in_section_ = true;
        section_ = section(inner);
        value_ = nullptr;
        in_property_ = false;
        return {};
    }

    /// Where the settings below the heading belong; null: nowhere, they are passed over.
    Section* section(std::string_view heading) {
        if (kind_ == ConfigKind::credentials) return is_name(heading) ? &out_.profiles[std::string(heading)] : nullptr;
        const auto [kind, name] = words(heading);
        if (!is_name(name)) return nullptr;
        if (kind == "sso-session") return &out_.sso_sessions[std::string(name)];
        if (kind == "services") return &out_.services[std::string(name)];
        if (kind.empty() && name == "default") return full_default_ ? nullptr : &out_.profiles["default"];
        if (kind != "profile") return nullptr;
        if (name == "default" && !full_default_) {
            // The form with the prefix counts alone, wherever it stands.
            full_default_ = true;
            out_.profiles.erase("default");
        }
        return &out_.profiles[std::string(name)];
    }

    Result<void> property(std::string_view line) {
        if (!in_section_) return wrong("a setting stands before the first section", "Put a heading like [default] above it.");
        const std::string_view text = without_comment(line, true);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) return wrong("a setting has no '='", "Write it as name = value.");
        const std::string_view key = trim(text.substr(0, equals));
        const std::string_view value = trim(text.substr(equals + 1));
        if (key.empty()) return wrong("a setting has no name before '='", "Write it as name = value.");
        in_property_ = true;
        nested_ = value.empty();
        value_ = nullptr;
        if (section_ == nullptr || !is_name(key)) return {};
        value_ = section_;
        key_ = to_lower(key);
        section_->set(key_, std::string(value));
        return {};
    }

    Result<void> continuation(std::string_view text) {
        if (!in_section_) return wrong("an indented line stands before the first section", "Put a heading like [default] above it.");
        if (!in_property_) return wrong("an indented line continues no setting", "Write it without blanks in front.");
        if (nested_) {
            const std::size_t equals = text.find('=');
            if (equals == std::string_view::npos) return wrong("a setting below another has no '='", "Write it as name = value.");
            if (equals == 0) return wrong("a setting below another has no name before '='", "Write it as name = value.");
        }
        if (value_ == nullptr) return {};
        std::string joined;
        const auto found = value_->values().find(key_);
        if (found != value_->values().end()) joined = found->second;
        joined += '\n';
        joined += text;
        value_->set(key_, std::move(joined));
        return {};
    }

    const ConfigKind kind_;
    const std::string_view path_;
    std::size_t line_ = 0;
    ConfigText out_ = {};
    bool in_section_ = false;
    bool in_property_ = false;
    bool nested_ = false;
    bool full_default_ = false;
    Section* section_ = nullptr;
    Section* value_ = nullptr;   ///< Of the setting that an indented line continues; null where that is passed over.
    std::string key_ = {};
};

}  // namespace

Section::~Section() {
    for (auto& [key, value] : values_) wipe(value);
}

std::string_view Section::get(std::string_view key) const noexcept {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

void Section::set(std::string key, std::string value) {
    std::string& held = values_[std::move(key)];
    wipe(held);
    held = std::move(value);
}

void Section::take(const Section& other) {
    for (const auto& [key, value] : other.values_) set(key, value);
}

Result<ConfigText> parse_config_text(std::string_view text, ConfigKind kind, std::string_view path) {
    return Reader(kind, path).read(text);
}

std::string_view nested_value(std::string_view lines, std::string_view key) {
    std::string_view found;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && iequals(trim(line.substr(0, equals)), key)) found = trim(line.substr(equals + 1));
    }
    return found;
}

}  // namespace cortex::auth::aws
