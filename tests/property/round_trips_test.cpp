// A conversation that leaves a model for another and comes back: its own answers return byte for byte, and of what others said or did
// every model sees all that it can hold. The table below is what a model cannot; a line of it that never happens fails as well.
#include "histories.hpp"
#include "pieces.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

namespace cortex::property {
namespace {

enum class Piece { text, media, title, tool_name, tool_input, result_text, result_media };

std::string_view to_string(Piece piece) {
    switch (piece) {
        case Piece::text: return "text";
        case Piece::media: return "media";
        case Piece::title: return "title of a document";
        case Piece::tool_name: return "name of a tool";
        case Piece::tool_input: return "input of a call";
        case Piece::result_text: return "text of a result";
        case Piece::result_media: return "media in a result";
    }
    return "";
}

/// What a request by that dialect or model has no place for.
struct Loss {
    std::string_view target;   ///< The beginning of its name.
    Piece piece;
    std::string_view why;
};
constexpr Loss losses[]{
    {"gpt-4o", Piece::title, "Chat Completions has names for files only: not for texts and addresses"},
    {"gpt-5-mini on dated", Piece::title, "the same"},
    {"vllm-", Piece::title, "the same"},
    {"qwen", Piece::title, "the same"},
    {"gpt-5", Piece::title, "Responses has no name for a file that it fetches from an address"},
    {"gpt-6", Piece::title, "the same"},
    {"gpt-4o on dated", Piece::media, "Azure's Chat Completions takes no files; a sentence names the document"},
    {"gpt-4o on dated", Piece::result_media, "the same"},
    {"gpt-5-mini on dated", Piece::media, "the same"},
    {"gpt-5-mini on dated", Piece::result_media, "the same"},
    {"claude-sonnet-4-5 on", Piece::title, "Bedrock and Vertex AI fetch nothing: they are told the address"},
    {"gemini-", Piece::title, "generateContent has no names for files"},
    {"gemini-2.5", Piece::result_media, "before Gemini 3 the result of a function is JSON only; a sentence says so"},
};

using Needles = std::vector<std::pair<Piece, std::string>>;

void add_media(const MediaSource& source, Piece piece, Needles& out) {
    for (const std::string* text : {&source.base64, &source.url, &source.text})
        if (!text->empty()) out.emplace_back(piece, *text);
}

void add_block(const ContentBlock& block, bool in_result, Needles& out) {
    if (const auto* text = block.as<TextBlock>(); text != nullptr && !trim(text->text).empty())
        out.emplace_back(in_result ? Piece::result_text : Piece::text, text->text);
    if (const auto* image = block.as<ImageBlock>()) add_media(image->source, in_result ? Piece::result_media : Piece::media, out);
    if (const auto* document = block.as<DocumentBlock>()) {
        add_media(document->source, in_result ? Piece::result_media : Piece::media, out);
        if (!document->title.empty()) out.emplace_back(Piece::title, document->title);
    }
}

/// Whether a name or an input goes out as it was written.
bool is_plain(const ToolUseBlock& call) {
    return call.name.size() <= 64 && !call.name.empty() &&
           call.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos &&
           !(call.name[0] >= '0' && call.name[0] <= '9') && call.name[0] != '-';
}

Needles needles_of(const History& history) {
    Needles out;
    std::set<std::string> open;
    for (const MessagePtr& message : history.messages) {
        for (const ContentBlock& block : message->content) {
            add_block(block, false, out);
            if (const auto* call = block.as<ToolUseBlock>()) {
                open.insert(call->id);
                if (is_plain(*call)) out.emplace_back(Piece::tool_name, call->name);
                if (!trim(call->input).empty() && call->input.find("half a pair") == std::string::npos) out.emplace_back(Piece::tool_input, call->input);
            }
            // A result of nobody's call has no place anywhere.
            if (const auto* result = block.as<ToolResultBlock>(); result != nullptr && open.contains(result->tool_use_id))
                for (const ContentBlock& part : result->content) add_block(part, true, out);
        }
        if (message->role == Role::user) open.clear();
    }
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out.substr(1, out.size() - 2);
}

/// As it is, as a JSON string, or as one inside another.
bool holds(const std::string& body, const std::string& needle) {
    const std::string once = escaped(needle);
    return body.find(needle) != std::string::npos || body.find(once) != std::string::npos || body.find(escaped(once)) != std::string::npos;
}

Body encoded(const Target& target, const History& history, const Need& need) {
    const ModelCall call = plan(target, history, need, false).call;
    return target.choice->channel->dialect_for(*call.model).encode(call);
}

TEST(RoundTrips, nothing_is_lost_but_what_the_other_vendor_has_no_place_for) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 300);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261129);
    std::map<std::size_t, int> used;   // by the table's line
    std::size_t looked_for = 0;
    Vendors vendors;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        Histories histories(rng, vendors, targets());
        const History history = histories.next(0);
        const Needles needles = needles_of(history);
        for (const Target& target : targets()) {
            const Body body = encoded(target, history, random_need(rng, target));
            for (const auto& [piece, needle] : needles) {
                ++looked_for;
                if (holds(*body, needle)) continue;
                std::size_t line = 0;
                while (line < std::size(losses) && (losses[line].piece != piece || !target.name.starts_with(losses[line].target))) ++line;
                ASSERT_LT(line, std::size(losses)) << target.name << " loses the " << to_string(piece) << ": " << needle.substr(0, 300)
                                                   << "\nCORTEX_PROPERTY_SEED=" << seed << " CORTEX_PROPERTY_RUNS=1\n" << body->substr(0, 6'000);
                ++used[line];
            }
        }
    }
    std::cout << runs << " histories from seed " << first << ": " << looked_for << " pieces looked for\n";
    for (std::size_t line = 0; runs > 1 && line < std::size(losses); ++line)
        EXPECT_GT(used[line], 0) << losses[line].target << " loses no " << to_string(losses[line].piece) << " any more: take the line out";
}

