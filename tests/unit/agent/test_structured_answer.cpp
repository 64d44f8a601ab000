#include "agent/structured_answer.hpp"
#include "turn_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::agent {
namespace {

using test::Bench;
using test::done;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

constexpr std::string_view person = R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0}},"required":["name","age"]})";

TurnSpec structured(bool streaming = false) {
    TurnSpec spec = test::spec_for("Who is it?");
    spec.answer = *StructuredAnswer::create(person);
    spec.streaming = streaming;
    return spec;
}

TEST(StructuredAnswer, a_schema_that_is_none_is_refused_and_the_setting_named) {
    for (const auto& [schema, words] : std::vector<std::pair<std::string, std::string>>{
             {"{", "not JSON"}, {"[]", ""}, {R"({"type":"array","items":{}})", "must be \"object\""}, {R"({"type":"object","nonesuch":1})", "nonesuch"}, {R"({"type":"objekt"})", ""}}) {
        const auto made = StructuredAnswer::create(schema);
        ASSERT_FALSE(made) << schema;
        EXPECT_EQ(made.error().code, ErrorCode::config);
        EXPECT_THAT(made.error().message, AllOf(HasSubstr("answer_schema"), HasSubstr(words)));
    }
}

TEST(StructuredAnswer, finds_the_json_in_a_fence) {
    for (const std::string_view answer : {"{\"a\":1}", "  {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```\n"}) EXPECT_EQ(StructuredAnswer::json_of(answer), "{\"a\":1}") << answer;
    EXPECT_EQ(StructuredAnswer::json_of("```"), "```");
    EXPECT_EQ(StructuredAnswer::json_of("``````"), "``````");
    EXPECT_EQ(StructuredAnswer::json_of("Here: {}"), "Here: {}");
}

TEST(StructuredAnswer, tells_what_does_not_fit) {
    const auto made = *StructuredAnswer::create(person);
    EXPECT_EQ(made->fault(R"({"name":"Ann","age":3})"), "");
    EXPECT_THAT(made->fault(R"({"name":"Ann","age":-3})"), HasSubstr("age"));
    EXPECT_THAT(made->fault(R"({"name":"Ann"})"), HasSubstr("age"));
    EXPECT_THAT(made->fault("Ann is 3."), HasSubstr("no JSON"));
    EXPECT_THAT(made->fault(R"({"name":"An)"), HasSubstr("ends too early"));
    EXPECT_THAT(made->fault(""), HasSubstr("empty"));
}

TEST(StructuredTurn, asks_the_vendor_and_gives_the_json_alone) {
    SessionLog log;
    Bench b(log, structured());
    b.on(TurnStarted{});
    ASSERT_NE(b.first<StartCall>()->spec.call.answer, nullptr);
    EXPECT_EQ(b.first<StartCall>()->spec.call.answer->schema, person);
    b.returned(done("```json\n{\"name\":\"Ann\",\"age\":3}\n```"));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result->content, R"({"name":"Ann","age":3})");
}

TEST(StructuredTurn, an_answer_that_does_not_fit_is_corrected_once_and_the_conversation_keeps_the_good_one) {
    SessionLog log;
    Bench b(log, structured());
    b.on(TurnStarted{});
    b.returned(done(R"({"name":"Ann"})"));
    EXPECT_EQ(b.first<TurnFinished>(), nullptr);
    ASSERT_NE(b.first<StartCall>(), nullptr);
    const auto& messages = b.first<StartCall>()->spec.call.messages;
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(text_of(*messages[1]), R"({"name":"Ann"})");
    EXPECT_THAT(text_of(*messages[2]), AllOf(HasSubstr("does not fit the schema"), HasSubstr("age")));
    b.returned(done(R"({"name":"Ann","age":3})"));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    const Response& response = *b.first<TurnFinished>()->result;
    EXPECT_EQ(response.content, R"({"name":"Ann","age":3})");
    EXPECT_THAT(response.metadata.degraded, Contains(HasSubstr("did not fit the schema")));
    EXPECT_EQ(response.metadata.attempts.size(), 2U) << "both are paid for";
    ASSERT_EQ(log.state().messages().size(), 2U);
    EXPECT_EQ(text_of(*log.state().messages()[1]), R"({"name":"Ann","age":3})");
}

TEST(StructuredTurn, a_second_answer_that_does_not_fit_ends_it_with_what_was_said) {
    SessionLog log;
    Bench b(log, structured());
    b.on(TurnStarted{});
    b.returned(done("It is Ann."));
    b.returned(done("Ann, as I said."));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    const ErrorInfo& error = b.first<TurnFinished>()->result.error();
    EXPECT_EQ(error.code, ErrorCode::protocol);
    EXPECT_TRUE(error.retryable);
    EXPECT_THAT(error.message, AllOf(HasSubstr("answer_schema"), HasSubstr("no JSON")));
    EXPECT_TRUE(log.state().messages().empty());
}

TEST(StructuredTurn, what_was_streamed_is_not_asked_for_again) {
    SessionLog log;
    Bench b(log, structured(true));
    b.on(TurnStarted{});
    b.text("It is Ann.");
    b.returned(done("It is Ann."));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().code, ErrorCode::protocol);
    EXPECT_EQ(b.first<TurnFinished>()->result.error().partial_content, "It is Ann.");
}

TEST(StructuredTurn, an_answer_that_was_cut_is_not_asked_for_again_either) {
    SessionLog log;
    Bench b(log, structured());
    b.on(TurnStarted{});
    b.returned(done(R"({"name":"An)", StopReason::length));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_THAT(b.first<TurnFinished>()->result.error().message, HasSubstr("max_tokens"));
    EXPECT_FALSE(b.first<TurnFinished>()->result.error().retryable);
}

TEST(StructuredTurn, calls_of_tools_come_first_and_only_the_last_answer_must_fit) {
    SessionLog log;
    TurnSpec spec = structured();
    test::give_tools(spec, {{.name = "look"}});
    Bench b(log, std::move(spec));
    b.on(TurnStarted{});
    b.returned(test::calls({{"c1", "look"}}, "Let me look."));
    b.on(ToolReturned{0, ToolOutcome::text("Ann, 3")});
    b.returned(done(R"({"name":"Ann","age":3})"));
    ASSERT_NE(b.first<TurnFinished>(), nullptr);
    EXPECT_EQ(b.first<TurnFinished>()->result->content, R"({"name":"Ann","age":3})");
}

}  // namespace
}  // namespace cortex::agent
