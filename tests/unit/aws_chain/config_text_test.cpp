#include "auth/aws/config_text.hpp"

#include "auth/aws/profiles.hpp"
#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

ConfigText parsed(std::string_view text, ConfigKind kind = ConfigKind::config) {
    Result<ConfigText> out = parse_config_text(text, kind, "/c");
    EXPECT_TRUE(out) << out.error().message;
    return out ? std::move(out).value() : ConfigText();
}

std::string refused(std::string_view text) {
    const Result<ConfigText> out = parse_config_text(text, ConfigKind::config, "/c");
    EXPECT_FALSE(out);
    return out ? std::string() : out.error().message;
}

TEST(AwsConfigText, SettingsOfAProfile) {
    const ConfigText text = parsed("[profile dev]\r\nRegion = eu-west-1\r\nempty =\r\n");
    EXPECT_EQ(text.profiles.at("dev").get("region"), "eu-west-1");
    EXPECT_FALSE(text.profiles.at("dev").has("empty"));
    EXPECT_EQ(text.profiles.at("dev").get("absent"), "");
}

TEST(AwsConfigText, AByteOrderMarkIsNoPartOfTheFirstHeading) {
    EXPECT_EQ(parsed("\xEF\xBB\xBF[default]\nregion = x").profiles.at("default").get("region"), "x");
}

TEST(AwsConfigText, CommentsBehindValuesNeedABlank) {
    const ConfigText text = parsed("# one\n[default] # two\na = b # three\nc = d#e\n; four\n");
    EXPECT_EQ(text.profiles.at("default").get("a"), "b");
    EXPECT_EQ(text.profiles.at("default").get("c"), "d#e");
}

TEST(AwsConfigText, OtherSectionsThanProfiles) {
    const ConfigText text = parsed("[sso-session corp]\nsso_region = us-west-2\n[services local]\nsts =\n  endpoint_url = http://localhost:1\n  other = 2\n[foo]\nx = y\n");
    EXPECT_EQ(text.sso_sessions.at("corp").get("sso_region"), "us-west-2");
    EXPECT_EQ(nested_value(text.services.at("local").get("sts"), "endpoint_url"), "http://localhost:1");
    EXPECT_EQ(nested_value(text.services.at("local").get("sts"), "other"), "2");
    EXPECT_EQ(nested_value(text.services.at("local").get("sts"), "third"), "");
    EXPECT_TRUE(text.profiles.empty());
}

TEST(AwsConfigText, TheFullFormOfTheDefaultProfileCountsAlone) {
    for (const std::string_view text : {"[default]\na = 1\n[profile default]\nb = 2\n", "[profile default]\nb = 2\n[default]\na = 1\n"}) {
        const ConfigText read = parsed(text);
        EXPECT_FALSE(read.profiles.at("default").has("a"));
        EXPECT_EQ(read.profiles.at("default").get("b"), "2");
    }
}

TEST(AwsConfigText, BareHeadingsInTheCredentialsFile) {
    const ConfigText text = parsed("[dev]\na = b\n[profile x]\nc = d\n", ConfigKind::credentials);
    EXPECT_EQ(text.profiles.size(), 1U);
    EXPECT_EQ(text.profiles.at("dev").get("a"), "b");
}

TEST(AwsConfigText, SentencesNameFileAndLineAndQuoteNothing) {
    EXPECT_EQ(refused("[default]\n\nsecretvalue"), "/c, line 3: a setting has no '='. Write it as name = value.");
    EXPECT_EQ(refused("[default]\n= secretvalue"), "/c, line 2: a setting has no name before '='. Write it as name = value.");
    EXPECT_EQ(refused("a = secretvalue"), "/c, line 1: a setting stands before the first section. Put a heading like [default] above it.");
    EXPECT_EQ(refused("[default"), "/c, line 1: a section's heading has no ']' at its end. Write it as [profile name].");
    EXPECT_EQ(refused(" x"), "/c, line 1: an indented line stands before the first section. Put a heading like [default] above it.");
    EXPECT_EQ(refused("[default]\n secretvalue"), "/c, line 2: an indented line continues no setting. Write it without blanks in front.");
    EXPECT_EQ(refused("[default]\ns3 =\n secretvalue"), "/c, line 3: a setting below another has no '='. Write it as name = value.");
    EXPECT_EQ(refused("[default]\ns3 =\n =secretvalue"), "/c, line 3: a setting below another has no name before '='. Write it as name = value.");
}

TEST(AwsProfiles, TheCredentialsFileWinsSettingBySetting) {
    test::FakeWorld machine = test::bare_machine();
    machine.files["/home/u/.aws/config"] = "[profile dev]\nregion = eu-west-1\noutput = json\n";
    machine.files["/home/u/.aws/credentials"] = "[dev]\nregion = us-west-2\n[other]\n";
    const Result<Profiles> profiles = load_profiles(machine.world());
    ASSERT_TRUE(profiles);
    EXPECT_EQ(profiles->find("dev")->get("region"), "us-west-2");
    EXPECT_EQ(profiles->find("dev")->get("output"), "json");
    EXPECT_EQ(profiles->where("dev"), "profile dev in /home/u/.aws/config and /home/u/.aws/credentials");
    EXPECT_EQ(profiles->where("other"), "profile other in /home/u/.aws/credentials");
    EXPECT_EQ(profiles->find("absent"), nullptr);
}

TEST(AwsProfiles, APlaceMayBeginWithTheHome) {
    test::FakeWorld machine = test::bare_machine();
    machine.environment["AWS_CONFIG_FILE"] = "~/other/config";
    EXPECT_EQ(config_paths(machine.world()).config, "/home/u/other/config");
    EXPECT_EQ(expand_home(machine.world(), "~root/x"), "~root/x");
    machine.environment.erase("HOME");
    EXPECT_EQ(config_paths(machine.world()).credentials, "");
    const Result<Profiles> none = load_profiles(machine.world());
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->profiles.empty());
}

TEST(AwsProfiles, WhoChoosesTheProfile) {
    test::FakeWorld machine;
    EXPECT_FALSE(choose_profile(machine.world(), {}).named());
    machine.environment["AWS_DEFAULT_PROFILE"] = "b";
    EXPECT_EQ(choose_profile(machine.world(), {}).name, "b");
    machine.environment["AWS_PROFILE"] = "a";
    EXPECT_EQ(choose_profile(machine.world(), {}).name, "a");
    EXPECT_EQ(choose_profile(machine.world(), "c").name, "c");
    machine.environment["AWS_PROFILE"] = "";
    EXPECT_EQ(choose_profile(machine.world(), {}).name, "b") << "an empty variable is none";
}

TEST(AwsProfiles, AnUnreadableFileIsAFailureOfCredentials) {
    test::FakeWorld machine = test::bare_machine();
    machine.unreadable["/home/u/.aws/credentials"] = "permission denied";
    const Result<Profiles> profiles = load_profiles(machine.world());
    ASSERT_FALSE(profiles);
    EXPECT_EQ(profiles.error().code, ErrorCode::auth);
    EXPECT_NE(profiles.error().message.find("/home/u/.aws/credentials"), std::string::npos);
}

}  // namespace
}  // namespace cortex::auth::aws
