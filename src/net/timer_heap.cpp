#include "net/timer_heap.hpp"

#include <utility>

namespace cortex::net {

TimerId TimerHeap::add(SteadyTime when, Task task) {
    if (free_.empty()) {
        slots_.emplace_back();
        free_.reserve(slots_.size());  // so that removing a timer never allocates
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    heap_.push_back({when, next_order_++, slot});
    free_.pop_back();
    slots_[slot].task = std::move(task);
    slots_[slot].used = true;
    rise(heap_.size() - 1);
    return (static_cast<TimerId>(slots_[slot].generation) << 32U) | slot;
}

bool TimerHeap::move(TimerId id, SteadyTime when) {
    Slot* const slot = find(id);
    if (slot == nullptr) return false;
    heap_[slot->place].when = when;
    heap_[slot->place].order = next_order_++;
    rise(slot->place);
    sink(slot->place);
    return true;
}

bool TimerHeap::cancel(TimerId id) noexcept {
    Slot* const slot = find(id);
    if (slot == nullptr) return false;
    remove_at(slot->place);
    return true;
}

std::optional<SteadyTime> TimerHeap::earliest() const noexcept {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().when;
}

Task TimerHeap::take_due(SteadyTime now, std::uint64_t added_before) {
    if (heap_.empty() || heap_.front().when > now || heap_.front().order >= added_before) return {};
    return remove_at(0);
}

TimerHeap::Slot* TimerHeap::find(TimerId id) noexcept {
    const std::size_t index = id & 0xFFFFFFFFU;
    if (index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    return slot.used && slot.generation == id >> 32U ? &slot : nullptr;
}

void TimerHeap::put(std::size_t place, const Entry& entry) noexcept {
    heap_[place] = entry;
    slots_[entry.slot].place = static_cast<std::uint32_t>(place);
}

void TimerHeap::rise(std::size_t place) noexcept {
    const Entry entry = heap_[place];
    while (place > 0 && entry.before(heap_[(place - 1) / 2])) {
        put(place, heap_[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(place, entry);
}

void TimerHeap::sink(std::size_t place) noexcept {
    const Entry entry = heap_[place];
    for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
        if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
        if (!heap_[child].before(entry)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, entry);
}

Task TimerHeap::remove_at(std::size_t place) noexcept {
    const std::uint32_t index = heap_[place].slot;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) {
        put(place, last);
        rise(place);
        sink(slots_[last.slot].place);
    }
    Slot& slot = slots_[index];
    slot.used = false;
    ++slot.generation;
    free_.push_back(index);
    return std::move(slot.task);
}

}  // namespace cortex::net
