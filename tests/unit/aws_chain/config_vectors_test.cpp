// Published cases on AWS's two files: grammar, places, and what a profile means.

#include "auth/aws/profile_plan.hpp"
#include "auth/aws/profiles.hpp"
#include "machine.hpp"
#include "vectors.hpp"

#include <map>

namespace cortex::auth::aws {
namespace {

using boost::json::value;
using test::member;
using test::text_in;

using Plain = std::map<std::string, std::map<std::string, std::string>>;

Plain plain(const Sections& sections) {
    Plain out;
    for (const auto& [name, section] : sections) {
        auto& to = out[name];
        for (const auto& [key, text] : section.values()) to[key] = text;
    }
    return out;
}

Plain plain(const value* object) {
    Plain out;
    if (object == nullptr) return out;
    for (const auto& section : object->as_object()) {
        auto& to = out[std::string(section.key())];
        for (const auto& entry : section.value().as_object()) to[std::string(entry.key())] = std::string(entry.value().as_string().c_str());
    }
    return out;
}

Sections sections(const value* object) {
    Sections out;
    for (const auto& [name, entries] : plain(object)) {
        Section& section = out[name];
        for (const auto& [key, text] : entries) section.set(key, text);
    }
    return out;
}

TEST(AwsConfigVectors, FilesBecomeTheExpectedProfiles) {
    const auto path = test::testdata("aws-config/profile-parser-tests.json");
    CORTEX_NEED_TESTDATA(path);
    test::Tally tally{"aws-config/profile-parser"};
    const value cases = test::read_json(path);
    for (const value& one : cases.at("tests").as_array()) {
        SCOPED_TRACE(text_in(one, "name"));
        test::FakeWorld machine = test::bare_machine();
        const value& input = one.at("input");
        if (const value* text = member(input, "configFile")) machine.files["/home/u/.aws/config"] = text->as_string().c_str();
        if (const value* text = member(input, "credentialsFile")) machine.files["/home/u/.aws/credentials"] = text->as_string().c_str();
        const Result<Profiles> loaded = load_profiles(machine.world());
        const value& output = one.at("output");
        ++tally.run;
        if (member(output, "errorContaining") != nullptr) {
            ASSERT_FALSE(loaded);
            EXPECT_NE(loaded.error().message.find("/home/u/.aws/config, line "), std::string::npos) << loaded.error().message;
            continue;
        }
        ASSERT_TRUE(loaded) << loaded.error().message;
        const value& config = output.at("config");
        EXPECT_EQ(plain(loaded->profiles), plain(member(config, "profiles")));
        EXPECT_EQ(plain(loaded->sso_sessions), plain(member(config, "sso_sessions")));
        EXPECT_EQ(plain(loaded->services), plain(member(config, "services")));
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsConfigVectors, FilesAreWhereTheEnvironmentSays) {
    const auto path = test::testdata("aws-config/file-location-tests.json");
    CORTEX_NEED_TESTDATA(path);
    test::Tally tally{"aws-config/file-location"};
    const value cases = test::read_json(path);
    for (const value& one : cases.at("tests").as_array()) {
        SCOPED_TRACE(text_in(one, "name"));
        if (text_in(one, "platform") != "linux") {
            tally.pass_over(text_in(one, "name"), "Windows");
            continue;
        }
        test::FakeWorld machine;
        for (const auto& variable : one.at("environment").as_object()) machine.environment[std::string(variable.key())] = variable.value().as_string().c_str();
        ++tally.run;
        const ConfigPaths paths = config_paths(machine.world());
        EXPECT_EQ(paths.config, text_in(one, "configLocation"));
        EXPECT_EQ(paths.credentials, text_in(one, "credentialsLocation"));
        if (const value* profile = member(one, "profile")) {
            EXPECT_EQ(choose_profile(machine.world(), {}).name, profile->as_string().c_str());
        }
    }
    EXPECT_GT(tally.run, 0);
}

/// One link as the cases write it: kind and settings.
using Link = std::pair<std::string, std::map<std::string, std::string>>;

Link base_link(const Profiles& profiles, const ProfilePlan& plan) {
    const Section& section = *profiles.find(plan.base_profile);
    std::map<std::string, std::string> said;
    const auto put = [&](const std::string& name, std::string_view text) {
        if (!text.empty()) said[name] = std::string(text);
    };
    switch (plan.base) {
        case ProfilePlan::Base::static_keys:
            put("access_key_id", section.get("aws_access_key_id"));
            put("secret_access_key", section.get("aws_secret_access_key"));
            put("session_token", section.get("aws_session_token"));
            put("account_id", section.get("aws_account_id"));
            return {"AccessKey", said};
        case ProfilePlan::Base::web_identity:
            for (const std::string name : {"role_arn", "web_identity_token_file", "role_session_name"}) put(name, section.get(name));
            return {"WebIdentityToken", said};
        case ProfilePlan::Base::sso:
            put("sso_account_id", plan.sso.account_id);
            put("sso_role_name", plan.sso.role_name);
            put("sso_region", plan.sso.token.region);
            put("sso_start_url", plan.sso.token.start_url);
            put("sso_session_name", plan.sso.token.session);
            return {"Sso", said};
        case ProfilePlan::Base::process: return {"CredentialProcess", {{"", std::string(section.get("credential_process"))}}};
        case ProfilePlan::Base::login: return {"LoginSession", {{"login_session", std::string(section.get("login_session"))}}};
        case ProfilePlan::Base::environment: return {"NamedSource", {{"", "Environment"}}};
        case ProfilePlan::Base::container: return {"NamedSource", {{"", "EcsContainer"}}};
        case ProfilePlan::Base::instance: return {"NamedSource", {{"", "Ec2InstanceMetadata"}}};
        case ProfilePlan::Base::none: break;
    }
    return {"none", said};
}

Link expected_link(const value& link) {
    const auto& entry = *link.as_object().begin();
    if (entry.value().is_string()) return {std::string(entry.key()), {{"", entry.value().as_string().c_str()}}};
    Link out{std::string(entry.key()), {}};
    for (const auto& setting : entry.value().as_object()) {
        if (setting.value().is_string()) out.second[std::string(setting.key())] = setting.value().as_string().c_str();
    }
    return out;
}

TEST(AwsConfigVectors, ProfilesMeanTheExpectedChain) {
    const auto path = test::testdata("aws-config/assume-role-tests.json");
    CORTEX_NEED_TESTDATA(path);
    test::Tally tally{"aws-config/assume-role"};
    const value cases = test::read_json(path);
    for (const value& one : cases.as_array()) {
        SCOPED_TRACE(text_in(one, "docs"));
        const value& input = one.at("input");
        Profiles profiles;
        profiles.paths = {.config = "/config", .credentials = "/credentials"};
        profiles.profiles = sections(member(input, "profiles"));
        profiles.sso_sessions = sections(member(input, "sso_sessions"));
        const Result<ProfilePlan> plan = plan_profile(profiles, {.name = text_in(input, "selected_profile"), .source = "AWS_PROFILE"});
        ++tally.run;
        const value& output = one.at("output");
        const value* chain = member(output, "ProfileChain");
        if (chain == nullptr) {
            ASSERT_FALSE(plan);
            EXPECT_EQ(plan.error().code, ErrorCode::auth);
            continue;
        }
        ASSERT_TRUE(plan) << plan.error().message;
        std::vector<Link> got{base_link(profiles, *plan)};
        for (const RoleHop& hop : plan->hops) {
            Link link{"AssumeRole", {{"role_arn", hop.role_arn}}};
            if (!hop.external_id.empty()) link.second["external_id"] = hop.external_id;
            if (!hop.session_name.empty()) link.second["session_name"] = hop.session_name;
            got.push_back(std::move(link));
        }
        std::vector<Link> wanted;
        for (const value& link : chain->as_array()) wanted.push_back(expected_link(link));
        EXPECT_EQ(got, wanted);
    }
    EXPECT_GT(tally.run, 0);
}

}  // namespace
}  // namespace cortex::auth::aws
