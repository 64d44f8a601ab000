#pragma once

#include <cstddef>
#include <string_view>

namespace cortex::cli {

/// How many of these bytes are whole characters: fewer than all where a cut went through the last one.
std::size_t whole_characters(std::string_view bytes) noexcept;

/// Whether these bytes are no text that could be shown: they hold a NUL, or more than a twentieth of them is not UTF-8.
bool looks_binary(std::string_view bytes) noexcept;

}  // namespace cortex::cli
