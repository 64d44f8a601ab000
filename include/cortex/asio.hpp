#pragma once

/// The asynchronous face for programs that use Boost.Asio (1.81 or later): any completion token, `use_awaitable` among them.
/// The only header of the library that names a third party's types; it is header-only over `Run`.
///
/// Handlers run on their associated executor (else on the one that is given), never on a thread of the engine. Asio's
/// cancellation, where the token has a slot, cancels the turn. A failure arrives as `std::exception_ptr`: with `use_awaitable` it
/// is thrown as the same class that the blocking call throws.
///
/// g++ 12 destroys a capturing lambda that is written inside a `co_await` expression twice: name such lambdas first.

#include <cortex/session.hpp>
#include <cortex/stream.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cortex {
namespace detail {

/// Waits for one thing of a run: each wake-up posts a look at it to the executor. `Op` has `Run& run()`, `bool ready()` and
/// `void complete()`, which calls the handler; by then the watch has let go of the run, so the handler may watch or destroy it.
template <class Executor, class Op>
class RunWatch : public std::enable_shared_from_this<RunWatch<Executor, Op>> {
public:
    RunWatch(const Executor& executor, Op op) : work_(executor), op_(std::move(op)) {}

    void begin() {
        self_ = this->shared_from_this();
        op_.run().on_ready([](void* self) noexcept { static_cast<RunWatch*>(self)->wake(); }, this);
    }

private:
    void wake() noexcept {
        boost::asio::post(work_.get_executor(), [self = self_] { self->look(); });
    }
    void look() {
        if (!self_ || !op_.ready()) return;   // it completed before, or the next wake-up comes when there is more
        op_.run().on_ready(nullptr, nullptr);
        const auto self = std::move(self_);
        op_.complete();
    }

    boost::asio::executor_work_guard<Executor> work_;
    Op op_;
    std::shared_ptr<RunWatch> self_;   // alive until it completed
};

template <class Executor, class Op>
void watch(const Executor& executor, Op op) {
    std::make_shared<RunWatch<Executor, Op>>(executor, std::move(op))->begin();
}

template <class Handler>
void cancel_with(const Handler& handler, Run& run) {
    if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.assign([&run](boost::asio::cancellation_type) { run.cancel(); });
}
template <class Handler>
void forget_cancellation(const Handler& handler) {
    if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
}

template <class Handler>
struct RunOp {
    std::unique_ptr<Run> owned;
    Handler handler;

    Run& run() noexcept { return *owned; }
    bool ready() {
        while (auto event = owned->try_next())
            owned->decline(*event);
        return owned->finished();
    }
    void complete() {
        forget_cancellation(handler);
        std::exception_ptr failure;
        Response response;
        try {
            response = owned->result();
        } catch (...) {
            failure = std::current_exception();
        }
        owned.reset();
        Handler last(std::move(handler));
        std::move(last)(failure, std::move(response));
    }
};

template <class Handler>
struct NextOp {
    Run* of;
    Handler handler;
    std::optional<StreamChunk> chunk = {};

    Run& run() noexcept { return *of; }
    bool ready() {
        while (auto event = of->try_next()) {
            if (auto* found = std::get_if<StreamChunk>(&*event)) {
                chunk = std::move(*found);
                return true;
            }
            of->decline(*event);
        }
        return of->finished();
    }
    void complete() {
        forget_cancellation(handler);
        std::exception_ptr failure;
        if (!chunk) {
            try {
                of->result();
            } catch (...) {
                failure = std::current_exception();
            }
        }
        std::optional<StreamChunk> found = std::move(chunk);
        Handler last(std::move(handler));
        std::move(last)(failure, std::move(found));
    }
};

}  // namespace detail

/// `Session::run`, asynchronously. `session` must live until the handler is called. Signature: void(std::exception_ptr, Response).
template <class CompletionToken>
auto async_run(Session& session, std::string message, TurnOptions options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, Response)>(
        [](auto handler, Session* on, std::string text, TurnOptions wishes) {
            const auto where = boost::asio::get_associated_executor(handler, boost::asio::system_executor());
            std::unique_ptr<Run> run;
            try {
                run = std::make_unique<Run>(on->start(text, std::move(wishes), false));
            } catch (...) {
                boost::asio::post(where, [last = std::move(handler), failure = std::current_exception()]() mutable {
                    std::move(last)(failure, Response());
                });
                return;
            }
            detail::cancel_with(handler, *run);
            detail::watch(where, detail::RunOp<decltype(handler)>{std::move(run), std::move(handler)});
        },
        token, &session, std::move(message), std::move(options));
}

/// With default options.
template <class CompletionToken>
auto async_run(Session& session, std::string message, CompletionToken&& token) {
    return async_run(session, std::move(message), TurnOptions(), std::forward<CompletionToken>(token));
}

/// The stream's next chunk, or nothing at its end. `stream` must live until the handler is called.
/// Signature: void(std::exception_ptr, std::optional<StreamChunk>).
template <class CompletionToken>
auto async_next(Stream& stream, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, std::optional<StreamChunk>)>(
        [](auto handler, Run* run) {
            const auto where = boost::asio::get_associated_executor(handler, boost::asio::system_executor());
            detail::cancel_with(handler, *run);
            detail::watch(where, detail::NextOp<decltype(handler)>{run, std::move(handler)});
        },
        token, &stream.run());
}

/// `Session::close`, which takes no longer than a running turn needs to notice that it is cancelled.
/// Signature: void(std::exception_ptr, SessionStats).
template <class CompletionToken>
auto async_close(Session& session, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, SessionStats)>(
        [](auto handler, Session* on) {
            const auto where = boost::asio::get_associated_executor(handler, boost::asio::system_executor());
            boost::asio::post(where, [last = std::move(handler), stats = on->close()]() mutable {
                std::move(last)(std::exception_ptr(), std::move(stats));
            });
        },
        token, &session);
}

}  // namespace cortex
