#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace cortex::net {

/// A move-only `void()` callable, called at most as often as its callable allows. Small ones (up to six pointers) are
/// stored in place. The call must not throw: an exception from it ends the program (`std::terminate`), because no one
/// could act on it.
class Task {
public:
    Task() noexcept = default;

    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Task> && std::is_invocable_r_v<void, std::decay_t<F>&>)
    Task(F&& callable) {  // NOLINT(google-explicit-constructor): a lambda is a task
        using Callable = std::decay_t<F>;
        if constexpr (fits<Callable>) {
            new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
            operations_ = &in_place<Callable>;
        } else {
            new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
            operations_ = &on_heap<Callable>;
        }
    }

    Task(Task&& other) noexcept { take(other); }
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            clear();
            take(other);
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() { clear(); }

    explicit operator bool() const noexcept { return operations_ != nullptr; }
    void operator()() noexcept { operations_->call(storage_); }

private:
    struct Operations {
        void (*call)(void*);
        void (*move)(void* from, void* to) noexcept;
        void (*destroy)(void*) noexcept;
    };

    static constexpr std::size_t size = 6 * sizeof(void*);

    template <class C>
    static constexpr bool fits =
        sizeof(C) <= size && alignof(C) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<C>;

    template <class C>
    static C* as(void* storage) noexcept {
        return std::launder(static_cast<C*>(storage));
    }

    template <class C>
    static constexpr Operations in_place = {
        [](void* s) { std::invoke(*as<C>(s)); },
        [](void* from, void* to) noexcept {
            new (to) C(std::move(*as<C>(from)));
            std::destroy_at(as<C>(from));
        },
        [](void* s) noexcept { std::destroy_at(as<C>(s)); },
    };

    template <class C>
    static constexpr Operations on_heap = {
        [](void* s) { std::invoke(**as<C*>(s)); },
        [](void* from, void* to) noexcept { new (to) C*(*as<C*>(from)); },
        [](void* s) noexcept { delete *as<C*>(s); },
    };

    void take(Task& other) noexcept {
        operations_ = std::exchange(other.operations_, nullptr);
        if (operations_ != nullptr) operations_->move(other.storage_, storage_);
    }
    void clear() noexcept {
        if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
    }

    alignas(std::max_align_t) std::byte storage_[size] = {};
    const Operations* operations_ = nullptr;
};

}  // namespace cortex::net
