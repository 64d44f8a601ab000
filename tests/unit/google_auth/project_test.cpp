#include "unit/google_auth/google_world.hpp"

#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using auth::google::choose_project;

std::string chosen(GoogleWorld& world, const std::string& configured = {}) {
    const auto found = choose_project(world.world(), configured);
    EXPECT_TRUE(world.requests.empty());
    return found ? found->value + " from " + found->source : "none";
}

TEST(Project, is_looked_for_from_the_configuration_to_the_file) {
    GoogleWorld world;
    EXPECT_EQ(chosen(world), "none");
    world.gcloud(user_json(R"(,"quota_project_id":"payer")"));
    EXPECT_EQ(chosen(world), "none");
    world.named(service_account_json());
    EXPECT_EQ(chosen(world), "demo-project from project_id of /k.json");
    world.environment["GCLOUD_PROJECT"] = "third";
    EXPECT_EQ(chosen(world), "third from environment variable GCLOUD_PROJECT");
    world.environment["GOOGLE_CLOUD_PROJECT"] = "second";
    EXPECT_EQ(chosen(world), "second from environment variable GOOGLE_CLOUD_PROJECT");
    world.environment["ANTHROPIC_VERTEX_PROJECT_ID"] = "first";
    EXPECT_EQ(chosen(world), "first from environment variable ANTHROPIC_VERTEX_PROJECT_ID");
    EXPECT_EQ(chosen(world, "mine"), "mine from project");
    world.environment["ANTHROPIC_VERTEX_PROJECT_ID"] = "";
    EXPECT_EQ(chosen(world), "second from environment variable GOOGLE_CLOUD_PROJECT");
}

TEST(Project, comes_from_no_other_file_than_the_one_that_is_used) {
    GoogleWorld world;
    world.gcloud(service_account_json());
    EXPECT_EQ(chosen(world), "demo-project from project_id of /home/u/.config/gcloud/application_default_credentials.json");
    world.named(user_json());
    EXPECT_EQ(chosen(world), "none");
    world.files["/k.json"] = "{";
    EXPECT_EQ(chosen(world), "none");
    world.files.erase("/k.json");
    EXPECT_EQ(chosen(world), "none");
}

}  // namespace
}  // namespace cortex::test
