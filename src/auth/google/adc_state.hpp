#pragma once

#include "auth/google/adc.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/metadata.hpp"

#include <map>
#include <mutex>
#include <stop_token>
#include <string>

namespace cortex::auth::google {

inline constexpr std::string_view metadata_label = "metadata server";

/// What an Adc remembers.
struct Adc::State {
    explicit State(AdcOptions given) : options(std::move(given)) {}

    const AdcOptions options;
    std::stop_source stop = {};
    std::mutex flight = {};          ///< Held during a fetch; guards the next two.
    RotatedTokens rotated = {};
    MetadataMemory metadata = {};
    mutable std::mutex mutex = {};   ///< Guards what follows, which reports read.
    std::map<std::string, std::string> outcomes = {};   ///< Of the last fetch: a place's label to what came of it.
    std::string refused = {};        ///< The label of the place whose credentials it could not use.
    std::string taken = {};          ///< The label of the place that the last fetch took its credential from.
    std::string source = {};
    std::optional<WallTime> expires_at = {};

    void note(const std::string& label, std::string outcome) {
        const std::lock_guard lock(mutex);
        outcomes[label] = std::move(outcome);
    }
};

}  // namespace cortex::auth::google
