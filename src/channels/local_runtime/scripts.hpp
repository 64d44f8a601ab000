#pragma once

#include <string_view>

/// Files of this folder and of the project's root, compiled in (CMake: cortex_embed).
namespace cortex::embedded {

extern const std::string_view local_pull_script;
extern const std::string_view local_serve_script;
extern const std::string_view local_model_license;   ///< Apache-2.0, the licence of the weights too.
extern const std::string_view local_model_notice;

}  // namespace cortex::embedded
