#pragma once

#include <cortex/error.hpp>

#include <nanobind/nanobind.h>

#include <optional>
#include <utility>

namespace cortex::py {

/// A C++ object that Python owns, and that must go in order: before the interpreter ends, and never in a forked child,
/// where the engine's threads do not exist and joining them would hang.
/// Threads: all members are called under the interpreter's lock.
class Owned {
public:
    enum class Rank { run, session, engine };   ///< Let go in this order when the interpreter ends.

    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;

    /// Once, when the module is loaded.
    static void watch_forks();
    /// Lets go of everything that is still alive. For `atexit`.
    static void release_all() noexcept;

protected:
    explicit Owned(Rank rank);
    virtual ~Owned();
    virtual void release() noexcept = 0;

    bool forked() const noexcept;
    /// Throws the error of a use after fork.
    void check_process() const;

private:
    Rank rank_;
    int generation_;
    Owned* previous_ = nullptr;
    Owned* next_ = nullptr;
    bool listed_ = true;
    void unlist() noexcept;
};

/// The interpreter's lock is given away while this lives. Every place that waits uses it, so that the end of the interpreter
/// can wait in turn until no thread is on its way back: one that comes too late is killed by Python in the middle of C++.
class Unlocked {
public:
    Unlocked();
    ~Unlocked();
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;

    /// Raises SystemExit, which ends a thread quietly, once the interpreter has begun to end.
    static void check_ending();

private:
    std::optional<nanobind::gil_scoped_release> released_;
};

/// A use in a forked child; in Python `cortex.ForkError`.
class ForkedError : public Error {
public:
    using Error::Error;
};

[[noreturn]] void throw_released();

template <class T, Owned::Rank rank>
class Handle : public Owned {
public:
    explicit Handle(T value) : Owned(rank), value_(std::move(value)) {}
    ~Handle() override { Handle::release(); }

    /// Throws after a fork, and when the interpreter has already let go.
    T& get() {
        check_process();
        if (!value_) throw_released();
        return *value_;
    }

    T* peek() noexcept { return value_ ? &*value_ : nullptr; }

    void release() noexcept override {
        if (!value_) return;
        if (forked()) {
            // Nothing of it may run here, not even its destructor; the process will give the memory back.
            [[maybe_unused]] auto* abandoned = new std::optional<T>(std::move(value_));
            value_.reset();
            return;
        }
        std::optional<T> last = std::move(value_);
        value_.reset();
        if constexpr (rank == Rank::engine) {
            // Joins the engine's threads, one of which may sit in a slow credential helper: let the other Python threads run.
            // (Not for runs and sessions: to get the lock back beside a busy thread takes milliseconds.)
            const Unlocked unlocked;
            last.reset();
        }
    }

private:
    std::optional<T> value_;
};

}  // namespace cortex::py
