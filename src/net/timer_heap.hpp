#pragma once

#include "core/clock.hpp"
#include "net/task.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cortex::net {

/// Names one timer; never reused while the heap lives (a slot's generation is part of it). Zero names none.
using TimerId = std::uint64_t;

/// Timers in order of time, and of being added where times are equal. Adding, moving and removing cost O(log n).
class TimerHeap {
public:
    TimerId add(SteadyTime when, Task task);
    /// False if the timer has fired or was cancelled.
    bool move(TimerId id, SteadyTime when);
    bool cancel(TimerId id) noexcept;
    /// Time of the earliest timer.
    std::optional<SteadyTime> earliest() const noexcept;
    /// Takes the earliest timer's task if it is due and was added before the given mark, else an empty task.
    Task take_due(SteadyTime now, std::uint64_t added_before);
    /// A mark for `take_due`: timers added from now on are not below it.
    std::uint64_t mark() const noexcept { return next_order_; }
    std::size_t size() const noexcept { return heap_.size(); }

private:
    struct Entry {
        SteadyTime when;
        std::uint64_t order;
        std::uint32_t slot;
        bool before(const Entry& other) const noexcept {
            return when != other.when ? when < other.when : order < other.order;
        }
    };
    struct Slot {
        Task task;
        std::uint32_t generation = 1;
        std::uint32_t place = 0;  // in heap_
        bool used = false;
    };

    Slot* find(TimerId id) noexcept;
    void put(std::size_t place, const Entry& entry) noexcept;
    void rise(std::size_t place) noexcept;
    void sink(std::size_t place) noexcept;
    Task remove_at(std::size_t place) noexcept;

    std::vector<Entry> heap_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::uint64_t next_order_ = 1;
};

}  // namespace cortex::net
