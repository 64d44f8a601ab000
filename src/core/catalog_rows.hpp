#pragma once

#include "core/model_info.hpp"
#include "core/result.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace cortex {

/// What is assumed of a model of which nothing is known.
ModelInfo stand_in(std::string_view id, std::string_view provider);

/// Reads rows (the JSON of models.json) into `models`. A row whose `id` is a known id, alias or cloud name changes the
/// fields that it names; any other is added, with `stand_in` for what it leaves out. `origin` names the text in errors.
/// After a failure `models` may hold a part of the rows.
Result<void> read_rows(std::string_view json, std::string_view origin, std::vector<ModelInfo>& models);

/// "2026-11-30", or nothing for any other form or a day that does not exist.
std::optional<std::chrono::sys_days> parse_iso_date(std::string_view text) noexcept;

}  // namespace cortex
