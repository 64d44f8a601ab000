#pragma once
// A history as turns: neighbouring contents of one role are one turn, as the service reads them.

#include "gemini_call.hpp"

#include <vector>

namespace emulator {

struct PlacedPart {
    const json::object* part = nullptr;
    std::size_t content = 0;  ///< index of its content
    std::size_t index = 0;    ///< in that content

    [[nodiscard]] std::string path() const;
};

struct GeminiTurn {
    bool model = false;
    std::vector<PlacedPart> parts;

    /// The parts whose data field is this.
    [[nodiscard]] std::vector<PlacedPart> all(std::string_view data) const;
};

[[nodiscard]] std::vector<GeminiTurn> turns_of(const json::object& body);

/// Index of the content that began the current turn: the last one of the user's that holds more than function
/// responses.
[[nodiscard]] std::size_t start_of_current_turn(const json::object& body);

}  // namespace emulator
