// For servers: the same objects inside Boost.Asio coroutines. Handlers run on your executor, never on the engine's threads.
#include <cortex/asio.hpp>
#include <cortex/cortex.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <iostream>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> converse(cortex::Session& session) {
    const cortex::Response response = co_await cortex::async_run(session, "Is anybody there?", asio::use_awaitable);
    std::cout << response.content << '\n';

    auto stream = session.run_stream("Count from one to five.");
    while (const auto chunk = co_await cortex::async_next(stream, asio::use_awaitable))
        std::cout << chunk->content << std::flush;
    std::cout << '\n';

    co_await cortex::async_close(session, asio::use_awaitable);
}

}  // namespace

int main() {
    cortex::Engine engine{{.providers = {{"anthropic", {.default_model = "claude-haiku-4-5"}}}}};
    auto session = engine.create_agent({.name = "server"}).start_session();

    asio::io_context io;
    std::exception_ptr failure;
    asio::co_spawn(io, converse(session), [&failure](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure) std::rethrow_exception(failure);
}
