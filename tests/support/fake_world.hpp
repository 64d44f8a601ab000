#pragma once

#include "core/world.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cortex::test {

/// A clock that stands still until it is moved.
struct HandClock final : Clock {
    WallTime wall_now = WallTime(std::chrono::seconds(1'700'000'000));
    SteadyTime steady_now{std::chrono::hours(1)};
    SteadyTime now() const noexcept override { return steady_now; }
    WallTime wall() const noexcept override { return wall_now; }
    void advance(std::chrono::milliseconds by) {
        wall_now += by;
        steady_now += by;
    }
};

/// A machine made of maps: environment, files, programs and a network that a function answers for.
class FakeWorld final : public Files, public Processes, public Web {
public:
    std::map<std::string, std::string> environment = {};
    std::map<std::string, std::string> files = {};
    std::map<std::string, std::string> unreadable = {};   ///< Path to the reason.
    HandClock clock = {};
    std::function<Result<HttpAnswer>(const HttpRequest&)> on_request = {};
    std::function<Result<ProcessOutput>(const ProcessRequest&)> on_process = {};
    mutable std::vector<HttpRequest> requests = {};
    mutable std::vector<ProcessRequest> programs = {};
    mutable std::map<std::string, std::string> written = {};
    std::vector<std::chrono::milliseconds> pauses = {};

    World world() {
        World out;
        out.env = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = environment.find(std::string(name));
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        out.clock = &clock;
        out.files = this;
        out.processes = this;
        out.web = this;
        out.pause = [this](std::chrono::milliseconds span, const std::stop_token&) {
            pauses.push_back(span);
            clock.advance(span);
        };
        out.random = [](std::size_t count) { return std::string(count, 'r'); };
        return out;
    }

    Result<std::optional<std::string>> read(const std::string& path, std::size_t limit) const override {
        if (const auto why = unreadable.find(path); why != unreadable.end())
            return ErrorInfo{.code = ErrorCode::config, .message = path + " cannot be read: " + why->second + "."};
        const auto found = files.find(path);
        if (found == files.end()) return std::optional<std::string>();
        if (found->second.size() > limit) return ErrorInfo{.code = ErrorCode::config, .message = path + " is too large."};
        return std::optional(found->second);
    }
    Result<void> replace(const std::string& path, std::string_view content) const override {
        written[path] = std::string(content);
        return {};
    }
    Result<ProcessOutput> run(const ProcessRequest& request, const std::stop_token&) const override {
        programs.push_back(request);
        if (!on_process) return ErrorInfo{.code = ErrorCode::config, .message = "There is no such program."};
        return on_process(request);
    }
    Result<HttpAnswer> exchange(HttpRequest request, const std::stop_token&) const override {
        requests.push_back(request);
        if (!on_request) return ErrorInfo{.code = ErrorCode::network, .message = "There is no network here.", .retryable = true};
        return on_request(request);
    }
};

/// An answer with a JSON body.
inline HttpAnswer json_answer(int status, std::string body, std::vector<HttpHeader> headers = {}) {
    headers.push_back({"content-type", "application/json"});
    return {.head = {.status = status, .headers = std::move(headers), .received_at = {}}, .body = std::move(body)};
}

}  // namespace cortex::test
