#pragma once

#include <cortex/config.hpp>

#include <nanobind/nanobind.h>

#include <string>

namespace cortex::py {

/// `providers` is None or a mapping of names to mappings, `fields` a dict of the engine's other keyword arguments (None means
/// absent). A callable `api_key` becomes `Secret::from_run()`, and the callable goes to `keys` under the provider's name.
EngineConfig engine_config(nanobind::handle providers, nanobind::dict fields, nanobind::dict keys);

/// The keywords of `run` and `run_stream`; None means absent.
TurnOptions turn_options(nanobind::handle thinking, nanobind::handle timeout, nanobind::handle max_cost,
                         nanobind::handle max_tokens, nanobind::handle attachments);

/// A str as UTF-8, or a ConfigError that names `field`.
std::string utf8(nanobind::handle value, const char* field);

}  // namespace cortex::py
