#include "auth/google/exchange.hpp"

#include "auth/google/http_rules.hpp"
#include "auth/google/places.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::auth::google {
namespace {

std::chrono::milliseconds varied(const World& world, std::chrono::milliseconds pause) {
    const std::string byte = world.random ? world.random(1) : std::string();
    if (byte.empty()) return pause;
    const auto tenths = static_cast<long long>(static_cast<unsigned char>(byte.front()));   // 0..255 -> 90..110 %
    return std::chrono::milliseconds(pause.count() * (900 + tenths * 200 / 255) / 1000);
}

ErrorInfo cancelled(std::string_view who) {
    return {.code = ErrorCode::cancelled, .message = fmt::format("The question to {} was cancelled.", who)};
}

}  // namespace

Secret RotatedTokens::current(const std::string& place, const Secret& in_file) const {
    const auto entry = entries_.find(place);
    if (entry == entries_.end() || SecretAccess::text(entry->second.in_file) != SecretAccess::text(in_file)) return in_file;
    return entry->second.now;
}

void RotatedTokens::replace(const std::string& place, const Secret& in_file, Secret now) {
    entries_[place] = {.in_file = in_file, .now = std::move(now)};
}

bool is_passing(int status) noexcept { return status == 408 || status == 429 || status == 500 || status == 503 || status == 504; }

Result<Answered> exchange(World& world, const HttpRequest& request, std::string_view who, const Attempts& attempts) {
    std::chrono::milliseconds pause = attempts.first_pause;
    for (int attempt = 1;; ++attempt, pause *= 2) {
        if (world.stop.stop_requested()) return cancelled(who);
        HttpRequest copy = request;
        const auto left = world.deadline.left(world.clock->now(), attempts.each);
        if (left.count() == 0)
            return ErrorInfo{.code = ErrorCode::timeout, .message = fmt::format("There was no time left to ask {}. Allow the turn more time.", who),
                             .retryable = true};
        copy.deadlines.total = std::min(left, attempts.each);
        copy.deadlines.connect = std::min(copy.deadlines.connect, copy.deadlines.total);
        const WallTime sent_at = world.clock->wall();
        Result<HttpAnswer> answer = world.web->exchange(std::move(copy), world.stop);

        const bool again = answer ? (attempts.again ? attempts.again(*answer) : is_passing(answer->head.status)) : answer.error().retryable;
        if (answer && !again) return Answered{.answer = std::move(answer).value(), .sent_at = sent_at};
        const bool last = attempt >= attempts.count || world.deadline.left(world.clock->now(), std::chrono::hours(1)) <= pause;
        if (again && !last) {
            if (world.pause) world.pause(varied(world, pause), world.stop);
            continue;
        }
        if (answer) return Answered{.answer = std::move(answer).value(), .sent_at = sent_at};
        ErrorInfo error = std::move(answer).error();
        if (error.code == ErrorCode::cancelled) return error;
        error.message = fmt::format("{} could not be asked: {}. Check the network of this machine (and HTTPS_PROXY).", who, quotable(error.message));
        return error;
    }
}

}  // namespace cortex::auth::google
