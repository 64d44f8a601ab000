#include "engine/run_state.hpp"

#include "engine/worker_pool.hpp"

#include <cortex/stream.hpp>

#include <utility>

namespace cortex {

bool RunState::push(StreamChunk chunk) {
    if (!streaming_) return true;
    std::unique_lock lock(mutex_);
    queued_bytes_ += chunk.content.size() + chunk.thinking_delta.size();
    if (queued_bytes_ > most_bytes) return false;
    const bool text = chunk.chunk_type == ChunkType::content || chunk.chunk_type == ChunkType::thinking;
    if (queue_.size() >= merge_above && text && !chunk.is_final) {
        auto* last = std::get_if<StreamChunk>(&queue_.back());
        if (last != nullptr && last->chunk_type == chunk.chunk_type && !last->is_final) {
            last->content += chunk.content;
            last->thinking_delta += chunk.thinking_delta;
            return true;
        }
    }
    queue_.emplace_back(std::move(chunk));
    if (corked_)
        news_ = true;
    else
        announce(lock);
    return true;
}

void RunState::push(RunEvent request) {
    std::unique_lock lock(mutex_);
    queue_.emplace_back(std::move(request));
    announce(lock);
}

RunState::Corked::Corked(std::shared_ptr<RunState> run) : run_(std::move(run)) {
    const std::lock_guard lock(run_->mutex_);
    run_->corked_ = true;
}

RunState::Corked::~Corked() {
    std::unique_lock lock(run_->mutex_);
    run_->corked_ = false;
    if (std::exchange(run_->news_, false)) run_->announce(lock);
}

void RunState::finish(Result<Response> result) {
    std::unique_lock lock(mutex_);
    result_ = std::move(result);
    armed_ = true;   // the end is always news
    announce(lock);
}

/// Tells the consumer, and gives the lock back. The wake function is called with the lock held: whoever detaches it knows that it
/// is not running any more. A waiting thread is told after that, so that it does not wake only to wait for the lock.
void RunState::announce(std::unique_lock<std::mutex>& lock) {
    if (std::exchange(armed_, false) && wake_ != nullptr) wake_(wake_context_);
    const bool someone_waits = waiting_ > 0;
    lock.unlock();
    if (someone_waits) changed_.notify_all();
}

std::optional<RunEvent> RunState::try_next() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) {
        armed_ = true;
        return std::nullopt;
    }
    RunEvent event = std::move(queue_.front());
    queue_.pop_front();
    if (const auto* chunk = std::get_if<StreamChunk>(&event)) queued_bytes_ -= chunk->content.size() + chunk->thinking_delta.size();
    return event;
}

void RunState::on_ready(void (*wake)(void*) noexcept, void* context) noexcept {
    const std::lock_guard lock(mutex_);
    wake_ = wake;
    wake_context_ = context;
    if (wake_ == nullptr) return;
    if (!queue_.empty() || result_) {
        armed_ = false;
        wake_(wake_context_);
    } else {
        armed_ = true;
    }
}

bool RunState::finished() const noexcept {
    const std::lock_guard lock(mutex_);
    return result_.has_value() && queue_.empty();
}

void RunState::wait() {
    const WorkerPool::Waiting waiting;
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [&] { return !queue_.empty() || result_.has_value(); });
    --waiting_;
}

void RunState::wait_over() {
    const WorkerPool::Waiting waiting;
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [&] { return result_.has_value(); });
    --waiting_;
}

Result<Response> RunState::result() {
    for (;;) {
        wait();
        while (auto event = try_next()) decline(*event);
        const std::lock_guard lock(mutex_);
        if (result_ && queue_.empty()) return *result_;
    }
}

void RunState::cancel() noexcept {
    if (control_.cancel) control_.cancel();
}

void RunState::answer(std::string_view request_id, RunAnswer answer) {
    if (control_.answer) control_.answer(std::string(request_id), std::move(answer));
}

void RunState::decline(const RunEvent& event) {
    if (const auto* key = std::get_if<KeyRequest>(&event)) answer(key->request_id, Secret());
    if (const auto* budget = std::get_if<BudgetRequest>(&event)) answer(budget->request_id, Budget());
    if (const auto* approval = std::get_if<ApprovalRequest>(&event))
        answer(approval->request_id, Approval::deny("nobody is there to be asked"));
    if (const auto* tool = std::get_if<ToolRequest>(&event))
        answer(tool->request_id, ToolOutcome::error(tool->call.name + " cannot be run here: nobody is there to run it."));
}

void RunState::attach(std::shared_ptr<EngineCore> core, RunControl control) {
    core_ = std::move(core);
    control_ = std::move(control);
}

void RunState::abandon() noexcept {
    on_ready(nullptr, nullptr);
    bool over = false;
    {
        const std::lock_guard lock(mutex_);
        over = result_.has_value();
    }
    if (!over) {
        // The shard needs a moment to stop; the session is free when this returns, so that the next turn can begin at once.
        cancel();
        wait_over();
    }
    core_.reset();
}

Run::Run(std::shared_ptr<RunState> state) noexcept : state_(std::move(state)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&& other) noexcept {
    if (this != &other) {
        if (state_) state_->abandon();
        state_ = std::move(other.state_);
    }
    return *this;
}
Run::~Run() {
    if (state_) state_->abandon();
}

std::optional<RunEvent> Run::try_next() { return state_->try_next(); }
void Run::on_ready(void (*wake)(void*) noexcept, void* context) noexcept { state_->on_ready(wake, context); }
void Run::answer(std::string_view request_id, RunAnswer answer) { state_->answer(request_id, std::move(answer)); }
void Run::decline(const RunEvent& event) { state_->decline(event); }
void Run::cancel() noexcept { state_->cancel(); }
bool Run::finished() const noexcept { return state_->finished(); }
void Run::wait() { state_->wait(); }

Response Run::result() {
    Result<Response> result = state_->result();
    if (!result) throw_error(std::move(result).error());
    return *std::move(result);
}

Stream::iterator Stream::begin() {
    if (!started_) {
        started_ = true;
        advance();
    }
    return iterator(this);
}

void Stream::advance() {
    while (!ended_) {
        if (auto event = run_.try_next()) {
            if (auto* chunk = std::get_if<StreamChunk>(&*event)) {
                chunk_ = std::move(*chunk);
                return;
            }
            run_.decline(*event);
        } else if (run_.finished()) {
            ended_ = true;
            run_.result();   // throws what went wrong
        } else {
            run_.wait();
        }
    }
}

Response Stream::response() {
    while (!ended_) advance();
    return run_.result();
}

}  // namespace cortex
