#pragma once

#include "core/model_info.hpp"

#include <string>
#include <string_view>

namespace cortex {

/// A Claude id taken apart, as the place where it is used spells it:
/// `claude-sonnet-4-5-20250929`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-sonnet-4-5@20250929`.
struct ModelName {
    enum class Form { direct, bedrock, vertex } form = Form::direct;
    std::string_view prefix = {};   ///< Bedrock: the inference profile ("us"), or "".
    std::string_view family = {};   ///< "claude-sonnet-4-5".
    std::string_view version = {};  ///< The date, or what stands in its place; "" without one.
};

/// Takes any text apart; what is no such id becomes a `direct` name. Views into `id`.
ModelName parse_model_name(std::string_view id) noexcept;

/// The model's id in the same form as `name` (and with the same profile), or "" where it has none.
std::string spell_like(const ModelInfo& model, const ModelName& name);

/// Whether `name` is the model's id, an alias or a cloud's name for it (the latter without a profile).
bool answers_to(const ModelInfo& model, std::string_view name) noexcept;

/// The text without a snapshot's date at its end (`-2026-03-17`); unchanged where there is none.
std::string_view without_snapshot_date(std::string_view id) noexcept;

}  // namespace cortex
