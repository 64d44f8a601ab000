#include "responses_store.hpp"

#include "openai_words.hpp"

#include <algorithm>
#include <unordered_set>

namespace emulator {

namespace {

constexpr std::size_t most_responses = 200;
constexpr std::size_t most_pairs = 20'000;

}  // namespace

void ResponseStore::keep(StoredResponse response) {
    responses_.push_back(std::move(response));
    if (responses_.size() > most_responses) {
        responses_.pop_front();
    }
}

bool ResponseStore::remove(const std::string& id) {
    return std::erase_if(responses_, [&id](const StoredResponse& response) { return response.id == id; }) > 0;
}

const StoredResponse* ResponseStore::find(const std::string& id) const {
    const auto found = std::find_if(responses_.begin(), responses_.end(),
                                    [&id](const StoredResponse& response) { return response.id == id; });
    return found == responses_.end() ? nullptr : &*found;
}

const json::value* ResponseStore::find_item(const std::string& id) const {
    for (const StoredResponse& response : responses_) {
        for (const json::value& item : response.history) {
            if (text_of(item.get_object(), "id") == id) {
                return &item;
            }
        }
    }
    return nullptr;
}

void ResponseStore::remember_pairs(const json::array& output) {
    std::string reasoning;
    for (const json::value& value : output) {
        const json::object& item = value.get_object();
        if (text_of(item, "type") == "reasoning") {
            reasoning = text_of(item, "id");
        } else if (!reasoning.empty()) {
            remembered_.push_back(text_of(item, "id"));
            reasoning_of_[remembered_.back()] = reasoning;
        }
    }
    while (remembered_.size() > most_pairs) {
        reasoning_of_.erase(remembered_.front());
        remembered_.pop_front();
    }
}

void ResponseStore::check_pairs(const json::array& items) const {
    std::unordered_set<std::string> present;
    for (const json::value& value : items) {
        const json::object& item = value.get_object();
        const std::string id = text_of(item, "id");
        if (id.empty()) {
            continue;
        }
        const auto needed = reasoning_of_.find(id);
        if (needed != reasoning_of_.end() && !present.contains(needed->second)) {
            const std::string type = text_of(item, "type");
            openai::reject("Item '" + id + "' of type '" + (type.empty() ? "message" : type) +
                               "' was provided without its required 'reasoning' item: '" + needed->second + "'.",
                           "input");
        }
        if (!present.insert(id).second) {
            openai::reject(
                "Duplicate item found with id " + id + ". Remove duplicate items from your input and try again.",
                "input");
        }
    }
}

void ResponseStore::clear() {
    responses_.clear();
    reasoning_of_.clear();
    remembered_.clear();
}

}  // namespace emulator
