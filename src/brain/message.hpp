#pragma once

#include "brain/features.hpp"
#include "brain/need.hpp"
#include "brain/reading.hpp"

#include <string>
#include <string_view>

namespace cortex::brain {

/// How much of a message is looked at, at most: its first and its last bytes. Tasks stand at the ends, material between them.
inline constexpr std::size_t head_bytes = 6144;
inline constexpr std::size_t tail_bytes = 2048;

/// A message prepared for judging. Not copied or moved: `reading` points into `plain`.
class Message {
public:
    explicit Message(const TurnFacts& facts);
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    const std::string& plain() const noexcept { return plain_; }
    const Reading& reading() const noexcept { return reading_; }
    const Features& features() const noexcept { return features_; }

private:
    std::string joined_ = {};  ///< Both ends of a message that is longer than what is looked at.
    std::string plain_ = {};
    Reading reading_ = {};
    Features features_ = {};
};

}  // namespace cortex::brain
