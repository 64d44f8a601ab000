#include "auth/cached_source.hpp"

#include <algorithm>
#include <utility>

namespace cortex::auth {

CachedSource::CachedSource(std::unique_ptr<CredentialSource> source, Times times) : source_(std::move(source)), times_(times) {}

/// Under `mutex_`.
std::optional<Credential> CachedSource::still_good(WallTime now) const {
    if (!held_ || (held_->expires_at && now >= *held_->expires_at)) return std::nullopt;
    return held_;
}

CredentialSource::AtHand CachedSource::at_hand(WallTime now) {
    const std::lock_guard lock(mutex_);
    AtHand out{.credential = still_good(now), .refresh = false};
    if (!out.credential || now < renew_at_) return out;
    // One that never ends is looked for again, and waited for: the file that it came from may hold another now.
    if (!out.credential->expires_at) return {};
    out.refresh = true;
    return out;
}

Result<std::optional<Credential>> CachedSource::fetch(World& world) {
    std::uint64_t seen = 0;
    {
        const std::lock_guard lock(mutex_);
        const WallTime now = world.clock->wall();
        if (auto good = still_good(now); good && now < renew_at_) return good;
        if (now < absent_until_) return std::optional<Credential>();
        seen = generation_;
    }
    const std::lock_guard flight(flight_);
    {
        const std::lock_guard lock(mutex_);
        if (generation_ != seen) return *outcome_;   // somebody else asked while this one waited
    }
    World own = world;
    own.stop = stop_.get_token();
    Result<std::optional<Credential>> found = source_->fetch(own);

    const std::lock_guard lock(mutex_);
    const WallTime now = world.clock->wall();
    ++generation_;
    if (!found) {
        if (auto good = still_good(now)) {
            renew_at_ = now + times_.retry_after;
            found = std::move(good);
        }
    } else if (*found) {
        held_ = **found;
        absent_until_ = {};
        renew_at_ = now + times_.look_again;
        if (held_->expires_at) {
            // What lives shorter than twice the span is renewed at half its life, not all the time.
            const auto life = *held_->expires_at - now;
            renew_at_ = *held_->expires_at - std::min<WallTime::duration>(times_.refresh_ahead, life / 2);
        }
    } else {
        held_.reset();
        absent_until_ = now + times_.absence;
    }
    outcome_ = found;
    return found;
}

void CachedSource::refused(const Credential& credential) {
    {
        const std::lock_guard lock(mutex_);
        if (!held_ || !same_credential(*held_, credential)) return;   // somebody else has renewed it already
        held_.reset();
    }
    source_->refused(credential);
}

void CachedSource::stop() noexcept {
    stop_.request_stop();
    source_->stop();
}

}  // namespace cortex::auth
