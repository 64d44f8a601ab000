// Tools for models that call them by the answer's schema: the offer, the answer as it arrives, and the history.
#include "dialects/openai_chat/schema_answer.hpp"

#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using dialects::openai_chat::SchemaAnswer;
using testing::HasSubstr;
using testing::Not;

struct Read {
    std::string shown;
    std::optional<ToolUseBlock> call;
};

Read read(std::string_view answer, const std::vector<std::size_t>& cuts = {}) {
    SchemaAnswer reader;
    Read out;
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        out.shown += reader.feed(answer.substr(begin, cut - begin));
        begin = cut;
    }
    out.shown += reader.feed(answer.substr(begin));
    SchemaAnswer::End end = std::move(reader).finish();
    out.shown += end.text;
    out.call = end.call;
    return out;
}

void expect_the_same_at_every_cut(std::string_view answer, const std::string& shown, const std::string& input) {
    std::vector<std::vector<std::size_t>> cuts{{}};
    std::vector<std::size_t> every;
    for (std::size_t i = 1; i < answer.size(); ++i) {
        // Pieces are whole characters: they come out of JSON strings.
        if ((static_cast<unsigned char>(answer[i]) & 0xC0U) == 0x80U) continue;
        cuts.push_back({i});
        every.push_back(i);
    }
    cuts.push_back(every);
    for (const auto& cut : cuts) {
        const Read got = read(answer, cut);
        ASSERT_EQ(got.shown, shown) << answer;
        ASSERT_EQ(got.call ? got.call->input : "", input) << answer;
    }
}

TEST(SchemaAnswer, shows_a_final_answer_and_keeps_a_call_however_it_is_cut) {
    expect_the_same_at_every_cut(R"({"tool": "final_answer", "arguments": {"text": "It is \"5\".\nSo."}})",
                                 "It is \"5\".\nSo.", "");
    expect_the_same_at_every_cut(R"( {"tool":"final_answer","arguments":{"text":"\ud83d\ude00 caf\u00e9 ü"}})",
                                 "😀 café ü", "");
    expect_the_same_at_every_cut(R"({"arguments": {"text": "turned"}, "tool": "final_answer"})", "turned", "");
    expect_the_same_at_every_cut(R"({"tool": "look", "arguments": {"q":  "x"}})", "", R"({"q":  "x"})");
    expect_the_same_at_every_cut("Just words, {not JSON}.", "Just words, {not JSON}.", "");
    expect_the_same_at_every_cut(R"({"answer": 5})", R"({"answer": 5})", "");
    expect_the_same_at_every_cut(R"({"tool": "look", "argu)", R"({"tool": "look", "argu)", "");
    expect_the_same_at_every_cut(R"({"tool": "final_answer", "arguments": {"text": "cut he)", "cut he", "");
}

