#include "engine/credential_desk.hpp"

#include <utility>

namespace cortex {

void CredentialDesk::ask(std::shared_ptr<const ProviderEntry> entry, const std::optional<Credential>& refused, Deadline deadline, Answer answer) {
    if (refused) entry->source->refused(*refused);
    if (!entry->source_shared) {
        workers_.post([this, entry = std::move(entry), deadline, answer = std::move(answer)] {
            World world = world_;
            world.deadline = deadline;
            answer(fetch_credential(*entry, world));
        });
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        const auto [flight, first] = waiting_.try_emplace(entry.get());
        if (answer) flight->second.push_back(std::move(answer));
        if (!first) return;
    }
    workers_.post([this, entry = std::move(entry)] { fly(entry); });
}

void CredentialDesk::renew(std::shared_ptr<const ProviderEntry> entry) { ask(std::move(entry), std::nullopt, {}, nullptr); }

void CredentialDesk::fly(const std::shared_ptr<const ProviderEntry>& entry) {
    World world = world_;
    const Result<Credential> credential = fetch_credential(*entry, world);
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(mutex_);
        answers = std::move(waiting_[entry.get()]);
        waiting_.erase(entry.get());
    }
    for (const Answer& answer : answers) answer(credential);
}

}  // namespace cortex
