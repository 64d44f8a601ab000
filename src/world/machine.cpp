#include "world/machine.hpp"

#include <condition_variable>
#include <mutex>
#include <random>
#include <unordered_map>
#include <utility>

#include <unistd.h>

namespace cortex::world {
namespace {

void pause(std::chrono::milliseconds span, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, span, [] { return false; });
}

std::string random_bytes(std::size_t count) {
    std::random_device source;
    std::string bytes;
    bytes.reserve(count);
    while (bytes.size() < count) bytes.push_back(static_cast<char>(source() & 0xFFU));
    return bytes;
}

}  // namespace

Machine::Machine() {
    auto variables = std::make_shared<std::unordered_map<std::string, std::string>>();
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) variables->emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    world_.env = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables->find(std::string(name));
        return found == variables->end() ? std::nullopt : std::optional(found->second);
    };
    net::TransportOptions transport;
    transport.env = world_.env;
    web_ = std::make_unique<CurlWeb>(clock_, std::move(transport));
    world_.clock = &clock_;
    world_.files = &files_;
    world_.processes = &processes_;
    world_.web = web_.get();
    world_.pause = pause;
    world_.random = random_bytes;
}

std::shared_ptr<const World> Machine::create() {
    std::shared_ptr<const Machine> machine(new Machine());
    const World* const world = &machine->world_;
    return {std::move(machine), world};
}

}  // namespace cortex::world
