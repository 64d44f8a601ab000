#pragma once
// Responses that may be named later, and which of their items belong together.

#include "json_util.hpp"

#include <deque>
#include <string>
#include <unordered_map>

namespace emulator {

struct StoredResponse {
    std::string id;
    json::array history;  ///< its input and its output
    json::object body;
};

class ResponseStore {
public:
    void keep(StoredResponse response);
    bool remove(const std::string& id);
    [[nodiscard]] const StoredResponse* find(const std::string& id) const;
    [[nodiscard]] const json::value* find_item(const std::string& id) const;

    /// Every item that followed reasoning needs it wherever it is named by its id.
    void remember_pairs(const json::array& output);
    /// Throws Rejection for an item whose reasoning is not in the input.
    void check_pairs(const json::array& items) const;

    void clear();

private:
    std::deque<StoredResponse> responses_;  ///< oldest first
    std::unordered_map<std::string, std::string> reasoning_of_;  ///< ids of reasoning by ids of what followed it
    std::deque<std::string> remembered_;                         ///< keys of it, oldest first
};

}  // namespace emulator
