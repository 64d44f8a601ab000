#include "handle.hpp"

#include <poll.h>
#include <pthread.h>

namespace cortex::py {
namespace {

/// How many forks lie between this process and the one that loaded the module. Counted by the C library's hook: asking the
/// kernel for the process id at every call would cost more than most of the calls.
int generation = 0;

/// Threads of this process inside an `Unlocked`. Guarded like the lists below.
int away = 0;
bool ending = false;

void in_child() noexcept {
    ++generation;
    away = 0;  // a forked child has no thread but its own
}

/// Heads of the lists of what is alive, one for each rank. Guarded by the interpreter's lock, as all of this module.
Owned* alive[3] = {nullptr, nullptr, nullptr};

Owned*& head(Owned::Rank rank) noexcept { return alive[static_cast<int>(rank)]; }

}  // namespace

void Owned::watch_forks() { ::pthread_atfork(nullptr, nullptr, in_child); }

Owned::Owned(Rank rank) : rank_(rank), generation_(generation), next_(head(rank)) {
    if (next_ != nullptr) next_->previous_ = this;
    head(rank_) = this;
}

Owned::~Owned() { unlist(); }

void Owned::unlist() noexcept {
    if (!listed_) return;
    listed_ = false;
    if (next_ != nullptr) next_->previous_ = previous_;
    (previous_ != nullptr ? previous_->next_ : head(rank_)) = next_;
}

void Owned::release_all() noexcept {
    ending = true;
    // Threads that wait look up every tenth of a second. One that sits in something longer is not waited for for ever.
    constexpr int step_ms = 5;
    constexpr int most_steps = 400;
    for (int step = 0; away > 0 && step < most_steps; ++step) {
        const nanobind::gil_scoped_release unlocked;
        ::poll(nullptr, 0, step_ms);
    }
    for (const Rank rank : {Rank::run, Rank::session, Rank::engine}) {
        // Letting go may give the interpreter's lock away for a moment, and the list may change: begin again after each.
        while (Owned* owned = head(rank)) {
            owned->unlist();
            owned->release();
        }
    }
}

Unlocked::Unlocked() {
    ++away;
    released_.emplace();
}

Unlocked::~Unlocked() {
    released_.reset();
    --away;
}

void Unlocked::check_ending() {
    if (!ending) return;
    PyErr_SetNone(PyExc_SystemExit);
    throw nanobind::python_error();
}

bool Owned::forked() const noexcept { return generation != generation_; }

void Owned::check_process() const {
    if (forked())
        throw ForkedError(ErrorInfo{.message =
                                        "This engine was made before os.fork() and cannot be used in the forked child. "
                                        "Make a new cortex.Engine in the child."});
}

void throw_released() {
    throw_error({.code = ErrorCode::cancelled,
                 .message = "The interpreter is shutting down: this object can no longer be used."});
}

}  // namespace cortex::py
