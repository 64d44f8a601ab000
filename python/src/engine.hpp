#pragma once

#include <nanobind/nanobind.h>

namespace cortex::py {

/// The bases of the package's `Engine`, `Agent` and `Session`; what awaits is added in Python.
void bind_engine(nanobind::module_& module);

}  // namespace cortex::py
