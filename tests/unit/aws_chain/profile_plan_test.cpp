#include "auth/aws/profile_plan.hpp"

#include "auth/aws/sources.hpp"
#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

Result<ProfilePlan> plan(std::string config, std::string profile = "dev") {
    test::FakeWorld machine = test::bare_machine();
    machine.files["/home/u/.aws/config"] = std::move(config);
    const Result<Profiles> profiles = load_profiles(machine.world());
    EXPECT_TRUE(profiles) << profiles.error().message;
    return plan_profile(*profiles, {.name = std::move(profile), .source = "AWS_PROFILE"});
}

std::string refused(std::string config) {
    const Result<ProfilePlan> out = plan(std::move(config));
    EXPECT_FALSE(out);
    EXPECT_TRUE(out || out.error().code == ErrorCode::auth);
    return out ? std::string() : out.error().message;
}

constexpr std::string_view place = "The profile dev in /home/u/.aws/config ";

TEST(AwsProfilePlan, RolesAreAssumedFromTheInsideOut) {
    const Result<ProfilePlan> out = plan(
        "[profile dev]\nrole_arn = arn:outer\nsource_profile = mid\nexternal_id = e\nduration_seconds = 900\nrole_session_name = s\nregion = eu-west-1\n"
        "[profile mid]\nrole_arn = arn:inner\nsource_profile = base\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n");
    ASSERT_TRUE(out) << out.error().message;
    ASSERT_EQ(out->hops.size(), 2U);
    EXPECT_EQ(out->hops[0].role_arn, "arn:inner");
    EXPECT_EQ(out->hops[1].role_arn, "arn:outer");
    EXPECT_EQ(out->hops[1].external_id, "e");
    EXPECT_EQ(out->hops[1].session_name, "s");
    EXPECT_EQ(out->hops[1].duration_seconds, 900);
    EXPECT_EQ(out->hops[1].region, "eu-west-1");
    EXPECT_EQ(out->base, ProfilePlan::Base::static_keys);
    EXPECT_EQ(profile_source_name(*out), "profile dev (assumed role arn:outer from profile mid (assumed role arn:inner from profile base))");
}

TEST(AwsProfilePlan, WhatAProfileMayBeBasedOn) {
    const auto base = [](const std::string& lines) {
        const Result<ProfilePlan> out = plan("[profile dev]\n" + lines);
        EXPECT_TRUE(out) << out.error().message;
        return out ? out->base : ProfilePlan::Base::none;
    };
    using Base = ProfilePlan::Base;
    EXPECT_EQ(base("region = x"), Base::none);
    EXPECT_EQ(base("credential_process = x\naws_access_key_id = a\naws_secret_access_key = b"), Base::process);
    EXPECT_EQ(base("login_session = x\ncredential_process = y"), Base::login);
    EXPECT_EQ(base("sso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url = u\nlogin_session = x"), Base::sso);
    EXPECT_EQ(base("role_arn = r\nweb_identity_token_file = t\nsso_account_id = 1"), Base::web_identity);
    EXPECT_EQ(base("role_arn = r\ncredential_source = Environment"), Base::environment);
    EXPECT_EQ(base("role_arn = r\ncredential_source = EcsContainer"), Base::container);
    EXPECT_EQ(base("role_arn = r\ncredential_source = Ec2InstanceMetadata"), Base::instance);
}

TEST(AwsProfilePlan, AProfileThatNobodyNamedMayBeMissing) {
    test::FakeWorld machine = test::bare_machine();
    const Result<Profiles> profiles = load_profiles(machine.world());
    const Result<ProfilePlan> out = plan_profile(*profiles, {});
    ASSERT_TRUE(out);
    EXPECT_EQ(out->absent, "there is no profile default in /home/u/.aws/config or /home/u/.aws/credentials");
}

TEST(AwsProfilePlan, SentencesNameProfileAndFile) {
    EXPECT_EQ(refused("[profile other]\n"), "There is no profile dev, which AWS_PROFILE names, in /home/u/.aws/config or /home/u/.aws/credentials. Add it, or correct the name.");
    const auto sentence = [](std::string_view rest) { return std::string(place) + std::string(rest); };
    EXPECT_EQ(refused("[profile dev]\naws_access_key_id = a\n"), sentence("has aws_access_key_id, but no aws_secret_access_key. Add the secret that belongs to it."));
    EXPECT_EQ(refused("[profile dev]\naws_secret_access_key = a\n"), sentence("has aws_secret_access_key, but no aws_access_key_id. Add the id that belongs to it."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\n"),
              sentence("has role_arn, but neither source_profile nor credential_source. Say whose keys the role is assumed with."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\nsource_profile = a\ncredential_source = Environment\n"),
              sentence("has both source_profile and credential_source. Remove one of the two."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\ncredential_source = environment\n"),
              sentence("has a credential_source that is none of Environment, EcsContainer and Ec2InstanceMetadata. Write one of these."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\nsource_profile = b\nmfa_serial = m\n"),
              sentence("has mfa_serial, and nobody can be asked for its code here. Use a role without MFA, or get keys with `aws sts` first and put "
                       "them into the environment."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\nsource_profile = b\nduration_seconds = soon\n"),
              sentence("has a duration_seconds that is no number of seconds. Write one such as 3600."));
    EXPECT_EQ(refused("[profile dev]\nrole_arn = r\nsource_profile = dev\n"), sentence("names itself as source_profile, but holds no credentials. Name another profile there."));
    EXPECT_EQ(refused("[profile dev]\nweb_identity_token_file = t\n"), sentence("has web_identity_token_file, but no role_arn. Name the role as well."));
    EXPECT_EQ(refused("[profile dev]\nsso_account_id = 1\nsso_role_name = r\n"), sentence("uses SSO without sso_region. Run `aws configure sso` to fill it in."));
    EXPECT_EQ(refused("[profile dev]\nsso_session = corp\n[sso-session corp]\nsso_region = x\n"),
              sentence("uses [sso-session corp], which has no sso_start_url. Run `aws configure sso` to fill it in."));
    EXPECT_EQ(refused("[profile dev]\nsso_session = corp\nsso_region = x\n[sso-session corp]\n"),
              sentence("has sso_region beside sso_session. Put it into [sso-session corp] alone."));
    EXPECT_EQ(refused("[profile dev]\nsso_session = corp\n[sso-session corp]\nsso_region = x\nsso_start_url = y\n"),
              sentence("has an SSO session, but neither sso_account_id nor sso_role_name, so it gives a token and no keys. Add both, or use another profile."));
}

TEST(AwsProfilePlan, CirclesAreSeen) {
    const std::string message = refused("[profile dev]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = s\nsource_profile = dev\n");
    EXPECT_NE(message.find("in a circle"), std::string::npos) << message;
}

}  // namespace
}  // namespace cortex::auth::aws
