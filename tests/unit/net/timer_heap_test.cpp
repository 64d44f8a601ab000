#include "net/timer_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace cortex::net::test {
namespace {

SteadyTime at(int n) { return SteadyTime(std::chrono::milliseconds(n)); }

TEST(TimerHeap, gives_out_timers_like_a_sorted_list_whatever_is_added_moved_and_cancelled) {
    std::mt19937 random(7);  // NOLINT: a fixed seed, so that a failure can be repeated
    TimerHeap heap;
    std::map<TimerId, int> expected;  // still waiting, and when
    std::vector<TimerId> ids;
    std::vector<TimerId> fired;
    const auto any_recent = [&] { return ids[ids.size() - 1 - random() % std::min<std::size_t>(ids.size(), 200)]; };
    for (int step = 0; step < 20'000; ++step) {
        const int when = static_cast<int>(random() % 1000);
        const auto choice = random() % 10;
        if (choice < 5 || ids.empty()) {
            const auto place = ids.size();
            ids.push_back(0);
            ids[place] = heap.add(at(when), [&fired, &ids, place] { fired.push_back(ids[place]); });
            ASSERT_EQ(std::count(ids.begin(), ids.end(), ids[place]), 1) << "an id came twice";
            expected[ids[place]] = when;
        } else if (choice < 7) {
            const TimerId id = any_recent();
            ASSERT_EQ(heap.move(id, at(when)), expected.contains(id));
            if (expected.contains(id)) expected[id] = when;
        } else if (choice < 9) {
            const TimerId id = any_recent();
            ASSERT_EQ(heap.cancel(id), expected.erase(id) == 1);
        } else {
            const int now = when / 10;
            fired.clear();
            while (Task task = heap.take_due(at(now), heap.mark())) task();
            ASSERT_TRUE(std::is_sorted(fired.begin(), fired.end(),
                                       [&](TimerId a, TimerId b) { return expected[a] < expected[b]; }));
            for (const TimerId id : fired) {
                ASSERT_LE(expected.at(id), now);
                expected.erase(id);
            }
            for (const auto& [id, time] : expected) ASSERT_GT(time, now);
        }
        ASSERT_EQ(heap.size(), expected.size());
    }
}

TEST(TimerHeap, does_not_know_zero_or_ids_of_other_heaps) {
    TimerHeap heap;
    EXPECT_FALSE(heap.cancel(0));
    EXPECT_FALSE(heap.cancel(12345));
    EXPECT_FALSE(heap.move(~TimerId{0}, at(1)));
    EXPECT_FALSE(heap.earliest());
    EXPECT_FALSE(heap.take_due(at(1), heap.mark()));
}

}  // namespace
}  // namespace cortex::net::test
