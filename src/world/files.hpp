#pragma once

#include "core/world.hpp"

namespace cortex::world {

/// The machine's own files. Stateless; thread-safe.
class PosixFiles final : public Files {
public:
    Result<std::optional<std::string>> read(const std::string& path, std::size_t limit) const override;
    Result<void> replace(const std::string& path, std::string_view content) const override;
};

}  // namespace cortex::world
