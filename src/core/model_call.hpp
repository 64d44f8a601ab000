#pragma once

#include "core/content.hpp"
#include "core/legal_params.hpp"
#include "core/model_info.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cortex {

/// What never changes within a session: rendered once, sent first, byte for byte the same each time.
struct FrozenPrefix {
    std::string system = {};   ///< Empty: none.
};

/// One model call, ready to be encoded: everything that goes into the request but address and credential.
struct ModelCall {
    std::shared_ptr<const ModelInfo> model;          ///< Capabilities; for an unknown id a stand-in.
    std::string wire_model;                          ///< The id as the channel spells it.
    std::string provider;                            ///< Registered name, for errors.
    std::shared_ptr<const FrozenPrefix> prefix;
    std::vector<MessagePtr> messages;
    LegalParams params;
    bool stream = false;
};

}  // namespace cortex
