#include "handle.hpp"

#include <unistd.h>

namespace cortex::py {
namespace {

/// Heads of the lists of what is alive, one for each rank. Guarded by the interpreter's lock, as all of this module.
Owned* alive[3] = {nullptr, nullptr, nullptr};

Owned*& head(Owned::Rank rank) noexcept { return alive[static_cast<int>(rank)]; }

}  // namespace

Owned::Owned(Rank rank) : rank_(rank), owner_(::getpid()), next_(head(rank)) {
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
    for (const Rank rank : {Rank::run, Rank::session, Rank::engine}) {
        // Letting go may give the interpreter's lock away for a moment, and the list may change: begin again after each.
        while (Owned* owned = head(rank)) {
            owned->unlist();
            owned->release();
        }
    }
}

bool Owned::forked() const noexcept { return ::getpid() != owner_; }

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
