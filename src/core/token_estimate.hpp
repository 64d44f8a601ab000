#pragma once

#include "core/content.hpp"

#include <cstdint>
#include <string_view>

namespace cortex {

/// About how many tokens a text is, for limits between two counts by the vendor: words of Latin script at 4 bytes a token
/// (English prose measures 3.5 to 4.7 with current tokenizers), other scripts at one token a character at most. Rather high
/// than low for prose, within a third for code and JSON. Reads every byte once.
std::int64_t estimate_tokens(std::string_view text) noexcept;

/// The same for a message: its texts, calls and results; 1,600 for an image (about one of 1,100 pixels square), and for a
/// document by its bytes, as the pages cannot be seen.
std::int64_t estimate_tokens(const Message& message) noexcept;

}  // namespace cortex
