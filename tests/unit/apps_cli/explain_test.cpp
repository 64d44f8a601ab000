#include "explain.hpp"

#include <gtest/gtest.h>

namespace cortex::cli {
namespace {

TEST(Explanation, names_each_number_and_each_reason) {
    ResponseMetadata metadata;
    metadata.model_used = "claude-sonnet-4-5";
    metadata.provider = "anthropic";
    metadata.routing = {.path = "system2",
                        .role = "orchestrator",
                        .kind = "planning",
                        .complexity = 0.824,
                        .uncertainty = 0.1,
                        .need = 0.85,
                        .threshold = 0.5,
                        .reasons = {"planning wording", "4 constraints"}};
    metadata.thinking = {
        .enabled = true, .form = "budget", .budget = 4096, .tokens = 312, .reasons = {"need 0.85 is above 0.50"}};
    metadata.steps_taken = 2;
    metadata.tools_called = {"calculator", "read_file", "calculator"};
    EXPECT_EQ(explanation(metadata),
              "routing: kind planning, complexity 0.82, uncertainty 0.10, need 0.85, threshold 0.50, role orchestrator "
              "(system2), model "
              "claude-sonnet-4-5 of anthropic\n"
              "  because: planning wording\n"
              "  because: 4 constraints\n"
              "thinking: on, form budget, budget 4096 tokens, 312 tokens used\n"
              "  because: need 0.85 is above 0.50\n"
              "tools: 2 rounds, calculator, read_file, calculator\n");
}

TEST(Explanation, names_the_effort_where_there_is_no_budget) {
    ResponseMetadata metadata;
    metadata.thinking = {.enabled = true, .form = "adaptive", .effort = "high"};
    EXPECT_NE(explanation(metadata).find("thinking: on, form adaptive, effort high, 0 tokens used\n"),
              std::string::npos);
    metadata.thinking = {};
    EXPECT_NE(explanation(metadata).find("thinking: off, 0 tokens used\n"), std::string::npos);
}

}  // namespace
}  // namespace cortex::cli
