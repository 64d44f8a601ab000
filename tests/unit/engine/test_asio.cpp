#include "emulated_engine.hpp"

#include <cortex/asio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace cortex {
namespace {

namespace asio = boost::asio;
using test::EmulatedVendor;

asio::awaitable<void> converse(Session& session, std::string& run_text, std::string& stream_text, std::thread::id& thread) {
    const Response response = co_await async_run(session, "Hello", asio::use_awaitable);
    run_text = response.content;
    thread = std::this_thread::get_id();
    Stream stream = session.run_stream("Again");
    for (;;) {
        const std::optional<StreamChunk> chunk = co_await async_next(stream, asio::use_awaitable);
        if (!chunk) break;
        stream_text += chunk->content;
    }
    const SessionStats stats = co_await async_close(session, asio::use_awaitable);
    EXPECT_EQ(stats.turns, 2);
}

TEST(Asio, a_coroutine_runs_and_streams_on_its_own_thread) {
    EmulatedVendor vendor;
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    asio::io_context context;
    std::string run_text;
    std::string stream_text;
    std::thread::id thread;
    std::exception_ptr failure;
    const auto done = [&failure](std::exception_ptr e) { failure = e; };
    asio::co_spawn(context, converse(session, run_text, stream_text, thread), done);
    context.run();
    EXPECT_EQ(failure, nullptr);
    EXPECT_EQ(run_text, "You said: Hello");
    EXPECT_EQ(stream_text, "You said: Again");
    EXPECT_EQ(thread, std::this_thread::get_id());
}

TEST(Asio, a_failure_is_thrown_as_its_class) {
    EmulatedVendor vendor;
    EngineConfig config = vendor.config();
    config.providers[0].second.api_key = "sk-ant-not-the-right-one";
    Engine engine(config);
    Session session = vendor.session(engine);
    EXPECT_THROW(async_run(session, "Hello", asio::use_future).get(), ProviderAuthError);
    EXPECT_THROW(async_run(session, "", asio::use_future).get(), ConfigError);
}

TEST(Asio, a_cancellation_slot_cancels_the_turn) {
    EmulatedVendor vendor;
    vendor.emulator().script(R"([{"text":"late","hang_after_bytes":0}])");
    Engine engine(vendor.config());
    Session session = vendor.session(engine);
    asio::cancellation_signal signal;
    auto answer = async_run(session, "Hello", asio::bind_cancellation_slot(signal.slot(), asio::use_future));
    ASSERT_TRUE(vendor.eventually([&] { return vendor.requests().size() == 1; }));
    signal.emit(asio::cancellation_type::terminal);
    EXPECT_THROW(answer.get(), CancelledError);
    EXPECT_TRUE(vendor.eventually([&] { return vendor.stats().at("disconnects").to_number<int>() == 1; }));
}

}  // namespace
}  // namespace cortex
