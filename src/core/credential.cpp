#include "core/credential.hpp"

namespace cortex {

std::optional<std::string> env_value(const World& world, std::string_view name) {
    auto value = world.env ? world.env(name) : std::nullopt;
    return value && !value->empty() ? value : std::nullopt;
}

}  // namespace cortex
