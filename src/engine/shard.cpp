#include "engine/shard.hpp"

#include <pthread.h>

#include <utility>

namespace cortex {

Result<std::unique_ptr<Shard>> Shard::start(const Clock& clock, net::TransportOptions options) {
    auto reactor = net::Reactor::create(clock);
    if (!reactor) return std::move(reactor).error();
    return std::unique_ptr<Shard>(new Shard(*std::move(reactor), std::move(options)));
}

Shard::Shard(std::unique_ptr<net::Reactor> reactor, net::TransportOptions options)
    : reactor_(std::move(reactor)), transport_(std::make_unique<net::CurlTransport>(*reactor_, std::move(options))) {
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "cortex-shard");
        reactor_->run();
        residents_.clear();
        transport_.reset();
    });
}

Shard::~Shard() {
    reactor_->stop();
    thread_.join();
}

void Shard::keep(std::shared_ptr<Resident> resident) {
    const Resident* key = resident.get();
    residents_.emplace(key, std::move(resident));
}

void Shard::release(const Resident* resident) {
    const auto found = residents_.find(resident);
    if (found == residents_.end()) return;
    reactor_->post([last = std::move(found->second)]() noexcept {});
    residents_.erase(found);
}

}  // namespace cortex
