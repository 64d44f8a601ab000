#pragma once

#include <cortex/config.hpp>

#include <nanobind/nanobind.h>

#include <string>
#include <vector>

namespace cortex::py {

/// `providers` is None or a mapping of names to mappings, `fields` a dict of the engine's other keyword arguments (None means
/// absent). A callable `api_key` becomes `Secret::from_run()`, and the callable goes to `keys` under the provider's name.
EngineConfig engine_config(nanobind::handle providers, nanobind::dict fields, nanobind::dict keys);

/// `tools` is a list of objects with the attributes of the package's ToolWrapper; none gets an `execute`:
/// calls come as events of the run. `limits` is a dict of the agent's other keywords.
AgentConfig agent_config(nanobind::handle name, nanobind::handle system_prompt, nanobind::list tools,
                         nanobind::dict limits);

/// thinking, timeout, max_cost, max_tokens, attachments, temperature, show_thinking; None, or an earlier end, means absent.
TurnOptions turn_options(nanobind::args values);

/// A list of Attachments, or of dicts with their fields.
std::vector<Attachment> attachments(nanobind::handle list);

/// A str as UTF-8, or a ConfigError that names `field`.
std::string utf8(nanobind::handle value, const char* field);

/// A str as UTF-8 as far as that goes; a lone surrogate becomes bytes that the engine replaces.
std::string lenient_utf8(nanobind::handle value);

}  // namespace cortex::py
