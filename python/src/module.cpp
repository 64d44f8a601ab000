#include "engine.hpp"
#include "errors.hpp"
#include "handle.hpp"
#include "run.hpp"
#include "values.hpp"

#include <nanobind/nanobind.h>

namespace nb = nanobind;

NB_MODULE(_core, module) {
    // What the interpreter has not collected when it ends was let go by `_release_all`: nothing to warn about.
    nb::set_leak_warnings(false);
    cortex::py::Owned::watch_forks();
    cortex::py::bind_errors(module);
    cortex::py::bind_values(module);
    cortex::py::bind_run(module);
    cortex::py::bind_engine(module);
    module.def("_release_all", &cortex::py::Owned::release_all);
}
