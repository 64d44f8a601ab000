#pragma once

#include "core/credential.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace cortex::auth {

/// Remembers what a slow source gave until shortly before it ends. One fetch at a time: whoever asks meanwhile waits for it and
/// shares its outcome. While a refresh fails, a credential that is still good is still given. Thread-safe.
class CachedSource final : public CredentialSource {
public:
    struct Times {
        /// A credential that ends within this span is renewed, in the background while it still works.
        std::chrono::seconds refresh_ahead{300};
        /// A failed renewal is not tried again for so long, while the old credential works.
        std::chrono::seconds retry_after{30};
        /// A credential without an end is asked for again after so long: keys in files are rotated.
        std::chrono::seconds look_again{300};
        /// "There is none" is remembered for so long.
        std::chrono::seconds absence{30};
    };
    CachedSource(std::unique_ptr<CredentialSource> source, Times times);

    Result<std::optional<Credential>> fetch(World& world) override;
    AtHand at_hand(WallTime now) override;
    void refused(const Credential& credential) override;
    void stop() noexcept override;

    CredentialSource& inner() noexcept { return *source_; }

private:
    std::optional<Credential> still_good(WallTime now) const;

    const std::unique_ptr<CredentialSource> source_;
    const Times times_;
    std::stop_source stop_;
    std::mutex flight_;          ///< Held while the source is asked.
    mutable std::mutex mutex_;   ///< Guards what follows.
    std::optional<Credential> held_ = {};
    WallTime renew_at_ = {};
    std::uint64_t generation_ = 0;   ///< Of the last outcome: a waiter takes one that came while it waited.
    std::optional<Result<std::optional<Credential>>> outcome_ = {};
    WallTime absent_until_ = {};
};

}  // namespace cortex::auth
