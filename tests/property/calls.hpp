#pragma once

#include "seeded_rng.hpp"
#include "vendors.hpp"

#include "agent/call_plan.hpp"
#include "core/stream_event.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cortex::property {

/// A conversation as a session holds it when a request is due.
struct History {
    std::shared_ptr<const FrozenPrefix> prefix;
    std::vector<MessagePtr> messages;
};

/// The call that an engine would make of it: through the real plan, so with what a running tool loop allows. Throws
/// std::runtime_error where the plan refuses, which for these histories it never should.
routing::CallSpec plan(const Target& target, const History& history, const Need& need, bool stream);

/// What one call of the real machine came to.
struct Exchange {
    std::optional<MessageDone> done;
    std::string refusal;   ///< The emulator's sentence, if it refused a request, healed or not; with the request's beginning.
    std::string error;     ///< Why there is no answer.
};
Exchange exchange(Vendors& vendors, const Target& target, routing::CallSpec spec, SeededRng& rng);

/// A wish as turns have them: off, each level, a figure; with and without shown thinking, a temperature, a length.
Need random_need(SeededRng& rng, const Target& target);

}  // namespace cortex::property
