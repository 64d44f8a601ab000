#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Case {
    std::string content;
    std::string sentence;
};

void expect_refused(const Case& one, ErrorCode code = ErrorCode::auth) {
    GoogleWorld world;
    world.named(one.content);
    world.gcloud(user_json());   // never fallen back to
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched) << one.sentence;
    EXPECT_EQ(fetched.error().code, code) << fetched.error().message;
    EXPECT_EQ(fetched.error().provider, "vertex");
    EXPECT_THAT(fetched.error().message, HasSubstr("vertex: "));
    EXPECT_THAT(fetched.error().message, HasSubstr("/k.json"));
    EXPECT_THAT(fetched.error().message, HasSubstr(one.sentence));
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
    EXPECT_TRUE(world.requests.empty());
    const CredentialReport report = world.report();
    EXPECT_FALSE(report.found);
    EXPECT_THAT(report.detail, HasSubstr(one.sentence));
}

TEST(BadFile, that_is_no_json_is_named_with_line_and_column) {
    expect_refused({"{\n  \"type\": \"service_account\",\n  \"private_key\": very-secret\n}", "/k.json is no JSON: it is wrong at line 3, column 18"});
    expect_refused({"{\"type\": \"authorized_user\", \"client_secret\": \"very-secret", "is no JSON: it is wrong at line 1, column"});
    expect_refused({"-----BEGIN PRIVATE KEY-----\nvery-secret", "is no JSON: it is wrong at line 1, column 2"});
    expect_refused({"", "/k.json is empty; GOOGLE_APPLICATION_CREDENTIALS names it"});
    expect_refused({" \n", "is empty"});
    expect_refused({"[1]", "holds no JSON object"});
    expect_refused({"null", "holds no JSON object"});
    expect_refused({"{\"a\":" + std::string(300, '[') + std::string(300, ']') + "}", "is no JSON"});
}

TEST(BadFile, without_a_known_type_is_refused_by_name) {
    expect_refused({"{}", "has no field \"type\", so it is no credential file; GOOGLE_APPLICATION_CREDENTIALS names it"});
    expect_refused({R"({"installed":{"client_secret":"very-secret"}})", "(it describes an OAuth client)"});
    expect_refused({R"({"type":7})", "The field type of /k.json is no text"});
    expect_refused({R"({"type":""})", "/k.json lacks the field type"});
    expect_refused({R"({"type":"service_acount"})", "is service_acount, which is no kind of credentials that is known (did you mean service_account?)"});
    expect_refused({R"({"type":"api_key"})",
                    "It must be authorized_user, service_account, external_account, external_account_authorized_user or impersonated_service_account."});
    expect_refused({R"({"type":"very-secret with blanks"})", "is (no plain word), which"});
    expect_refused({R"({"type":"gdch_service_account"})", "gdch_service_account (Google Distributed Cloud), which is not supported"});
}

TEST(BadFile, names_all_the_fields_that_are_missing_or_empty) {
    expect_refused({R"({"type":"service_account"})", "/k.json lacks the fields client_email, private_key and token_uri. Create a new JSON key"});
    expect_refused({R"({"type":"service_account","client_email":"a@b","token_uri":"https://oauth2.googleapis.com/token","private_key":""})",
                    "lacks the field private_key."});
    expect_refused({R"({"type":"authorized_user","client_secret":"very-secret"})",
                    "lacks the fields client_id and refresh_token. Run `gcloud auth application-default login` to write it anew."});
    expect_refused({R"({"type":"external_account"})", "lacks the fields audience, subject_token_type and credential_source."});
    expect_refused({R"({"type":"external_account_authorized_user","client_id":null})", "lacks the fields client_id, client_secret and refresh_token."});
    expect_refused({R"({"type":"impersonated_service_account"})", "lacks the fields service_account_impersonation_url and source_credentials."});
}

