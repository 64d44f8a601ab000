#pragma once

#include "core/logger.hpp"
#include "engine/credential_desk.hpp"
#include "engine/provider_entry.hpp"
#include "engine/run_state.hpp"
#include "engine/shard.hpp"
#include "routing/call_machine.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cortex {

/// Carries out what the machine of one model call decides: credential, transfer, pauses. Decides nothing itself. Lives on the
/// session's shard; used on its thread only.
class CallDriver final : public std::enable_shared_from_this<CallDriver> {
public:
    struct Parts {
        Shard& shard;
        std::shared_ptr<CredentialDesk> desk;
        std::shared_ptr<const World> world;
        std::shared_ptr<Logger> logger;
        std::shared_ptr<const ProviderEntry> provider;
        std::shared_ptr<RunState> run;
    };
    /// Told what the call hands on, and its end. Neither is called after the end, or after the driver is gone.
    struct Told {
        std::function<void(StreamEvent)> delivered;
        std::function<void(routing::CallEnded)> ended;
    };
    CallDriver(Parts parts, routing::CallSpec spec, Told told);
    CallDriver(const CallDriver&) = delete;
    CallDriver& operator=(const CallDriver&) = delete;
    ~CallDriver();

    void start();
    void cancel(ErrorInfo reason);
    /// False where this call asked for nothing under that id.
    bool answer(const std::string& request_id, const RunAnswer& answer);

private:
    class Exchange;
    friend class Exchange;

    void on_call(const routing::CallEvent& event);
    void perform(routing::CallAction& action);
    void fetch(const std::optional<Credential>& refused);
    void credential_ready(Result<Credential> credential);
    void send(HttpRequest request);
    void close_exchange(bool drain);
    const ProviderEntry& provider() const noexcept { return *parts_.provider; }

    Parts parts_;
    Told told_;
    Deadline deadline_;
    routing::CallMachine call_;
    std::string key_request_;                ///< The id of the request that waits for the consumer's answer.
    std::shared_ptr<Exchange> exchange_;     ///< The transfer under way.
    std::optional<net::TimerId> pause_;
    std::uint64_t asked_ = 0;                ///< Tells a late credential from the one that is waited for.
    bool ended_ = false;
};

}  // namespace cortex
