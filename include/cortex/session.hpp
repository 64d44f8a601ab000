#pragma once

#include <cortex/config.hpp>
#include <cortex/export.hpp>
#include <cortex/response.hpp>
#include <cortex/run.hpp>
#include <cortex/stream.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cortex {

class SessionState;

/// The request that a turn would send, with nothing sent and no secret shown.
struct RequestPreview {
    std::string provider = {};
    std::string model = {};
    std::string method = {};
    std::string url = {};
    std::vector<std::pair<std::string, std::string>> headers = {};   ///< Credentials read "<redacted>".
    std::string body = {};                                            ///< The exact bytes.
    std::vector<std::string> decisions = {};                          ///< Each with its reason.
    ResponseMetadata metadata = {};                                   ///< `routing`, `thinking` and `degraded` as the turn's would begin.
};

CORTEX_API std::string to_json(const RequestPreview& preview);

/// One conversation. It keeps its engine's inner parts alive, so the order of destruction cannot hurt.
/// Threads: one turn at a time (a second throws SessionBusyError); different sessions are independent of each other.
/// Destroying a session cancels its turn.
class CORTEX_API Session {
public:
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    const std::string& session_id() const noexcept;
    const std::string& user_id() const noexcept;

    /// One whole turn. Blocks. Throws an `Error`; a wrong key is a ProviderAuthError here, not at construction.
    /// `message` must be UTF-8 and not empty.
    Response run(std::string_view message, TurnOptions options = {});
    /// The same turn, piece by piece. Nothing is thrown before the first element is asked for, except SessionBusyError and
    /// what is wrong with the arguments.
    Stream run_stream(std::string_view message, TurnOptions options = {});
    /// The handle that both are made of. With `streaming`, chunks come as events.
    Run start(std::string_view message, TurnOptions options = {}, bool streaming = true);
    /// What the next turn would send.
    RequestPreview preview(std::string_view message, TurnOptions options = {}, bool streaming = true) const;

    /// How the turns of this session were routed so far. May be called while a turn runs.
    DualProcessStats get_dual_process_stats() const;

    /// Ends the session: a running turn is cancelled, a later `run` throws. The second call returns the same statistics.
    SessionStats close();

private:
    friend class Agent;
    explicit Session(std::shared_ptr<SessionState> state) noexcept;
    std::shared_ptr<SessionState> state_;
};

}  // namespace cortex
