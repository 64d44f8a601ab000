#pragma once

#include "auth/google/flow.hpp"
#include "core/result.hpp"

#include <optional>
#include <string>

namespace cortex::auth::google {

/// What is remembered of the metadata server between two fetches.
struct MetadataMemory {
    std::string host = {};      ///< What the rest is about: another host is another question.
    bool present = false;       ///< It has answered before: nothing is detected again.
    std::optional<SteadyTime> absent_until = {};
    std::string absence = {};   ///< Why it counts as absent, for people.
};

/// Why the metadata server is not asked at all (NO_GCE_CHECK), or "".
std::string metadata_switched_off(const World& world);

/// Whether anything says, without network, that this machine runs in Google's cloud: a variable that names the metadata server, one of
/// Cloud Run's, or the machine's product name.
bool looks_like_google(const World& world);

/// The token of the machine's service account, with e-mail, project and universe; nothing where there is no such server, which is
/// found out within 1.5 s and remembered. Never through a proxy; no redirect is followed; an answer without `Metadata-Flavor: Google`
/// comes from somebody else (a captive portal, another cloud) and counts as none.
Result<std::optional<Credential>> metadata_credential(Flow& flow, MetadataMemory& memory);

}  // namespace cortex::auth::google