TEST(SchemaAnswer, shows_a_final_answer_before_it_is_whole) {
    SchemaAnswer reader;
    EXPECT_EQ(reader.feed(R"({"tool": "final_answer", "arguments": {"text": "It)"), "It");
    EXPECT_EQ(reader.feed(" is"), " is");
    EXPECT_EQ(reader.feed("\\"), "");
    EXPECT_EQ(reader.feed("n5\"}}"), "\n5");
}

ModelCall small_model_call(std::vector<Message> messages) {
    ModelCall call = with_tools(call_of(std::move(messages), "Sys"));
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->tool_use = false;
    model->tools_by_schema = true;
    call.model = model;
    return call;
}

std::string encode(const ModelCall& call) { return *dialects::openai_chat::Dialect().encode(call); }

TEST(ToolsBySchema, are_offered_in_the_answers_schema_with_a_final_answer_beside_them) {
    const auto body = boost::json::parse(encode(small_model_call({user("a")})));
    EXPECT_FALSE(body.as_object().contains("tools"));
    EXPECT_EQ(body.at("temperature").to_number<double>(), 0.0);
    const auto& choices = body.at("response_format").at("json_schema").at("schema").at("anyOf").as_array();
    ASSERT_EQ(choices.size(), 3U);
    EXPECT_EQ(choices[0].at("properties").at("tool").at("const").as_string(), "look");
    EXPECT_EQ(choices[0].at("properties").at("arguments").at("required").at(0).as_string(), "q");
    EXPECT_EQ(choices[2].at("properties").at("tool").at("const").as_string(), "final_answer");
    EXPECT_THAT(std::string(body.at("messages").at(0).at("content").as_string()),
                HasSubstr("- look: Looks something up."));
}

TEST(ToolsBySchema, are_told_of_in_the_shape_in_which_they_are_asked_for) {
    const ModelCall call = small_model_call(
        {user("a"), assistant({block(ToolUseBlock{"t1", "look", R"({"q": "x"})"})}), results({result("t1", "5")})});
    const auto body = boost::json::parse(encode(call));
    EXPECT_EQ(boost::json::serialize(body.at("messages").at(2)),
              R"({"role":"assistant","content":"{\"tool\":\"look\",\"arguments\":{\"q\": \"x\"}}"})");
    EXPECT_EQ(boost::json::serialize(body.at("messages").at(3)),
              R"({"role":"user","content":"[Result of the tool look]\n5"})");
}

TEST(ToolsBySchema, are_not_offered_where_the_choice_is_none_or_the_model_knows_no_schema) {
    ModelCall call = small_model_call({user("a")});
    call.tool_choice = ToolChoice::none;
    EXPECT_THAT(encode(call), Not(HasSubstr("response_format")));
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->tools_by_schema = false;
    call.model = model;
    call.tool_choice = ToolChoice::automatic;
    EXPECT_THAT(encode(call), Not(HasSubstr("response_format")));
    EXPECT_THAT(encode(call), Not(HasSubstr("look")));
}

std::optional<MessageDone> decode(const ModelCall& call, const std::string& text) {
    const auto decoder = dialects::openai_chat::Dialect().decoder(call);
    std::vector<StreamEvent> out;
    boost::json::object message{{"role", "assistant"}, {"content", text}};
    boost::json::object choice{{"index", 0}, {"finish_reason", "stop"}, {"message", std::move(message)}};
    decoder->on_document(
        boost::json::serialize(boost::json::object{{"id", "x"}, {"choices", boost::json::array{std::move(choice)}}}),
        out);
    for (StreamEvent& event : out)
        if (auto* done = std::get_if<MessageDone>(&event)) return std::move(*done);
    return std::nullopt;
}

TEST(ToolsBySchema, answers_come_to_calls_and_to_text) {
    const ModelCall call = small_model_call({user("a")});
    const auto called = decode(call, R"({"tool":"look","arguments":{"q":"x"}})");
    ASSERT_TRUE(called);
    EXPECT_EQ(called->stop, StopReason::tool_calls);
    ASSERT_EQ(called->message.content.size(), 1U);
    const auto* use = called->message.content.front().as<ToolUseBlock>();
    ASSERT_NE(use, nullptr);
    EXPECT_EQ(use->name, "look");
    EXPECT_EQ(use->input, R"({"q":"x"})");
    EXPECT_FALSE(use->id.empty());
    const auto answered = decode(call, R"({"tool":"final_answer","arguments":{"text":"5"}})");
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->stop, StopReason::stop);
    EXPECT_EQ(text_of(answered->message), "5");
}

TEST(ToolsBySchema, an_answer_that_was_not_asked_for_by_schema_is_text_whatever_it_looks_like) {
    const auto answered = decode(with_tools(call_of({user("a")})), R"({"tool":"look","arguments":{}})");
    ASSERT_TRUE(answered);
    EXPECT_EQ(text_of(answered->message), R"({"tool":"look","arguments":{}})");
}

}  // namespace
}  // namespace cortex::test
