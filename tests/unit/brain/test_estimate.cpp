#include "brain/estimate.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

namespace cortex::brain {
namespace {

double estimate_of(std::string_view prompt, std::size_t tools = 0) {
    const TurnFacts facts{.prompt = prompt, .tools = tools};
    return estimate(Message(facts));
}

/// The scores come from the script that fitted the weights (tools/need/fit.py), which evaluates them in its own way.
TEST(Estimate, is_what_the_fitting_script_computes) {
    std::ifstream prompts(std::string(CORTEX_BRAIN_TESTS) + "/golden_prompts.jsonl");
    std::ifstream scores(std::string(CORTEX_BRAIN_TESTS) + "/golden_scores.csv");
    int compared = 0;
    for (std::string prompt, score; std::getline(prompts, prompt) && std::getline(scores, score); ++compared) {
        const boost::json::value row = boost::json::parse(prompt);
        const std::string id(row.at("id").as_string());
        const std::size_t comma = score.find(',');
        ASSERT_EQ(score.substr(0, comma), id);
        EXPECT_NEAR(estimate_of(row.at("prompt").as_string()), std::strtod(score.c_str() + comma + 1, nullptr), 2e-4)
            << id;
    }
    EXPECT_EQ(compared, 40);
}

TEST(Estimate, stays_between_0_and_1_for_every_text) {
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += static_cast<char>((i * 131 + i / 7) & 0xFF);
        if (i % 97 != 0) continue;
        const double value = estimate_of(text);
        EXPECT_TRUE(std::isfinite(value));
        EXPECT_GT(value, 0.0);
        EXPECT_LT(value, 1.0);
    }
}

TEST(Estimate, orders_plain_pairs_as_people_would) {
    EXPECT_LT(estimate_of("What is 7 + 5?"), estimate_of("How many ordered pairs of positive integers (a, b) satisfy "
                                                         "a^2 + b^2 + ab = 7225, and what is their sum?"));
    EXPECT_LT(
        estimate_of("Turn off the lights"),
        estimate_of("Implement a lock-free queue in C++ and argue why it is linearizable under the C++ memory model."));
    EXPECT_LT(estimate_of("Stell den Wecker auf sieben"),
              estimate_of("Wie viele geordnete Paare (a, b) positiver ganzer Zahlen erfüllen a^2 + b^2 + ab = 7225, "
                          "und was ist ihre Summe?"));
    EXPECT_LT(estimate_of("明天天气怎么样"),
              estimate_of("有多少个正整数有序对(a, b)满足 a^2 + b^2 + ab = 7225，它们的和是多少？"));
}

}  // namespace
}  // namespace cortex::brain
