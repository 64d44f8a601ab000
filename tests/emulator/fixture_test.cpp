#include <cortex/testing/emulator.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace {

using cortex::testing::Emulator;
using cortex::testing::EmulatorOptions;
using ::testing::HasSubstr;

EmulatorOptions built_program() { return {.program = CORTEX_EMULATOR_PROGRAM, .options = {}}; }

std::string reason_of(const auto& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

TEST(EmulatorFixture, starts_on_a_free_loopback_port) {
    const Emulator first(built_program());
    const Emulator second(built_program());
    EXPECT_TRUE(first.base_url().starts_with("http://127.0.0.1:"));
    EXPECT_NE(first.base_url(), second.base_url());
    EXPECT_EQ(first.openai_base_url(), std::string(first.base_url()) + "/v1");
}

TEST(EmulatorFixture, takes_a_script_and_tells_what_is_pending) {
    Emulator emulator(built_program());
    emulator.script(R"([{"text": "one"}, {"text": "two"}])");
    EXPECT_THAT(emulator.stats(), HasSubstr(R"("script_pending":2)"));
    EXPECT_EQ(emulator.requests(), "[]");
    emulator.reset();
    EXPECT_THAT(emulator.stats(), HasSubstr(R"("script_pending":0)"));
}

TEST(EmulatorFixture, reports_why_a_script_is_refused) {
    Emulator emulator(built_program());
    EXPECT_THAT(reason_of([&] { emulator.script(R"({"txt": 1})"); }),
                HasSubstr("step.txt: Extra inputs are not permitted"));
    EXPECT_THAT(reason_of([&] { emulator.script("{"); }), HasSubstr("not valid JSON"));
}

TEST(EmulatorFixture, names_the_program_that_is_missing) {
    const EmulatorOptions missing{.program = "/nowhere/cortex-emulator", .options = {}};
    EXPECT_THAT(reason_of([&] { const Emulator emulator(missing); }), HasSubstr("/nowhere/cortex-emulator"));
}

TEST(EmulatorFixture, says_when_the_program_does_not_like_its_options) {
    EmulatorOptions wrong = built_program();
    wrong.options = {"--fault", "earthquake"};
    EXPECT_THAT(reason_of([&] { const Emulator emulator(wrong); }), HasSubstr("ended before it listened"));
}

TEST(EmulatorFixture, stops_twice_and_then_refuses) {
    Emulator emulator(built_program());
    emulator.stop();
    emulator.stop();
    EXPECT_THAT(reason_of([&] { static_cast<void>(emulator.stats()); }), HasSubstr("was stopped"));
}

TEST(EmulatorFixture, moves_and_outlives_the_thread_that_started_it) {
    std::unique_ptr<Emulator> emulator;
    std::thread([&] { emulator = std::make_unique<Emulator>(built_program()); }).join();
    const std::string url(emulator->base_url());
    Emulator moved = std::move(*emulator);
    emulator.reset();
    EXPECT_EQ(moved.base_url(), url);
    EXPECT_THAT(moved.stats(), HasSubstr("connections"));
}

}  // namespace
