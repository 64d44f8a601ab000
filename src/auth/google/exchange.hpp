#pragma once

#include "auth/google/flow.hpp"
#include "core/http.hpp"
#include "core/result.hpp"
#include "core/world.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace cortex::auth::google {

/// An answer, and when its request was sent: lifetimes are counted from then, so that a slow answer makes no token look younger.
struct Answered {
    HttpAnswer answer = {};
    WallTime sent_at = {};
};

struct Attempts {
    int count = 3;                                  ///< google-auth 2.63.0 _exponential_backoff.py: 3 attempts, 1 s, doubled, 10 % either way.
    std::chrono::milliseconds first_pause{1'000};
    std::chrono::milliseconds each{20'000};         ///< One request, to its last byte.
    std::function<bool(const HttpAnswer&)> again = {};   ///< Whether an answer is worth another try; empty: by its status alone.
};

/// 408, 429, 500, 503, 504 (google-auth 2.63.0 transport/__init__.py).
bool is_passing(int status) noexcept;

/// Sends the request until something final comes back. A failure is named after `who` ("Google's token service").
Result<Answered> exchange(World& world, const HttpRequest& request, std::string_view who, const Attempts& attempts = {});

}  // namespace cortex::auth::google
