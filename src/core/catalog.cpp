#include "core/catalog.hpp"

#include "core/catalog_names.hpp"
#include "core/catalog_rows.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace cortex {

namespace embedded {
extern const std::string_view models_json;
}

namespace {

constexpr std::size_t longest_id = 512;
constexpr auto notice_period = std::chrono::days(90);
constexpr std::string_view fine_tuned = "ft:";

bool is_retired(const ModelInfo& model, WallTime now) noexcept {
    if (model.lifecycle == Lifecycle::retired) return true;
    const auto day = parse_iso_date(model.retires_at);
    return day && now >= *day;
}

/// `ft:gpt-4.1:organization::id` -> `gpt-4.1`.
std::string_view base_of_fine_tuned(std::string_view id) noexcept {
    id.remove_prefix(fine_tuned.size());
    return id.substr(0, id.find(':'));
}

}  // namespace

Result<std::shared_ptr<const Catalog>> Catalog::load(std::string_view overrides, std::string_view origin) {
    auto catalog = std::make_shared<Catalog>();
    if (Result<void> built_in = read_rows(embedded::models_json, {}, catalog->models_); !built_in)
        return std::move(built_in).error();
    if (!overrides.empty())
        if (Result<void> read = read_rows(overrides, origin, catalog->models_); !read) return std::move(read).error();

    // First come, first served: no later row takes an earlier one's name away.
    auto& index = catalog->by_id_;
    const auto& models = catalog->models_;
    for (std::size_t i = 0; i < models.size(); ++i) index.emplace(models[i].id, i);
    for (std::size_t i = 0; i < models.size(); ++i) {
        for (const std::string& alias : models[i].aliases) index.emplace(alias, i);
        for (const std::string& name : {models[i].bedrock_id, models[i].bedrock_mantle_id, models[i].vertex_id})
            if (!name.empty()) index.emplace(name, i);
    }
    return std::shared_ptr<const Catalog>(std::move(catalog));
}

const ModelInfo* Catalog::find(std::string_view id) const noexcept {
    if (id.empty() || id.size() > longest_id) return nullptr;
    const auto exact = [this](std::string_view name) -> const ModelInfo* {
        const auto found = by_id_.find(std::string(name));
        return found == by_id_.end() ? nullptr : &models_[found->second];
    };
    if (const ModelInfo* model = exact(id)) return model;

    // As Google's own lists spell it.
    constexpr std::string_view resource = "models/";
    if (id.starts_with(resource)) {
        const ModelInfo* named = exact(id.substr(resource.size()));
        return named != nullptr && named->provider == "gemini" ? named : nullptr;
    }
    if (id.starts_with(fine_tuned)) {
        const ModelInfo* base = find(base_of_fine_tuned(id));
        return base != nullptr && base->provider == "openai" ? base : nullptr;
    }
    const ModelName name = parse_model_name(id);
    switch (name.form) {
        case ModelName::Form::bedrock: return name.prefix.empty() ? nullptr : exact(id.substr(name.prefix.size() + 1));
        case ModelName::Form::vertex: return name.version == "default" ? exact(name.family) : nullptr;
        case ModelName::Form::direct: break;
    }
    const std::string_view undated = without_snapshot_date(id);
    if (undated.size() == id.size()) return nullptr;
    const ModelInfo* base = exact(undated);
    return base != nullptr && base->provider == "openai" ? base : nullptr;
}

ModelInfo Catalog::describe(std::string_view id, std::string_view provider) const {
    const ModelInfo* found = find(id);
    if (found == nullptr) {
        // A date that nobody knows, of a family that is known: what the family can do, it can do. Its price is not known.
        const ModelName name = parse_model_name(id);
        const ModelInfo* family = name.version.empty() && name.form == ModelName::Form::direct ? nullptr : find(name.family);
        if (family == nullptr || family->provider != provider) return stand_in(id, provider);
        ModelInfo model = *family;
        model.id = std::string(id);
        model.aliases.clear();
        model.known = false;
        model.prices = {};
        model.lifecycle = Lifecycle::active;
        model.deprecated_at.clear();
        model.retires_at.clear();
        model.successor.clear();
        model.bedrock_id.clear();
        model.bedrock_mantle_id.clear();
        model.vertex_id.clear();
        return model;
    }
    ModelInfo model = *found;
    if (id.starts_with(fine_tuned)) model.prices = {};   // fine-tuned models have prices of their own
    return model;
}

const ModelInfo* Catalog::default_model(std::string_view provider, WallTime now) const noexcept {
    for (const ModelInfo& head : models_) {
        if (head.provider != provider || head.standing != Standing::balanced || head.lifecycle == Lifecycle::limited)
            continue;
        // The successor of a retired model may be retired too; a chain longer than the list is a circle.
        const ModelInfo* model = &head;
        for (std::size_t steps = 0; model != nullptr && steps < models_.size(); ++steps) {
            if (!is_retired(*model, now)) return model;
            model = find(model->successor);
        }
    }
    return nullptr;
}

std::optional<std::string> Catalog::lifecycle_notice(const ModelInfo& model, WallTime now) {
    const auto day = parse_iso_date(model.retires_at);
    const bool retired = is_retired(model, now);
    if (!retired && (!day || now < *day - notice_period)) return std::nullopt;
    std::string sentence = "The model " + model.id;
    if (!day)
        sentence += " is retired";
    else
        sentence += (now >= *day ? " was retired on " : " retires on ") + model.retires_at;
    sentence += model.successor.empty() ? "; no successor is known." : "; its successor is " + model.successor + ".";
    return sentence;
}

std::optional<std::string> Catalog::suggest(std::string_view unknown_id) const {
    if (unknown_id.empty() || unknown_id.size() > longest_id || find(unknown_id) != nullptr) return std::nullopt;
    const ModelName name = parse_model_name(unknown_id);

    if (const ModelInfo* model = find(name.family)) {
        std::string spelled = spell_like(*model, name);
        if (!spelled.empty()) return spelled;
    }
    // A slip of the fingers. Of two ids that are equally near, one that is not on its way out comes first.
    std::vector<std::string> candidates;
    for (const bool leaving : {false, true})
        for (const ModelInfo& model : models_) {
            if (model.lifecycle == Lifecycle::retired || (model.lifecycle == Lifecycle::deprecated) != leaving)
                continue;
            if (name.form == ModelName::Form::direct) {
                candidates.push_back(model.id);
                candidates.insert(candidates.end(), model.aliases.begin(), model.aliases.end());
            } else if (!spell_like(model, name).empty()) {
                candidates.push_back(model.id);
            }
        }
    const auto near = nearest(name.form == ModelName::Form::direct ? unknown_id : name.family, candidates);
    if (!near || name.form == ModelName::Form::direct) return near;
    return spell_like(*find(*near), name);
}

}  // namespace cortex