TEST(BadFile, a_field_of_the_wrong_kind_is_named_and_not_shown) {
    expect_refused({R"({"type":"authorized_user","client_id":{"a":"very-secret"},"client_secret":"s","refresh_token":"r"})",
                    "The field client_id of /k.json is no text."});
    expect_refused({user_json(R"(,"quota_project_id":["very-secret"])"), "The field quota_project_id of /k.json is no text."});
    expect_refused({user_json(R"(,"quota_project_id":"a\r\nx-evil: very-secret")"), "The field quota_project_id of /k.json is no project's name."});
    expect_refused({user_json(R"(,"universe_domain":1)"), "The field universe_domain of /k.json is no text."});
    expect_refused({federation_json("\"file\""), "The field credential_source of /k.json is no object."});
    expect_refused({federation_json(R"({"file":7})"), "The field credential_source.file of /k.json is no text."});
    expect_refused({federation_json(R"({"file":"/t","format":{"type":"xml"}})"), "The field credential_source.format.type of /k.json is neither"});
    expect_refused({federation_json(R"({"file":"/t","format":{"type":"json"}})"), "lacks the field credential_source.format.subject_token_field_name"});
}

TEST(BadFile, with_a_key_that_cannot_be_used_says_why) {
    expect_refused({service_account_json("very-secret"), "The field private_key of /k.json is no PEM text"});
    expect_refused({service_account_json(ec_key), "The field private_key of /k.json is no RSA key"});
    expect_refused({service_account_json(encrypted_pkcs8_key), "The field private_key of /k.json is encrypted with a password"});
    expect_refused({service_account_json(pkcs8_key.substr(0, 700)), "The field private_key of /k.json cannot be read: it is cut off or damaged"});
}

TEST(BadFile, with_an_address_that_is_not_safe_is_refused_before_anything_is_sent) {
    expect_refused({service_account_json(pkcs8_key, "http://tokens.example.org/very-secret"), "The field token_uri of /k.json does not begin with https://."});
    expect_refused({service_account_json(pkcs8_key, "https://a:very-secret@example.org/"), "holds a user name or password"});
    expect_refused({service_account_json(pkcs8_key, "oauth2"), "The field token_uri of /k.json is no URL."});
    expect_refused({federation_json(R"({"url":"http://example.org/very-secret"})"), "The field credential_source.url of /k.json does not begin with https://."});
    expect_refused({federation_json(R"({"file":"/t"})", R"(,"service_account_impersonation_url":"http://example.org/v1/projects/-/serviceAccounts/a@b:generateAccessToken")"),
                    "The field service_account_impersonation_url of /k.json does not begin with https://."});
    expect_refused({federation_json(R"({"file":"/t"})", R"(,"service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/other")"),
                    "does not end in /serviceAccounts/EMAIL:generateAccessToken"});
    GoogleWorld world;
    world.named(R"({"type":"external_account","audience":"a","subject_token_type":"t","token_url":"http://sts.example.org/v1","credential_source":{"file":"/t"}})");
    EXPECT_THAT(world.failure(), HasSubstr("The field token_url of /k.json does not begin with https://."));
}

TEST(BadFile, that_is_not_there_or_cannot_be_read_ends_the_search) {
    GoogleWorld world;
    world.gcloud(user_json());
    world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/nowhere.json";
    EXPECT_EQ(world.failure(), "vertex: GOOGLE_APPLICATION_CREDENTIALS names /nowhere.json, and there is no such file. Correct the path, or unset the variable.");
    world.unreadable["/nowhere.json"] = "permission denied";
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::auth);
    EXPECT_EQ(fetched.error().message,
              "vertex: /nowhere.json cannot be read: permission denied; GOOGLE_APPLICATION_CREDENTIALS names it. Make it readable for this user, or name "
              "another file.");
    EXPECT_TRUE(world.requests.empty());
}

TEST(BadFile, of_gclouds_does_not_give_way_to_the_metadata_server) {
    GoogleWorld world;
    world.gcloud("{");
    EXPECT_THAT(world.failure(), HasSubstr("application_default_credentials.json is no JSON: it is wrong at line 1, column 2; it is gcloud's credential file."));
    EXPECT_TRUE(world.requests.empty());
}

}  // namespace
}  // namespace cortex::test
