#pragma once

#include <cortex/run.hpp>

#include "core/result.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace cortex {

class EngineCore;

/// What the shard's side of a run offers to its consumer. Both may be called from any thread.
struct RunControl {
    std::function<void()> cancel;
    std::function<void(std::string request_id, RunAnswer answer)> answer;
};

/// The queue between a run's shard and its consumer. The shard pushes and never waits; the consumer takes or waits.
class RunState {
public:
    explicit RunState(bool streaming) : streaming_(streaming) {}

    // The shard's side.
    /// False if the consumer is so slow that the bound is reached: the run must fail.
    [[nodiscard]] bool push(StreamChunk chunk);
    void push(RunEvent request);
    void finish(Result<Response> result);
    /// While it lives, chunks are queued without waking the consumer, which is told once at its end: of a piece of an answer that holds
    /// many deltas it needs to hear once.
    class Corked {
    public:
        explicit Corked(std::shared_ptr<RunState> run);
        ~Corked();
        Corked(const Corked&) = delete;
        Corked& operator=(const Corked&) = delete;

    private:
        std::shared_ptr<RunState> run_;
    };
    bool streaming() const noexcept { return streaming_; }

    // The consumer's side.
    std::optional<RunEvent> try_next();
    void on_ready(void (*wake)(void*) noexcept, void* context) noexcept;
    bool finished() const noexcept;
    void wait();
    /// Waits until the turn is over, whatever is still queued.
    void wait_over();
    /// Waits for the end; requests that nobody will answer are answered with nothing.
    Result<Response> result();
    void cancel() noexcept;
    void answer(std::string_view request_id, RunAnswer answer);
    void decline(const RunEvent& event);

    /// Set once, before the run is handed out.
    void attach(std::shared_ptr<EngineCore> core, RunControl control);
    /// The consumer is gone: cancels, waits until the turn is over, and lets go of the engine. The engine must never end on a thread of its own.
    void abandon() noexcept;

private:
    void announce(std::unique_lock<std::mutex>& lock);

    /// A slow reader's text is merged past this many waiting chunks, and the run fails past this many bytes.
    static constexpr std::size_t merge_above = 64;
    static constexpr std::size_t most_bytes = std::size_t{64} << 20U;

    const bool streaming_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    std::deque<RunEvent> queue_;
    std::size_t queued_bytes_ = 0;
    std::optional<Result<Response>> result_;
    bool corked_ = false;
    bool news_ = false;                              ///< Queued while corked.
    bool armed_ = true;                              ///< The consumer found nothing: the next news wakes it.
    void (*wake_)(void*) noexcept = nullptr;
    void* wake_context_ = nullptr;
    std::shared_ptr<EngineCore> core_;               ///< Touched by the consumer's side only.
    RunControl control_;
};

}  // namespace cortex
