// What taking a call's money from a shared ledger and settling it costs, when 64 threads do nothing else. Beside it, in the same rounds, the least that
// a correct budget can be: one counter behind a mutex, locked once to take and once to settle. Nanoseconds a call, as CPU time of all threads and as wall
// time from the first thread's start to the last one's end, over the number of calls; medians of the rounds, and of the rounds' ratios of CPU time
// the median, the least and the greatest.
//
//   bench_ledger [ROUNDS]

#include "driver.hpp"
#include "routing/ledger.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace cortex;
using namespace cortex::routing;
using Clock = std::chrono::steady_clock;

constexpr int calls_of_all = 192'000;

/// A budget without scopes, sentences, warnings or a report.
class BareCounter {
public:
    explicit BareCounter(std::int64_t limit) : limit_(limit) {}
    bool take(std::int64_t amount) {
        const std::lock_guard lock(mutex_);
        if (used_ + amount > limit_) return false;
        used_ += amount;
        return true;
    }
    void settle(std::int64_t taken, std::int64_t spent) {
        const std::lock_guard lock(mutex_);
        used_ += spent - taken;
    }

private:
    std::mutex mutex_;
    std::int64_t limit_;
    std::int64_t used_ = 0;
};

std::chrono::nanoseconds thread_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// Nanoseconds a call.
struct Cost {
    double cpu = 0;
    double wall = 0;
};

/// `threads` threads share the calls.
Cost measure(int threads, const std::function<void(int thread, int calls)>& work) {
    struct Part {
        Clock::time_point begun;
        Clock::time_point ended;
        std::chrono::nanoseconds cpu{0};
    };
    std::vector<Part> parts(static_cast<std::size_t>(threads));
    std::barrier start(threads);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&, i] {
            Part& part = parts[static_cast<std::size_t>(i)];
            start.arrive_and_wait();
            const auto before = thread_time();
            part.begun = Clock::now();
            work(i, calls_of_all / threads);
            part.ended = Clock::now();
            part.cpu = thread_time() - before;
        });
    for (std::thread& each : all) each.join();
    Part sum = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        sum.begun = std::min(sum.begun, parts[i].begun);
        sum.ended = std::max(sum.ended, parts[i].ended);
        sum.cpu += parts[i].cpu;
    }
    return {.cpu = std::chrono::duration<double, std::nano>(sum.cpu).count() / calls_of_all,
            .wall = std::chrono::duration<double, std::nano>(sum.ended - sum.begun).count() / calls_of_all};
}

Cost of_counter(int threads) {
    BareCounter counter(INT64_MAX / 2);
    return measure(threads, [&](int, int calls) {
        for (int i = 0; i < calls; ++i) {
            if (!counter.take(900)) bench::fail("the counter refused a call: what follows would measure refusals");
            counter.settle(900, 400);
        }
    });
}

Cost of_ledger(int threads, const Budgets& budgets) {
    Ledger ledger(budgets);
    return measure(threads, [&](int thread, int calls) {
        const Spender who{.user = "user_" + std::to_string(thread % 8), .session = "sess_0123456789abcdef" + std::to_string(thread),
                          .run = "run_0123456789abcdef" + std::to_string(thread)};
        const Spending spent{.provider = "anthropic", .model = "claude-haiku-4-5", .usage = {.input = 100, .output = 30}, .cost = 400};
        for (int i = 0; i < calls; ++i) {
            auto reserved = ledger.reserve(who, {.money = 900, .tokens = 200});
            if (!reserved) bench::fail("the ledger refused a call: what follows would measure refusals");
            reserved->settle(spent);
        }
    });
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = std::max(1, argc > 1 ? std::atoi(argv[1]) : 7);
    const Budget large{.usd = 1e6, .tokens = 1'000'000'000'000};
    const Budgets one{.engine = large};
    const Budgets five{.call = large, .run = large, .session = large, .user = large, .engine = large};
    std::printf("%-8s %-28s %12s %12s %28s\n", "threads", "", "CPU ns", "wall ns", "CPU, times the bare counter");
    for (const int threads : {1, 64}) {
        std::vector<Cost> counter, no_limit, one_limit, five_limits;
        for (int round = 0; round < rounds; ++round) {
            counter.push_back(of_counter(threads));
            no_limit.push_back(of_ledger(threads, {}));
            one_limit.push_back(of_ledger(threads, one));
            five_limits.push_back(of_ledger(threads, five));
        }
        const auto show = [&](const char* name, const std::vector<Cost>& costs) {
            std::vector<double> cpu, wall, ratios;
            for (std::size_t i = 0; i < costs.size(); ++i) {
                cpu.push_back(costs[i].cpu);
                wall.push_back(costs[i].wall);
                ratios.push_back(costs[i].cpu / counter[i].cpu);
            }
            const auto [least, greatest] = std::minmax_element(ratios.begin(), ratios.end());
            std::printf("%-8d %-28s %12.0f %12.0f %14.1f (%.1f-%.1f)\n", threads, name, median(cpu), median(wall), median(ratios), *least, *greatest);
        };
        show("a counter behind a mutex", counter);
        show("ledger, no limit", no_limit);
        show("ledger, the engine's limit", one_limit);
        show("ledger, five scopes", five_limits);
    }
}
