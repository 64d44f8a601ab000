// turn_driver URL MODES N: what one turn of the engine costs, measured from outside through the public headers alone.
// The contract (modes, output, exit codes) is in README.md; the drivers of other libraries keep to the same.

#include "cortex_turns.hpp"

#include <cortex/cortex.hpp>
#include <cortex/describe.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

struct Add {
    int a = 0;
    int b = 0;
};
template <>
inline constexpr auto cortex::describe<Add> = cortex::fields(cortex::field(&Add::a, "a"), cortex::field(&Add::b, "b"));

namespace {

void with_tool(const cortex::Engine& engine, std::string_view mode, std::size_t turns) {
    std::atomic<std::size_t> right = 0;
    auto config = bench::agent_config();
    config.tools.push_back(cortex::make_tool<Add>("add", "Adds two whole numbers.", [&right](const Add& numbers) {
        if (numbers.a == 17 && numbers.b == 25) ++right;
        return numbers.a + numbers.b;
    }));
    const auto agent = engine.create_agent(config);
    for (std::size_t i = 0; i < bench::warm_up_turns; ++i) bench::turn(agent, false, bench::add_message);
    bench::Measure measure(turns);
    for (std::size_t i = 0; i < turns; ++i) measure.turn(bench::turn(agent, false, bench::add_message));
    measure.report(mode, cortex::version());
    if (right != bench::warm_up_turns + turns) bench::fail("the tool did not run once a turn");
}

void alone(const cortex::Agent& agent, std::string_view mode, std::size_t turns) {
    const bool streaming = mode.ends_with("stream");
    for (std::size_t i = 0; i < bench::warm_up_turns; ++i) bench::turn(agent, streaming);
    bench::Measure measure(turns);
    for (std::size_t i = 0; i < turns; ++i) measure.turn(bench::turn(agent, streaming));
    measure.report(mode, cortex::version());
}

void crowded(const cortex::Agent& agent, std::string_view mode, std::size_t turns) {
    bench::Crowd crowd(agent, mode == "stream100");
    crowd.run(bench::warm_up_turns, [](bench::Clock::duration) {});
    bench::Measure measure(turns);
    crowd.run(turns, [&measure](bench::Clock::duration wall) { measure.turn(wall); });
    measure.report(mode, cortex::version());
}

void construct(const cortex::Engine& engine, std::size_t count) {
    const auto microseconds_each = [](bench::Clock::time_point start, std::size_t made) {
        return bench::milliseconds(bench::Clock::now() - start) * 1e3 / static_cast<double>(made);
    };

    const std::size_t agent_count = std::max<std::size_t>(20, count / 50);
    std::vector<cortex::Agent> agents;
    agents.reserve(agent_count);
    auto start = bench::Clock::now();
    for (std::size_t i = 0; i < agent_count; ++i) agents.push_back(engine.create_agent(bench::agent_config()));
    const double agent_us = microseconds_each(start, agent_count);

    std::vector<cortex::Session> sessions;
    const double before = bench::rss_megabytes();
    sessions.reserve(count);
    start = bench::Clock::now();
    for (std::size_t i = 0; i < count; ++i) sessions.push_back(agents.front().start_session());
    const double session_us = microseconds_each(start, count);
    const double after = bench::rss_megabytes();

    for (const auto& session : sessions)
        if (session.session_id().empty()) bench::fail("a session has no id");
    std::printf(
        "{\"mode\":\"construct\",\"agent_us\":%.3f,\"session_us\":%.3f,\"sessions\":%zu,\"mb_per_10000_sessions\":%.2f,"
        "\"rss_mb\":%.1f,\"version\":\"%s\"}\n",
        agent_us, session_us, count, (after - before) / static_cast<double>(count) * 1e4, after, cortex::version());
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const auto asked = bench::arguments(argc, argv, {"json", "stream", "json100", "stream100", "tool", "construct", "responses.json", "responses.stream", "chat.json",
                                                       "chat.stream", "gemini.json", "gemini.stream"});
    try {
        const auto engine = bench::make_engine(asked.url);
        const auto agent = engine.create_agent(bench::agent_config());
        for (const auto& mode : asked.modes) {
            if (mode == "construct") {
                construct(engine, asked.turns);
            } else if (mode == "tool") {
                with_tool(engine, mode, asked.turns);
            } else if (const std::size_t dot = mode.find('.'); dot != std::string::npos) {
                const auto* vendor = std::find_if(bench::vendors.begin(), bench::vendors.end(), [&](const auto& each) { return mode.starts_with(each.name); });
                const auto other = bench::make_engine(asked.url, *vendor);
                alone(other.create_agent(bench::agent_config()), mode, asked.turns);
            } else if (mode.ends_with("100")) {
                crowded(agent, mode, asked.turns);
            } else {
                alone(agent, mode, asked.turns);
            }
        }
    } catch (const std::exception& error) {
        bench::fail(error.what());
    }
}
