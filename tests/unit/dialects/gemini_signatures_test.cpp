// Thought signatures: what the model wrote goes back to it byte for byte and in order, and the placeholder stands in for what
// is missing or somebody else's.
#include "core/json_slice.hpp"
#include "dialects/gemini/dialect.hpp"
#include "unit/dialects/gemini_support.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace cortex::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view stand_in = R"("thoughtSignature":"skip_thought_signature_validator")";

std::string encode(const ModelCall& call) { return *dialects::gemini::Dialect().encode(call); }

Message decoded(const std::string& parts) {
    const Played played = play_document(dialects::gemini::Dialect(),
                                        R"({"candidates":[{"content":{"role":"model","parts":)" + parts + R"(},"finishReason":"STOP"}],"responseId":"r"})");
    EXPECT_TRUE(played.done) << parts;
    Message message = played.done ? played.done->message : Message{};
    message.origin = {.provider = "gemini", .model = std::string(gemini_model), .account = {}};
    return message;
}

Message answers_to(const Message& message) {
    std::vector<ContentBlock> blocks;
    for (const ContentBlock& content : message.content)
        if (const auto* use = content.as<ToolUseBlock>()) blocks.push_back(result(use->id, "done"));
    blocks.push_back(block(TextBlock{"go on"}));
    return results(std::move(blocks));
}

/// The parts of the model's content in a request for "a", then that message, then its answers.
std::vector<std::string> sent_parts(const std::string& body) {
    std::vector<std::string> out;
    for (const std::string_view content : slice_elements(slice_member(body, "contents").value_or("")))
        if (slice_member(content, "role") == R"("model")")
            for (const std::string_view part : slice_elements(slice_member(content, "parts").value_or(""))) out.emplace_back(part);
    return out;
}

TEST(GeminiSignatures, parts_that_say_more_than_a_text_come_back_byte_for_byte_and_in_order) {
    std::mt19937 random(7);
    const auto pick = [&](unsigned n) { return static_cast<unsigned>(random()) % n; };
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> parts;
        std::string list = "[";
        const unsigned count = 1 + pick(6);
        for (unsigned i = 0; i < count; ++i) {
            const std::string signature = fmt::format("{}\"thoughtSignature\"{}:{} \"{:x}/+_-==\"", pick(2) ? " " : "", pick(2) ? " " : "", pick(2) ? "\t" : "", random());
            switch (pick(6)) {
                case 0: parts.push_back(fmt::format(R"({{"text":"t{} \u00e4\n",{}}})", i, signature)); break;
                case 1: parts.push_back(fmt::format(R"({{{},"text":""}})", signature)); break;
                case 2: parts.push_back(fmt::format(R"({{"functionCall":{{"args":{{"x":{}.0,"y":[ ]}},"name":"look"{}}}, {}}})", i, pick(2) ? fmt::format(R"(,"id":"c{}")", i) : "", signature)); break;
                case 3: parts.push_back(fmt::format(R"x({{"executableCode":{{"language":"PYTHON","code":"print({})"}}}})x", i)); break;
                case 4: parts.push_back(fmt::format(R"({{"text":"thought {}","thought":true,{}}})", i, signature)); break;
                default: parts.push_back(fmt::format(R"({{"toolCall":{{"toolType":"GOOGLE_SEARCH","id":"s{}"}},{}}})", i, signature)); break;
            }
            list += (list.size() > 1 ? "," : "") + parts.back();
        }
        // A first call without a signature would be given the placeholder; here every call has one.
        const Message message = decoded(list + "]");
        EXPECT_EQ(sent_parts(encode(gemini_call({user("a"), message, answers_to(message)}))), parts) << list;
    }
}

TEST(GeminiSignatures, only_the_first_call_of_an_answer_needs_one_and_the_others_stay_as_they_are) {
    const std::string parallel = R"([{"functionCall":{"name":"look","args":{}},"thoughtSignature":"UzE="},{"functionCall":{"name":"add","args":{}}}])";
    const Message message = decoded(parallel);
    const std::string body = encode(gemini_call({user("a"), message, answers_to(message)}));
    EXPECT_THAT(body, HasSubstr(parallel.substr(1, parallel.size() - 2)));
    EXPECT_THAT(body, Not(HasSubstr(stand_in)));
}

TEST(GeminiSignatures, a_call_that_lost_its_signature_gets_the_placeholder) {
    const Message message = decoded(R"([{"functionCall":{"name":"look","args":{}}},{"functionCall":{"name":"add","args":{}}}])");
    EXPECT_THAT(encode(gemini_call({user("a"), message, answers_to(message)})),
                HasSubstr(R"([{"functionCall":{"name":"look","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"add","args":{}}}])"));
}

