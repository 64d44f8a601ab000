// Judges the messages of a JSON-lines file (`id`, `prompt`, and where they exist `turns`, `system`, `tools`), for the figures of
// docs/thinking.md and for fitting the weights.
//
//   need_scores FILE.jsonl                 id,score,need,hard as CSV; the score is the need
//   need_scores FILE.jsonl --features OUT  what the estimate sees: a row of 32-bit floats, then a count and buckets as 32-bit integers

#include "brain/message.hpp"
#include "brain/need.hpp"
#include "brain/ngrams.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

using cortex::brain::TurnFacts;
namespace json = boost::json;

std::string_view text_of(const json::object& row, std::string_view key) {
    const json::value* value = row.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

TurnFacts facts_of(const json::object& row) {
    TurnFacts facts{.prompt = text_of(row, "prompt"), .system = text_of(row, "system")};
    if (const json::value* turns = row.if_contains("turns"); turns != nullptr && turns->is_array()) {
        for (const json::value& turn : turns->get_array()) {
            const std::string_view role = text_of(turn.as_object(), "role");
            if (role == "user") {
                facts.last_prompt = text_of(turn.as_object(), "content");
                ++facts.turns;
            } else if (role == "assistant") {
                facts.last_answer = text_of(turn.as_object(), "content");
            }
        }
    }
    if (const json::value* tools = row.if_contains("tools"); tools != nullptr && tools->is_array()) {
        facts.tools = tools->get_array().size();
        for (const json::value& tool : tools->get_array()) {
            const json::value* parameters = tool.as_object().if_contains("parameters");
            if (parameters != nullptr && parameters->is_array())
                facts.tool_parameters += parameters->get_array().size();
        }
    }
    return facts;
}

void write_u32(std::ofstream& out, std::uint32_t value) {
    out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

void write_features(std::ofstream& out, const TurnFacts& facts) {
    const cortex::brain::Message message(facts);
    out.write(reinterpret_cast<const char*>(message.features().data()), sizeof(cortex::brain::Features));
    std::vector<std::uint32_t> buckets;
    cortex::brain::each_ngram(message.plain(), [&buckets](std::uint32_t bucket) { buckets.push_back(bucket); });
    std::sort(buckets.begin(), buckets.end());
    buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
    write_u32(out, static_cast<std::uint32_t>(buckets.size()));
    for (const std::uint32_t bucket : buckets) write_u32(out, bucket);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && !(argc == 4 && std::string_view(argv[2]) == "--features")) {
        std::cerr << "usage: need_scores FILE.jsonl [--features OUT]\n";
        return 2;
    }
    std::ifstream in(argv[1]);
    if (!in) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1;
    }
    std::ofstream features;
    if (argc == 4) features.open(argv[3], std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) continue;
        const json::value value = json::parse(line);
        const TurnFacts facts = facts_of(value.as_object());
        if (features.is_open()) {
            write_features(features, facts);
            continue;
        }
        const cortex::brain::Assessment found = cortex::brain::assess(facts);
        std::printf("%s,%.6f,%.6f,%d\n", std::string(text_of(value.as_object(), "id")).c_str(), found.need, found.need,
                    found.hard ? 1 : 0);
    }
    return features.is_open() && !features ? 1 : 0;
}
