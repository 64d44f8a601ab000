#include "brain/roles.hpp"

#include <gtest/gtest.h>

namespace cortex::brain {
namespace {

TEST(Roles, plans_and_checks_are_the_orchestrators_rounds_and_summaries_the_workers) {
    for (const bool hard : {false, true}) {
        EXPECT_EQ(role_for(CallPurpose::plan, hard), ModelRole::orchestrator);
        EXPECT_EQ(role_for(CallPurpose::verify, hard), ModelRole::orchestrator);
        EXPECT_EQ(role_for(CallPurpose::tool_round, hard), ModelRole::worker);
        EXPECT_EQ(role_for(CallPurpose::summarize, hard), ModelRole::worker);
    }
}

TEST(Roles, an_answer_goes_by_need) {
    EXPECT_EQ(role_for(CallPurpose::answer, true), ModelRole::orchestrator);
    EXPECT_EQ(role_for(CallPurpose::answer, false), ModelRole::worker);
}

TEST(Roles, every_purpose_stands_at_its_own_row) {
    EXPECT_EQ(to_string(CallPurpose::plan), "plan");
    EXPECT_EQ(to_string(CallPurpose::verify), "verify");
    EXPECT_EQ(to_string(CallPurpose::tool_round), "tool_round");
    EXPECT_EQ(to_string(CallPurpose::summarize), "summarize");
    EXPECT_EQ(to_string(CallPurpose::answer), "answer");
}

}  // namespace
}  // namespace cortex::brain
