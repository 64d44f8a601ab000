#include "core/catalog_names.hpp"

#include <algorithm>

namespace cortex {
namespace {

constexpr std::string_view bedrock_vendor = "anthropic.";
constexpr std::size_t compact_date = 8;   // 20250929

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) noexcept { return std::all_of(text.begin(), text.end(), is_digit); }

/// `claude-sonnet-4-5-20250929` -> family and date.
void split_date(ModelName& name) noexcept {
    const std::string_view text = name.family;
    if (text.size() <= compact_date + 1) return;
    const std::size_t dash = text.size() - compact_date - 1;
    if (text[dash] != '-' || !all_digits(text.substr(dash + 1))) return;
    name.family = text.substr(0, dash);
    name.version = text.substr(dash + 1);
}

/// Without Bedrock's `-v1:0` or `-v1`.
std::string_view without_revision(std::string_view text) noexcept {
    const std::size_t at = text.rfind("-v");
    if (at == std::string_view::npos) return text;
    const std::string_view revision = text.substr(at + 2);
    const bool plain = !revision.empty() &&
                       std::all_of(revision.begin(), revision.end(), [](char c) { return is_digit(c) || c == ':'; });
    return plain ? text.substr(0, at) : text;
}

}  // namespace

ModelName parse_model_name(std::string_view id) noexcept {
    ModelName name;
    name.family = id;
    if (const std::size_t at = id.find('@'); at != std::string_view::npos) {
        name.form = ModelName::Form::vertex;
        name.family = id.substr(0, at);
        name.version = id.substr(at + 1);
        return name;
    }
    const std::size_t vendor = id.find(bedrock_vendor);
    if (vendor != std::string_view::npos && (vendor == 0 || id[vendor - 1] == '.' || id[vendor - 1] == '/')) {
        name.form = ModelName::Form::bedrock;
        name.prefix = vendor == 0 ? std::string_view() : id.substr(0, vendor - 1);
        name.family = without_revision(id.substr(vendor + bedrock_vendor.size()));
    }
    split_date(name);
    return name;
}

std::string spell_like(const ModelInfo& model, const ModelName& name) {
    switch (name.form) {
        case ModelName::Form::vertex: return model.vertex_id;
        case ModelName::Form::bedrock: {
            if (model.bedrock_id.empty()) return name.prefix.empty() ? model.bedrock_mantle_id : std::string();
            std::string prefix(name.prefix);
            if (prefix.empty() && model.bedrock_needs_prefix && !model.bedrock_prefixes.empty()) {
                // The bare id is refused. `global` works from every region.
                const auto& known = model.bedrock_prefixes;
                prefix = std::find(known.begin(), known.end(), "global") != known.end() ? "global" : known.front();
            }
            if (prefix.empty()) return model.bedrock_id;
            return prefix + (prefix.ends_with("foundation-model") ? "/" : ".") + model.bedrock_id;   // the former: an ARN
        }
        case ModelName::Form::direct: break;
    }
    if (!name.version.empty())
        for (const std::string& alias : model.aliases)
            if (!parse_model_name(alias).version.empty()) return alias;
    return model.id;
}

bool answers_to(const ModelInfo& model, std::string_view name) noexcept {
    if (name.empty()) return false;
    return name == model.id || name == model.bedrock_id || name == model.bedrock_mantle_id || name == model.vertex_id ||
           std::find(model.aliases.begin(), model.aliases.end(), name) != model.aliases.end();
}

std::string_view without_snapshot_date(std::string_view id) noexcept {
    constexpr std::string_view shape = "-0000-00-00";
    if (id.size() <= shape.size()) return id;
    const std::string_view tail = id.substr(id.size() - shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == '-' ? tail[i] != '-' : !is_digit(tail[i])) return id;
    return id.substr(0, id.size() - shape.size());
}

}  // namespace cortex
