#pragma once

#include <cortex/error.hpp>

#include <nanobind/nanobind.h>

namespace cortex::py {

/// From here on every `cortex::Error` that leaves C++ becomes the Python exception that belongs to its code.
void bind_errors(nanobind::module_& module);

/// The same for a failure of the binding's own. It must not be reported through the translator's exceptions in `noexcept` code.
[[noreturn]] void throw_config(std::string message);

}  // namespace cortex::py
