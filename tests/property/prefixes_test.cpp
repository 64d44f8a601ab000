// A vendor's prompt cache serves a request that begins with an earlier one: as a conversation grows, whoever answers in between,
// what a model was sent before stays as it was, byte for byte.
#include "histories.hpp"
#include "wire.hpp"

#include "core/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace cortex::property {
namespace {

/// Something in it that every model gets to see.
bool says_something(const Message& message) {
    return std::any_of(message.content.begin(), message.content.end(), [](const ContentBlock& block) {
        const auto* text = block.as<TextBlock>();
        return block.as<ToolUseBlock>() != nullptr || (text != nullptr && !trim(text->text).empty());
    });
}

TEST(Prefixes, of_a_growing_history_stay_the_same_for_every_target) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 200);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261129);
    std::size_t compared = 0;
    Vendors vendors;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        Histories histories(rng, vendors, targets());
        const History whole = histories.next(30);
        for (const Target& target : targets()) {
            const Need need = random_need(rng, target);
            std::optional<Wire> before;
            bool answered = false;   // since `before`
            for (std::size_t length = 1; length <= whole.messages.size(); ++length) {
                if (whole.messages[length - 1]->role == Role::assistant) {
                    answered = answered || says_something(*whole.messages[length - 1]);
                    continue;
                }
                const History part{.prefix = whole.prefix, .messages = {whole.messages.begin(), whole.messages.begin() + static_cast<std::ptrdiff_t>(length)}};
                const ModelCall call = plan(target, part, need, false).call;
                Wire now = wire_of(*target.choice->channel->dialect_for(*call.model).encode(call));
                if (before) {
                    ++compared;
                    ASSERT_EQ(breach(*before, now, !answered), "") << target.name << " CORTEX_PROPERTY_SEED=" << seed << " CORTEX_PROPERTY_RUNS=1";
                }
                before = std::move(now);
                answered = false;
            }
        }
    }
    std::cout << runs << " histories from seed " << first << ": " << compared << " pairs of requests\n";
    EXPECT_GT(compared, runs * targets().size()) << "histories must grow, or nothing was compared";
}

}  // namespace
}  // namespace cortex::property
