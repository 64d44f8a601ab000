// Turns of a corteX engine, one after the other and a hundred at once. A wrong or empty answer ends the program.
#pragma once

#include "driver.hpp"
#include "ready_queue.hpp"

#include <cortex/cortex.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bench {

/// A vendor of the plain upstream, as a user of its models configures it.
struct Vendor {
    const char* name;       ///< In a mode: "responses.json".
    const char* provider;
    const char* model;
    const char* path;       ///< Added to the upstream's address.
};
inline constexpr std::array<Vendor, 4> vendors{Vendor{"anthropic", "anthropic", model, ""}, Vendor{"responses", "openai", "gpt-5.4", "/v1"},
                                               Vendor{"chat", "openai", "gpt-4o", "/v1"}, Vendor{"gemini", "gemini", "gemini-2.5-pro", ""}};

inline cortex::Engine make_engine(const std::string& url, const Vendor& vendor) {
    return cortex::Engine{{
        .providers = {{vendor.provider, {.api_key = "k", .base_url = url + vendor.path}}},
        .orchestrator_model = vendor.model,
        .worker_model = vendor.model,
    }};
}

inline cortex::Engine make_engine(const std::string& url) {
    return cortex::Engine{{
        .providers = {{"anthropic", {.api_key = "k", .base_url = url}}},
        .orchestrator_model = model,
        .worker_model = model,
    }};
}

inline cortex::AgentConfig agent_config() { return {.name = "bench", .system_prompt = system_prompt}; }

/// Counts the text deltas of one answer: the caller's code sees each.
class DeltaCount {
public:
    void see(const cortex::StreamChunk& chunk) {
        if (chunk.chunk_type != cortex::ChunkType::content || chunk.content.empty()) return;
        ++deltas_;
        bytes_ += chunk.content.size();
    }
    void check() const {
        if (deltas_ != deltas_per_answer || bytes_ == 0)
            fail("a streamed answer came in " + std::to_string(deltas_) + " pieces");
    }

private:
    std::size_t deltas_ = 0;
    std::size_t bytes_ = 0;
};

inline void check_answer(const cortex::Response& response) {
    if (response.content.empty() || response.metadata.finish_reason != "stop") fail("an answer was wrong or empty");
}

inline Clock::duration turn(const cortex::Agent& agent, bool streaming, const char* message = user_message) {
    const auto start = Clock::now();
    auto session = agent.start_session();
    if (streaming) {
        DeltaCount count;
        for (const auto& chunk : session.run_stream(message)) count.see(chunk);
        count.check();
    } else {
        check_answer(session.run(message));
    }
    return Clock::now() - start;
}

/// A hundred sessions at once, consumed by the calling thread; each turn has a session of its own.
class Crowd {
public:
    Crowd(const cortex::Agent& agent, bool streaming) : agent_(agent), streaming_(streaming) {}

    /// `done(wall)` is called after each turn.
    template <class F>
    void run(std::size_t turns, F&& done) {
        turns_left_ = turns;
        std::size_t running = 0;
        queue_.reserve(sessions_at_once);
        slots_.resize(sessions_at_once);
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            slots_[i].ticket = {.queue = &queue_, .slot = i};
            if (start(slots_[i])) ++running;
        }
        while (running > 0) {
            for (const std::size_t index : queue_.take()) {
                Slot& slot = slots_[index];
                if (!slot.run || !finish(slot)) continue;
                done(Clock::now() - slot.start);
                if (!start(slot)) --running;
            }
        }
    }

private:
    struct Slot {
        std::optional<cortex::Session> session;
        std::optional<cortex::Run> run;
        DeltaCount count;
        Clock::time_point start;
        ReadyQueue::Ticket ticket;
    };

    bool start(Slot& slot) {
        if (turns_left_ == 0) return false;
        --turns_left_;
        slot.start = Clock::now();
        slot.count = {};
        slot.session.emplace(agent_.start_session());
        slot.run.emplace(slot.session->start(user_message, {}, streaming_));
        slot.run->on_ready(ReadyQueue::wake, &slot.ticket);
        return true;
    }

    /// Takes what has come; true when that was the turn's end.
    bool finish(Slot& slot) {
        while (auto event = slot.run->try_next())
            if (const auto* chunk = std::get_if<cortex::StreamChunk>(&*event)) slot.count.see(*chunk);
        if (!slot.run->finished()) return false;
        check_answer(slot.run->result());
        if (streaming_) slot.count.check();
        slot.run.reset();
        slot.session.reset();
        return true;
    }

    const cortex::Agent& agent_;
    bool streaming_;
    std::size_t turns_left_ = 0;
    ReadyQueue queue_;
    std::vector<Slot> slots_;
};

}  // namespace bench
