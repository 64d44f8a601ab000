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
    : line_(std::make_shared<ShardLine>()), reactor_(std::move(reactor)), transport_(std::make_unique<net::CurlTransport>(*reactor_, std::move(options))) {
    line_->shard_ = this;
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "cortex-shard");
        reactor_->run();
        residents_.clear();
        transport_.reset();
    });
}

Shard::~Shard() {
    {
        const std::lock_guard lock(line_->mutex_);
        line_->shard_ = nullptr;
    }
    reactor_->stop();
    thread_.join();
}

void ShardLine::post(net::Task task) {
    const std::lock_guard lock(mutex_);
    if (shard_ != nullptr) shard_->post(std::move(task));
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
