// tool_calls URL [ROUNDS]: an answer that calls a native tool a thousand times, of which at most 50 run at once: wall and CPU time
// of a call, beside a bare pool of 50 threads that runs the same functions. One function does nothing; the other waits on a condition until
// 50 calls are in it, so that it ends only if so many really run at once. The turn in which no tool of that name is known, so that
// every call is refused, shows what is left when nothing runs: reading the calls, and writing their results.

#include "cortex_turns.hpp"

#include <cortex/cortex.hpp>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t at_once = 50;
constexpr std::size_t turns_per_round = 4;
static_assert(bench::many_calls % at_once == 0, "the last to come would wait for ever");

using Work = std::function<cortex::ToolOutcome(const cortex::ToolCall&)>;

/// Lets callers go in groups of 50.
class Neighbours {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        const std::size_t mine = group_;
        if (++waiting_ < at_once) {
            full_.wait(lock, [&] { return group_ != mine; });
            return;
        }
        waiting_ = 0;
        ++group_;
        full_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable full_;
    std::size_t waiting_ = 0;
    std::size_t group_ = 0;
};

/// The least that runs functions on 50 threads.
class Pool {
public:
    Pool() {
        for (std::size_t i = 0; i < at_once; ++i) threads_.emplace_back([this] { serve(); });
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        news_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    /// Runs `work` so many times, and returns when all are done.
    std::vector<cortex::ToolOutcome> run(const Work& work, std::size_t calls) {
        std::vector<cortex::ToolOutcome> outcomes(calls);
        std::mutex mutex;
        std::condition_variable all_done;
        std::size_t left = calls;
        for (std::size_t i = 0; i < calls; ++i)
            post([&, i] {
                outcomes[i] = work({.id = "toolu_01Bench", .name = "work", .arguments = "{}"});
                const std::scoped_lock lock(mutex);
                if (--left == 0) all_done.notify_one();
            });
        std::unique_lock lock(mutex);
        all_done.wait(lock, [&] { return left == 0; });
        return outcomes;
    }

private:
    void post(std::function<void()> task) {
        {
            const std::scoped_lock lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        news_.notify_one();
    }

    void serve() {
        std::unique_lock lock(mutex_);
        for (;;) {
            news_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
            if (stopping_) return;
            const auto task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::function<void()>> tasks_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

/// What one call cost in each round, in microseconds.
struct Cost {
    std::vector<double> wall;
    std::vector<double> cpu;

    template <class Turn>
    void measure(Turn&& turn) {
        constexpr auto calls = static_cast<double>(turns_per_round * bench::many_calls);
        const double cpu_before = bench::cpu_milliseconds();
        const auto start = bench::Clock::now();
        for (std::size_t i = 0; i < turns_per_round; ++i) turn();
        wall.push_back(bench::milliseconds(bench::Clock::now() - start) * 1e3 / calls);
        cpu.push_back((bench::cpu_milliseconds() - cpu_before) * 1e3 / calls);
    }
};

std::string spread(std::vector<double> values) {
    const double middle = bench::percentile(values, 0.5);
    char out[80];
    std::snprintf(out, sizeof out, "%.1f (%.1f-%.1f)", middle, values.front(), values.back());
    return out;
}

void row(std::string_view name, const Cost& cost) {
    std::printf("| %.*s | %s | %s |\n", static_cast<int>(name.size()), name.data(), spread(cost.wall).c_str(), spread(cost.cpu).c_str());
}

cortex::Agent agent_with(const cortex::Engine& engine, std::string name, const Work& work) {
    auto config = bench::agent_config();
    config.max_parallel_tools = static_cast<int>(at_once);
    config.tools.push_back({.name = std::move(name),
                            .description = "Does one piece of the work.",
                            .input_schema = R"({"type":"object","properties":{"number":{"type":"integer"}},"required":["number"]})",
                            .execute = work});
    return engine.create_agent(config);
}

void many(const cortex::Agent& agent, std::size_t expected) {
    auto session = agent.start_session();
    const auto response = session.run(bench::many_message);
    bench::check_answer(response);
    if (response.metadata.tools_called.size() != expected)
        bench::fail(std::to_string(response.metadata.tools_called.size()) + " calls ran");
}

void compare(const std::string& url, std::size_t rounds) {
    const auto engine = bench::make_engine(url);
    Neighbours in_engine;
    Neighbours in_pool;
    const Work nothing = [](const cortex::ToolCall&) { return cortex::ToolOutcome::text("done"); };
    const auto gathering = [&nothing](Neighbours& neighbours) {
        return Work([&neighbours, &nothing](const cortex::ToolCall& call) {
            neighbours.wait();
            return nothing(call);
        });
    };
    const auto idle = agent_with(engine, "work", nothing);
    const auto gathered = agent_with(engine, "work", gathering(in_engine));
    const auto refused = agent_with(engine, "another", nothing);
    const Work gather_in_pool = gathering(in_pool);
    Pool pool;

    Cost none_run, engine_nothing, pool_nothing, engine_gather, pool_gather;
    for (std::size_t i = 0; i <= rounds; ++i) {
        if (i == 1) none_run = engine_nothing = pool_nothing = engine_gather = pool_gather = {};   // the first was for warmth
        engine_nothing.measure([&] { many(idle, bench::many_calls); });
        pool_nothing.measure([&] { pool.run(nothing, bench::many_calls); });
        engine_gather.measure([&] { many(gathered, bench::many_calls); });
        pool_gather.measure([&] { pool.run(gather_in_pool, bench::many_calls); });
        none_run.measure([&] { many(refused, 0); });
    }
    std::printf("| 1,000 calls, 50 at once | wall us a call | CPU us a call |\n|---|---|---|\n");
    row("C++, a tool that does nothing", engine_nothing);
    row("bare thread pool, the same function", pool_nothing);
    row("C++, a tool that waits for 50 neighbours", engine_gather);
    row("bare thread pool, the same function", pool_gather);
    row("C++, no call runs: the tool is unknown", none_run);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) bench::fail("usage: tool_calls URL [ROUNDS]", 2);
    bench::require_loopback(argv[1]);
    try {
        compare(argv[1], argc == 3 ? bench::number(argv[2]) : 9);
    } catch (const std::exception& error) {
        bench::fail(error.what());
    }
}
