#include "script.hpp"

#include "checks.hpp"
#include "faults.hpp"

#include <gtest/gtest.h>

namespace emulator {
namespace {

HttpRequest message_request(std::string body = "{}") {
    HttpRequest request;
    request.method = "POST";
    request.target = "/v1/messages?beta=true";
    request.body = std::move(body);
    return request;
}

TEST(Script, gives_the_first_step_that_fits_and_keeps_the_order_of_the_others) {
    Script script;
    script.add(read_steps(json::parse(R"([{"match": {"model": "m1"}, "text": "a"}, {"text": "b"}, {"text": "c"}])")));
    const Step* step = script.find(message_request(), "m2");
    ASSERT_NE(step, nullptr);
    EXPECT_EQ(text_of(step->answer->blocks.front(), "text"), "b");
    script.used(step);
    EXPECT_EQ(script.pending(), 2U);
    EXPECT_EQ(text_of(script.find(message_request(), "m1")->answer->blocks.front(), "text"), "a");
}

TEST(Script, a_step_stays_for_as_many_requests_as_it_says) {
    Script script;
    script.add(read_steps(json::parse(R"({"text": "a", "times": 2})")));
    script.used(script.find(message_request(), ""));
    ASSERT_EQ(script.pending(), 1U);
    script.used(script.find(message_request(), ""));
    EXPECT_EQ(script.pending(), 0U);
    script.add(read_steps(json::parse(R"({"text": "a", "times": "always"})")));
    for (int i = 0; i < 5; ++i) {
        script.used(script.find(message_request(), ""));
    }
    EXPECT_EQ(script.pending(), 1U);
}

TEST(Script, leaves_other_routes_alone_unless_the_path_is_named) {
    Script script;
    script.add(read_steps(json::parse(R"({"text": "a"})")));
    HttpRequest models = message_request();
    models.target = "/v1/models";
    EXPECT_EQ(script.find(models, ""), nullptr);
    script.add(read_steps(json::parse(R"({"match": {"path": "/v1/models"}, "raw": {"status": 500}})")));
    ASSERT_NE(script.find(models, ""), nullptr);
    EXPECT_EQ(script.find(models, "")->raw->status, 500);
}

TEST(Script, a_call_makes_the_stop_reason) {
    const auto steps = read_steps(
        json::parse(R"([{"tool_calls": [{"name": "add"}]}, {"content": [{"type": "tool_use", "name": "add"}]}])"));
    EXPECT_EQ(steps[0].answer->stop_reason, "tool_use");
    EXPECT_EQ(steps[1].answer->stop_reason, "tool_use");
}

TEST(Faults, read_a_status_with_count_and_headers) {
    const Step step = read_fault("429:3:retry-after=1:x-should-retry=true");
    ASSERT_TRUE(step.error);
    EXPECT_EQ(step.error->status, 429);
    EXPECT_EQ(step.times, 3);
    const Headers expected{{"retry-after", "1"}, {"x-should-retry", "true"}};
    EXPECT_EQ(step.headers, expected);
}

TEST(Faults, slow_is_for_ever_and_the_others_for_one_request) {
    EXPECT_EQ(read_fault("slow").times, -1);
    EXPECT_EQ(read_fault("slow:2").times, 2);
    EXPECT_EQ(read_fault("cut").times, 1);
    EXPECT_TRUE(read_fault("reset").delivery.reset);
}

TEST(Faults, refuse_what_they_do_not_know) {
    for (const char* text : {"", "200", "600:1", "529:x", "529:1:header", "earthquake"}) {
        EXPECT_THROW(static_cast<void>(read_fault(text)), Rejection) << text;
    }
}

}  // namespace
}  // namespace emulator
