#pragma once

/// Version of the installed headers; `cortex::version()` (engine.hpp) is that of the linked library.
#define CORTEX_VERSION_MAJOR 0
#define CORTEX_VERSION_MINOR 1
#define CORTEX_VERSION_PATCH 0
#define CORTEX_VERSION_STRING "0.1.0"
