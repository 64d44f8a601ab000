#pragma once

#include "core/http.hpp"
#include "core/rng.hpp"
#include "net/curl_transport.hpp"
#include "net/reactor.hpp"

#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace cortex {

/// Something that lives on a shard until it says that it is done.
struct Resident {
    virtual ~Resident() = default;
};

class Shard;

/// The way to a shard for threads that may outlive it.
class ShardLine {
public:
    /// Runs the task on the shard; drops it if the shard is gone.
    void post(net::Task task);

private:
    friend class Shard;
    std::mutex mutex_;
    Shard* shard_ = nullptr;
};

/// One network thread: its event loop, its connections, and what lives there. Starts its thread when it is made, joins it
/// when it goes; what still lives there then is destroyed on that thread, which closes its connections.
class Shard {
public:
    static Result<std::unique_ptr<Shard>> start(const Clock& clock, net::TransportOptions options);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// From any thread: runs the task on the shard.
    void post(net::Task task) { reactor_->post(std::move(task)); }
    const std::shared_ptr<ShardLine>& line() const noexcept { return line_; }
    bool on_this_thread() const noexcept { return reactor_->on_reactor_thread(); }

    // On the shard's thread only.
    net::Reactor& reactor() noexcept { return *reactor_; }
    Transport& transport() noexcept { return *transport_; }
    Rng& rng() noexcept { return rng_; }
    SteadyTime now() const noexcept { return reactor_->clock().now(); }
    WallTime wall() const noexcept { return reactor_->clock().wall(); }
    void keep(std::shared_ptr<Resident> resident);
    /// Lets go of it once the current callback has returned.
    void release(const Resident* resident);

private:
    Shard(std::unique_ptr<net::Reactor> reactor, net::TransportOptions options);

    std::shared_ptr<ShardLine> line_;
    std::unique_ptr<net::Reactor> reactor_;
    std::unique_ptr<net::CurlTransport> transport_;
    SystemRng rng_;
    std::unordered_map<const Resident*, std::shared_ptr<Resident>> residents_;
    std::thread thread_;
};

}  // namespace cortex
