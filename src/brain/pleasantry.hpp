#pragma once

#include <string_view>

namespace cortex::brain {

enum class Pleasantry { none, greeting, thanks };

/// Whether a message is nothing but a greeting or thanks: in many languages, with a name, with emoji, with a slip of the fingers.
/// `raw` is the message as written, `plain_text` the same in the form of `append_plain`.
Pleasantry pleasantry(std::string_view raw, std::string_view plain_text) noexcept;

}  // namespace cortex::brain
