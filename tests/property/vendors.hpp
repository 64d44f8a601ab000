#pragma once

#include "agent/turn_spec.hpp"
#include "core/channel.hpp"
#include "core/credential.hpp"
#include "core/model_call.hpp"

#include "service.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::property {

/// A model at a provider, as an engine has it once it is configured.
struct Target {
    std::string name;   ///< For people: "gemini-2.5-flash on vertex".
    agent::ModelChoicePtr choice;
    Credential credential;

    bool wrote(const Message& message) const noexcept {
        return message.origin.provider == choice->provider && message.origin.model == choice->wire_model;
    }
};

/// One model or more for every dialect, every place and every generation that differs from another in what it takes.
const std::vector<Target>& targets();

/// Every Claude of the catalogue on Anthropic's own API.
const std::vector<Target>& claudes();

/// The one of that name; throws std::out_of_range.
const Target& target_named(std::string_view name);

/// All the vendors at once: the strict emulator behind the addresses that channels make, without a socket.
class Vendors {
public:
    Vendors();

    struct Reply {
        HttpHead head;
        std::string body;   ///< JSON, or the whole stream
        bool accepted() const noexcept { return head.status == 200; }
    };
    Reply answer(const HttpRequest& request);

    /// Encodes, addresses and authorizes the call, and sends it.
    Reply ask(const Target& target, const ModelCall& call);
    /// The same with the body at hand.
    Reply send(const Target& target, const ModelCall& call, Body body);

private:
    emulator::Service service_;
};

/// The emulator's sentence.
std::string sentence_of(const Vendors::Reply& reply);

}  // namespace cortex::property
