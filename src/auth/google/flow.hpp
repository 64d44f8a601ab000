#pragma once

#include "auth/google/adc.hpp"
#include "core/credential.hpp"

#include <map>
#include <optional>
#include <string>

namespace cortex::auth::google {

/// Refresh tokens that a server has replaced: used from then on, in memory only (the file is gcloud's). Keyed by file and field; one
/// that belongs to another text than the file's present one is out of date: somebody has logged in again.
class RotatedTokens {
public:
    Secret current(const std::string& place, const Secret& in_file) const;
    void replace(const std::string& place, const Secret& in_file, Secret now);

private:
    struct Entry {
        Secret in_file = {};
        Secret now = {};
    };
    std::map<std::string, Entry> entries_ = {};
};

/// What the kinds of credentials share during one fetch.
struct Flow {
    World& world;
    const AdcOptions& options;
    RotatedTokens& rotated;
};

/// An access token as a service gave it.
struct Token {
    Secret text = {};
    std::optional<WallTime> expires_at = {};
};

}  // namespace cortex::auth::google
