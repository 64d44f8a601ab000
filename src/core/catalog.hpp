#pragma once

#include "core/clock.hpp"
#include "core/model_info.hpp"
#include "core/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cortex {

/// The model catalogue: data compiled in from models.json, overridable entry by entry. Immutable once loaded; share it freely.
class Catalog {
public:
    /// Built-in rows, then those of the JSON text `overrides` (an array of rows in the same form; a row with a known id replaces
    /// the fields that it names, another is added). Fails with a ConfigError that names the row and the field. `origin` is
    /// what the error calls the text (a path).
    static Result<std::shared_ptr<const Catalog>> load(std::string_view overrides = {}, std::string_view origin = {});

    const std::vector<ModelInfo>& models() const noexcept { return models_; }

    /// The row of an exact id, an alias, a dated snapshot of a row (`gpt-5.4-mini-2026-03-17`), an `ft:` id's base, or a cloud's
    /// name for it (`anthropic.claude-…-v1:0` with or without a profile prefix, `claude-…@20250929`). Null if there is none.
    const ModelInfo* find(std::string_view id) const noexcept;

    /// `find`, else a stand-in for an id that nobody knows, prices unknown: with the abilities of its family where only the date is
    /// new (`claude-sonnet-4-5@20250514`), conservative otherwise (window 200k, output 8,192 tokens, no thinking).
    ModelInfo describe(std::string_view id, std::string_view provider) const;

    /// The provider's *balanced* model that is not retired at `now`: claude-sonnet-4-5 until its end of life, then its successor.
    const ModelInfo* default_model(std::string_view provider, WallTime now) const noexcept;

    /// One sentence if the model is retired or will be within 90 days of `now`, with its successor; else nothing.
    static std::optional<std::string> lifecycle_notice(const ModelInfo& model, WallTime now);

    /// The real id that a wrong one probably meant (another date: `claude-sonnet-4-5@20250514`), spelled for the same channel.
    std::optional<std::string> suggest(std::string_view unknown_id) const;

private:
    std::vector<ModelInfo> models_;
    std::unordered_map<std::string, std::size_t> by_id_;   ///< Ids, aliases and cloud names.
};

/// Cost in nano-dollars, rounded up; nothing where a price that it needs is unknown.
struct Usage;
std::optional<std::int64_t> cost_nanodollars(const Prices& prices, const Usage& usage) noexcept;

}  // namespace cortex