TEST(RoundTrips, a_model_gets_its_own_answers_back_as_it_wrote_them) {
    const std::uint64_t runs = number_from("CORTEX_PROPERTY_RUNS", 400);
    const std::uint64_t first = number_from("CORTEX_PROPERTY_SEED", 20261129);
    int raw_blocks = 0;
    Vendors vendors;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SeededRng rng(seed);
        Histories histories(rng, vendors, targets());
        const Target& home = rng.one_of(targets());
        const Target& away = rng.one_of(targets());
        const std::string where = home.name + " -> " + away.name + " and back, CORTEX_PROPERTY_SEED=" + std::to_string(seed) + " CORTEX_PROPERTY_RUNS=1";
        History history = histories.next(0);
        histories.talk_with(home, history);
        histories.talk_with(away, history);
        histories.add_user(history);
        ASSERT_EQ(histories.complaint(), "") << where;
        const Need need = random_need(rng, home);
        const ModelCall call = plan(home, history, need, false).call;
        const Body body = home.choice->channel->dialect_for(*call.model).encode(call);
        for (const MessagePtr& message : history.messages) {
            if (!home.wrote(*message)) continue;
            for (const ContentBlock& block : message->content) {
                if (block.raw.empty()) continue;
                ++raw_blocks;
                EXPECT_NE(body->find(block.raw), std::string::npos) << where << "\n" << block.raw.substr(0, 2'000) << "\nis not in\n" << body->substr(0, 8'000);
            }
        }
        const Vendors::Reply reply = vendors.send(home, call, body);
        ASSERT_TRUE(reply.accepted()) << where << "\n" << sentence_of(reply) << "\n" << body->substr(0, 8'000);
    }
    std::cout << runs << " round trips from seed " << first << ": " << raw_blocks << " blocks back as they were\n";
    EXPECT_GT(raw_blocks, static_cast<int>(runs) / 2);
}

}  // namespace
}  // namespace cortex::property