TEST(GeminiSignatures, every_step_of_another_model_gets_the_placeholder_on_its_first_call) {
    const auto calls = [](const std::string& id) { return assistant({block(ThinkingBlock{"hm", "claude's"}), block(ToolUseBlock{id, "look", "{}"}), block(ToolUseBlock{id + "b", "add", "{}"})}); };
    const std::vector<Message> messages{user("a"), calls("t1"), results({result("t1", "x"), result("t1b", "y")}), calls("t2"), results({result("t2", "x"), result("t2b", "y")})};
    const std::string body = encode(gemini_call(messages));
    EXPECT_EQ(sent_parts(body), (std::vector<std::string>{R"({"functionCall":{"name":"look","args":{}},"thoughtSignature":"skip_thought_signature_validator"})",
                                                          R"({"functionCall":{"name":"add","args":{}}})",
                                                          R"({"functionCall":{"name":"look","args":{}},"thoughtSignature":"skip_thought_signature_validator"})",
                                                          R"({"functionCall":{"name":"add","args":{}}})"}));
    EXPECT_THAT(body, Not(HasSubstr("claude")));
    EXPECT_THAT(body, Not(HasSubstr("\"id\""))) << "these ids are not the model's own";
    EXPECT_THAT(encode(gemini_call(messages, {}, "gemini-2.5-flash")), Not(HasSubstr("thoughtSignature"))) << "it does not ask for any";
}

TEST(GeminiSignatures, signatures_never_go_to_another_model_or_provider) {
    Message message = decoded(R"([{"text":"t","thoughtSignature":"UzE="},{"functionCall":{"id":"c1","name":"look","args":{"x":1}},"thoughtSignature":"UzI="},{"executableCode":{"code":"1"},"thoughtSignature":"UzM="}])");
    for (const Origin& origin : {Origin{"gemini", "gemini-4-carbon", ""}, Origin{"work-gemini", std::string(gemini_model), ""}}) {
        message.origin = origin;
        EXPECT_EQ(sent_parts(encode(gemini_call({user("a"), message, answers_to(message)}))),
                  (std::vector<std::string>{R"({"text":"t"})", R"({"functionCall":{"name":"look","args":{"x":1}},"thoughtSignature":"skip_thought_signature_validator"})"}));
    }
}

TEST(GeminiSignatures, signatures_that_were_refused_give_way_to_the_placeholder) {
    const Message message = decoded(
        R"([{"text":"plan","thought":true,"thoughtSignature":"UzA="},{"text":"t","thoughtSignature":"UzE="},{"functionCall":{"id":"c1","name":"look","args":{"x":1}},"thoughtSignature":"UzI="},{"functionCall":{"name":"add","args":{}}},{"executableCode":{"code":"1"},"thoughtSignature":"UzM="}])");
    for (const std::string& model : {std::string(gemini_model), std::string("gemini-2.5-flash")}) {
        Message own = message;
        own.origin.model = model;
        ModelCall call = gemini_call({user("a"), own, answers_to(own)}, {}, model);
        call.without_thinking_blocks = true;
        const std::string body = encode(call);
        EXPECT_EQ(sent_parts(body), (std::vector<std::string>{
                                        R"({"text":"t"})", R"({"functionCall":{"id":"c1","name":"look","args":{"x":1}},"thoughtSignature":"skip_thought_signature_validator"})",
                                        R"({"functionCall":{"name":"add","args":{}}})", R"({"executableCode":{"code":"1"},"thoughtSignature":"skip_thought_signature_validator"})"}));
        EXPECT_THAT(body, HasSubstr(R"({"functionResponse":{"id":"c1","name":"look")"));
    }
}

TEST(GeminiSignatures, ids_that_are_made_up_are_stable_and_differ_within_and_between_answers) {
    const std::string parts = R"([{"functionCall":{"name":"look","args":{}},"thoughtSignature":"UzE="},{"functionCall":{"name":"look","args":{}}}])";
    const auto ids = [](const Message& message) {
        std::vector<std::string> out;
        for (const ContentBlock& content : message.content) out.push_back(content.as<ToolUseBlock>()->id);
        return out;
    };
    const std::vector<std::string> first = ids(decoded(parts));
    EXPECT_EQ(ids(decoded(parts)), first);
    EXPECT_NE(first[0], first[1]);
    EXPECT_THAT(first, testing::Each(testing::MatchesRegex("call_[0-9a-f]{16}")));
    const Played other = play_document(dialects::gemini::Dialect(), R"({"candidates":[{"content":{"parts":)" + parts + R"(},"finishReason":"STOP"}],"responseId":"s"})");
    ASSERT_TRUE(other.done);
    EXPECT_NE(ids(other.done->message)[0], first[0]);
}

}  // namespace
}  // namespace cortex::test
