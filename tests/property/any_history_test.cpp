// Whatever a conversation went through, every model takes it: random histories, with answers of models that are gone and real
// ones of the emulator's, are sent to every dialect, place and generation. CORTEX_PROPERTY_RUNS is the number of histories
// (default 2,000, each to a few targets; from 10,000 on each to all), CORTEX_PROPERTY_SEED the first seed.
#include "histories.hpp"
#include "pieces.hpp"
#include "shrink.hpp"

#include "agent/tool_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

namespace cortex::property {
namespace {

constexpr std::uint64_t long_form = 10'000;
constexpr std::size_t targets_of_the_short_form = 3;

/// A sentence without its numbers and quoted words, so that one cause is one entry.
std::string kind_of(const std::string& sentence) {
    std::string out;
    for (const char c : sentence.substr(0, 200))
        if (c < '0' || c > '9') out.push_back(c);
    return out;
}

/// Each cause with the first history that shows it.
class Refusals {
public:
    void add(std::uint64_t seed, const Target& target, const std::string& sentence, const std::string& request) {
        Entry& entry = entries_[target.name + ": " + kind_of(sentence)];
        if (entry.count++ == 0) entry.first = "CORTEX_PROPERTY_SEED=" + std::to_string(seed) + " CORTEX_PROPERTY_RUNS=1: " + sentence + "\n" + request;
    }
    std::string text() const {
        std::string out;
        for (const auto& [kind, entry] : entries_) out += "\n" + std::to_string(entry.count) + " times " + kind + "\n  " + entry.first + "\n";
        return out;
    }
    bool known(const Target& target, const std::string& sentence) const { return entries_.contains(target.name + ": " + kind_of(sentence)); }

private:
    struct Entry {
        int count = 0;
        std::string first;
    };
    std::map<std::string, Entry> entries_;
};

/// What the vendor says to it; empty: accepted, and nothing of another vendor's secrets in it.
std::string objection(Vendors& vendors, const Target& target, const History& history, const Need& need, bool stream, std::string* request = nullptr) {
    const ModelCall call = plan(target, history, need, stream).call;
    const Body body = target.choice->channel->dialect_for(*call.model).encode(call);
    if (request != nullptr) *request = body->substr(0, 6'000);
    if (body->find(for_its_own_vendor) != std::string::npos) return "another vendor's secret is in the request";
    const Vendors::Reply reply = vendors.send(target, call, body);
    return reply.accepted() ? std::string() : sentence_of(reply);
}

TEST(AnyHistory, is_taken_by_every_target) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 2'000);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261129);
    const std::size_t asked = runs == 1 || runs >= long_form ? targets().size() : targets_of_the_short_form;
    Refusals refusals;
    std::uint64_t requests = 0;
    std::uint64_t answers = 0;
    std::uint64_t messages = 0;
    Vendors vendors;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        Histories histories(rng, vendors, targets());
        const History history = histories.next(30);
        if (!histories.complaint().empty()) refusals.add(seed, targets().front(), "while it was made: " + histories.complaint(), "");
        answers += static_cast<std::uint64_t>(histories.answers());
        messages += history.messages.size();
        const std::size_t begin = rng.below(targets().size());
        for (std::size_t i = 0; i < asked; ++i) {
            const Target& target = targets()[(begin + i * 7) % targets().size()];
            const Need need = random_need(rng, target);
            const bool stream = rng.chance(50);
            ++requests;
            const std::string sentence = objection(vendors, target, history, need, stream);
            if (sentence.empty()) continue;
            std::string request;
            if (!refusals.known(target, sentence)) {
                const History least = shrunk(history, [&](const History& smaller) {
                    return kind_of(objection(vendors, target, smaller, need, stream)) == kind_of(sentence);
                });
                objection(vendors, target, least, need, stream, &request);
            }
            refusals.add(seed, target, sentence, request);
        }
    }
    std::cout << runs << " histories from seed " << first << ": " << messages << " messages, " << answers << " real answers, " << requests
              << " requests to " << targets().size() << " targets\n";
    EXPECT_EQ(refusals.text(), "");
    EXPECT_GT(answers, runs / 4) << "answers with real signatures are what this is about";
}

TEST(AnyHistory, is_made_of_tools_that_an_engine_takes) {
    SeededRng rng(number_from("CORTEX_PROPERTY_SEED", 20261129));
    for (int i = 0; i < 100; ++i) {
        std::vector<Tool> tools;
        for (ToolDefinition& tool : random_tools(rng))
            tools.push_back({.name = std::move(tool.name), .description = std::move(tool.description), .input_schema = std::move(tool.input_schema)});
        const auto made = agent::ToolSet::create(std::move(tools));
        EXPECT_TRUE(made) << made.error().message;
    }
}

}  // namespace
}  // namespace cortex::property
