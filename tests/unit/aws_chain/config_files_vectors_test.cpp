// The configuration files that botocore's own tests read (tests/unit/cfg): each is read, or refused where botocore refuses it.

#include "auth/aws/profiles.hpp"
#include "machine.hpp"
#include "vectors.hpp"

#include <map>

namespace cortex::auth::aws {
namespace {

/// What must be there afterwards: profile, setting, value. Without a setting: the profile's name is in quotes, which botocore takes off
/// and AWS's file grammar does not know (tests/differential, `quoted-profile-name`), so there is no such profile. Without a profile: the
/// file is one that botocore refuses or that is not of AWS's kind.
struct Expectation {
    std::string profile;
    std::string setting;
    std::string value;
};

const std::multimap<std::string, Expectation>& expectations() {
    static const std::multimap<std::string, Expectation> all{
        {"aws_bad_profile", {"my profile", "", ""}},
        {"aws_bad_profile", {"personal1", "aws_secret_access_key", "key_personal1"}},
        {"aws_config", {"default", "aws_access_key_id", "foo"}},
        {"aws_config", {"personal", "", ""}},
        {"aws_config_nested", {"default", "region", "us-west-2"}},
        {"aws_config_nested", {"default", "aws_secret_access_key", "bar"}},
        {"aws_config_nocreds", {"default", "region", "us-west-2"}},
        {"aws_config_other", {"default", "aws_access_key_id", "other_foo"}},
        {"aws_services_config", {"default", "services", "my-services"}},
        {"aws_sso_session_config", {"default", "sso_session", "sso"}},
        {"aws_third_config", {"default", "aws_secret_access_key", "third_bar"}},
        {"aws_third_config", {"third", "", ""}},
        {"foo_config", {"default", "foo_region", "us-west-1"}},
        {"foo_config", {"foo", "", ""}},
        {"aws_config_bad", {}},
        {"aws_config_badbytes", {}},
        {"aws_config_nested_bad", {}},
        // Not AWS's two files: the key of an old tool, and boto 2's file.
        {"aws_credentials", {}},
        {"boto_config", {}},
        {"boto_config_empty", {}},
    };
    return all;
}

TEST(AwsConfigVectors, FilesOfBotocoresTestsAreReadOrRefused) {
    constexpr std::string_view below = "aws-config/botocore-cfg";
    const auto folders = test::published_cases(below);
    CORTEX_NEED_CASES(folders, below);
    test::Tally tally{folders.front().string()};
    for (const auto& entry : std::filesystem::directory_iterator(folders.front())) {
        const std::string name = entry.path().filename().string();
        SCOPED_TRACE(name);
        const auto [first, last] = expectations().equal_range(name);
        ASSERT_NE(first, last) << "a published file without an expectation";
        test::FakeWorld machine = test::bare_machine();
        machine.files["/home/u/.aws/config"] = test::slurp(entry.path());
        const Result<Profiles> loaded = load_profiles(machine.world());
        ++tally.run;
        for (auto one = first; one != last; ++one) {
            const Expectation& wanted = one->second;
            if (wanted.profile.empty()) {
                if (loaded) {
                    EXPECT_TRUE(loaded->profiles.empty()) << "read, and something found";
                } else {
                    EXPECT_NE(loaded.error().message.find("/home/u/.aws/config, line "), std::string::npos) << loaded.error().message;
                }
                continue;
            }
            ASSERT_TRUE(loaded) << loaded.error().message;
            const Section* const profile = loaded->find(wanted.profile);
            if (wanted.setting.empty()) {
                EXPECT_EQ(profile, nullptr) << wanted.profile;
                continue;
            }
            ASSERT_NE(profile, nullptr) << wanted.profile;
            EXPECT_EQ(profile->get(wanted.setting), wanted.value);
        }
    }
}

}  // namespace
}  // namespace cortex::auth::aws
