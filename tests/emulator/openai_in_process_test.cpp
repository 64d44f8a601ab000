#include "in_process.hpp"
#include "json_util.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view tool = R"({"type": "function", "name": "add", "parameters": {"type": "object"}})";
constexpr std::string_view task =
    "CALL_ADD: {\"n\": 1}\nTHEN\nCALL_ADD: {\"n\": 2}\nCALL_ADD: {\"n\": 3}\nTHEN\nSAY: Done.";

json::object body_for(std::string_view model, json::array input) {
    return {{"model", model}, {"input", std::move(input)}, {"store", false}, {"tools", json::array{json::parse(tool)}}};
}

// Answers every call of an output; how many there were.
std::size_t answer_calls(json::array& history, const json::array& output) {
    history.insert(history.end(), output.begin(), output.end());
    std::size_t calls = 0;
    for (const json::value& item : output) {
        if (text_of(item.get_object(), "type") == "function_call") {
            history.push_back(json::object{{"type", "function_call_output"},
                                           {"call_id", item.get_object().at("call_id")},
                                           {"output", std::to_string(calls++)}});
        }
    }
    return calls;
}

/// A whole turn; the bodies of its answers.
std::vector<json::object> run_turn(InProcess& service, std::string_view model) {
    json::array history{json::object{{"role", "user"}, {"content", task}}};
    std::vector<json::object> answers;
    for (bool more = true; more && answers.size() < 5;) {
        const InProcess::Answer answer = service.responses(json::serialize(body_for(model, history)));
        EXPECT_TRUE(answer.accepted()) << answer.body;
        if (!answer.accepted()) {
            break;
        }
        answers.push_back(json::parse(answer.body).get_object());
        more = answer_calls(history, answers.back().at("output").get_array()) > 0;
    }
    return answers;
}

TEST(OpenaiInProcess, a_tool_loop_on_responses_needs_no_socket) {
    InProcess service;
    for (const std::string_view model : {"gpt-6.2-sol", "gpt-5.5", "gpt-5.4", "gpt-4.1", "o3"}) {
        const std::vector<json::object> answers = run_turn(service, model);
        ASSERT_THAT(answers, SizeIs(3)) << model;
        EXPECT_THAT(json::serialize(answers[1].at("output")), HasSubstr(R"({\"n\":3})"));
        EXPECT_THAT(json::serialize(answers[2].at("output")), HasSubstr("Done.")) << model;
    }
}

TEST(OpenaiInProcess, what_one_service_sealed_another_does_not_open) {
    InProcess first;
    InProcess second;
    const std::string hello = json::serialize(body_for("gpt-5.5", {json::object{{"role", "user"}, {"content", "Hi"}}}));
    json::array history = json::parse(first.responses(hello).body).at("output").get_array();
    const std::string again = json::serialize(body_for("gpt-5.5", history));
    EXPECT_TRUE(first.responses(again).accepted());
    EXPECT_FALSE(first.responses(again, "sk-another-account").accepted());
    const InProcess::Answer refused = second.responses(again);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("invalid_encrypted_content"));
}

TEST(OpenaiInProcess, azures_addresses_are_served) {
    InProcess service;
    const std::string chat = R"({"messages": [{"role": "user", "content": "Hi"}]})";
    const std::string target = "/openai/deployments/team-gpt-4.1/chat/completions";
    EXPECT_THAT(service.azure(target + "?api-version=2024-10-21", chat).body, HasSubstr("prompt_filter_results"));
    EXPECT_EQ(service.azure(target, chat).status, 404);
    EXPECT_TRUE(service.azure("/openai/v1/responses", R"({"model": "gpt-5.5", "input": "Hi"})").accepted());
}

TEST(OpenaiInProcess, scripts_answer_on_responses_too) {
    InProcess service;
    service.script(R"({"text": "scripted", "thinking": "because"})");
    const InProcess::Answer answer = service.responses(R"({"model": "gpt-5.5", "input": "Hi"})");
    EXPECT_THAT(answer.body, HasSubstr("scripted"));
    EXPECT_THAT(answer.body, HasSubstr("encrypted_content"));
    EXPECT_THAT(service.responses(R"({"model": "gpt-5.5", "input": "Hi"})").body, HasSubstr("You said: Hi"));
}

TEST(OpenaiInProcess, bodies_that_are_deep_are_judged_not_refused_as_broken) {
    std::string schema = R"({"type": "integer"})";
    for (int i = 0; i < 40; ++i) {
        schema = R"({"type": "object", "properties": {"a": )" + schema + "}}";
    }
    const std::string body =
        R"({"model": "gpt-4.1", "input": "Hi", "tools": [{"type": "function", "name": "add", "parameters": )" + schema +
        "}]}";
    InProcess service;
    EXPECT_TRUE(service.responses(body).accepted());
}

}  // namespace
}  // namespace emulator
