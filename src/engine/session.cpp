#include <cortex/agent.hpp>
#include <cortex/session.hpp>

#include "core/attachment_block.hpp"
#include "engine/agent_state.hpp"
#include "engine/engine_core.hpp"

#include <utility>

namespace cortex {

/// A session as its user holds it: the conversation, and the engine that it keeps alive.
class SessionState {
public:
    SessionState(std::shared_ptr<EngineCore> core, std::shared_ptr<SessionData> data) : core_(std::move(core)), data_(std::move(data)) {}
    SessionState(const SessionState&) = delete;
    SessionState& operator=(const SessionState&) = delete;
    ~SessionState() {
        stop();
        core_->forget_session(data_->session_id);
    }

    EngineCore& core() const noexcept { return *core_; }
    const std::shared_ptr<SessionData>& data() const noexcept { return data_; }

    /// No turn starts any more, and the one that runs is over when this returns.
    void stop() noexcept {
        std::shared_ptr<RunState> run;
        {
            const std::lock_guard lock(data_->mutex);
            data_->closed = true;
            run = data_->running.lock();
        }
        if (!run || !data_->busy.load(std::memory_order_acquire)) return;
        run->cancel();
        run->wait_over();
    }

    SessionStats close() {
        stop();
        const std::lock_guard lock(data_->mutex);
        if (!stats_) {
            const agent::SessionState& state = data_->log.state();
            stats_ = SessionStats{.session_id = data_->session_id,
                                  .turns = state.turns_answered(),
                                  .total_tokens = state.usage().total(),
                                  .duration_seconds = std::chrono::duration<double>(core_->clock().now() - data_->began).count()};
        }
        return *stats_;
    }

private:
    std::shared_ptr<EngineCore> core_;
    std::shared_ptr<SessionData> data_;
    std::optional<SessionStats> stats_;
};

Session::Session(std::shared_ptr<SessionState> state) noexcept : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

const std::string& Session::session_id() const noexcept { return state_->data()->session_id; }
const std::string& Session::user_id() const noexcept { return state_->data()->user_id; }

Run Session::start(std::string_view message, TurnOptions options, bool streaming) {
    auto run = state_->core().start_turn(state_->data(), message, options, streaming);
    if (!run) throw_error(std::move(run).error());
    return Run(*std::move(run));
}

Response Session::run(std::string_view message, TurnOptions options) { return start(message, std::move(options), false).result(); }

Stream Session::run_stream(std::string_view message, TurnOptions options) { return Stream(start(message, std::move(options), true)); }

RequestPreview Session::preview(std::string_view message, TurnOptions options, bool streaming) const {
    if (state_->data()->busy.load(std::memory_order_acquire))
        throw_error({.code = ErrorCode::session_busy, .message = "A turn is running on this session. Wait for its result before asking for a preview."});
    auto preview = state_->core().preview(*state_->data(), message, options, streaming);
    if (!preview) throw_error(std::move(preview).error());
    return *std::move(preview);
}

DualProcessStats Session::get_dual_process_stats() const {
    SessionData& data = *state_->data();
    const std::lock_guard lock(data.mutex);
    DualProcessStats stats{.system1_count = data.system1_count, .system2_count = data.system2_count};
    stats.total_decisions = stats.system1_count + stats.system2_count;
    if (stats.total_decisions > 0) stats.system2_ratio = static_cast<double>(stats.system2_count) / static_cast<double>(stats.total_decisions);
    return stats;
}

SessionStats Session::close() { return state_->close(); }

Agent::Agent(std::shared_ptr<const AgentState> state) noexcept : state_(std::move(state)) {}

const std::string& Agent::name() const noexcept { return state_->name; }
const std::string& Agent::system_prompt() const noexcept { return state_->traits->prefix->system; }

Session Agent::start_session(SessionConfig config) const {
    if (auto checked = require_utf8("user_id", config.user_id); !checked) throw_error(std::move(checked).error());
    if (auto checked = require_utf8("session_id", config.session_id); !checked) throw_error(std::move(checked).error());
    auto data = state_->core->make_session(state_->traits, std::move(config));
    return Session(std::make_shared<SessionState>(state_->core, std::move(data)));
}

}  // namespace cortex
