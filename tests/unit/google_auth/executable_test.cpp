#include "auth/google/subject_executable.hpp"

#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using auth::google::split_command;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* good = R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:id_token","id_token":"printed-token","expiration_time":1700003600})";

class ExecutableWorld : public GoogleWorld {
public:
    explicit ExecutableWorld(std::string_view more = {}, std::string_view rest = {}) {
        environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1";
        named(federation_json(std::string(R"({"executable":{"command":"/opt/get-token --for 'my pool'")").append(more).append("}}"), rest));
        on_process = [this](const ProcessRequest&) -> Result<ProcessOutput> { return ProcessOutput{.exit_code = exit_code, .out = printed, .err = "very-secret"}; };
        token();
    }
    std::string printed = good;
    int exit_code = 0;
};

TEST(Executable, its_token_is_exchanged) {
    ExecutableWorld world;
    ASSERT_EQ(token_text(world.fetch()), "token-of-google");
    EXPECT_EQ(world.field(0, "subject_token"), "printed-token");
    ASSERT_EQ(world.programs.size(), 1U);
    EXPECT_THAT(world.programs[0].argv, ElementsAre("/opt/get-token", "--for", "my pool"));
    EXPECT_EQ(world.programs[0].timeout, milliseconds(30'000));
    EXPECT_THAT(world.programs[0].add_environment,
                UnorderedElementsAre(Pair("GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/providers/q"),
                                     Pair("GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", "urn:ietf:params:oauth:token-type:jwt"), Pair("GOOGLE_EXTERNAL_ACCOUNT_ID", ""),
                                     Pair("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0"), Pair("GOOGLE_EXTERNAL_ACCOUNT_REVOKE", "0")));
}

TEST(Executable, is_told_of_its_output_file_and_of_the_account_to_impersonate) {
    ExecutableWorld world(R"(,"output_file":"/run/out","timeout_millis":5000)",
                          R"(,"service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/bot@p.example:generateAccessToken")");
    world.answer(200, R"({"accessToken":"impersonated","expireTime":"2023-11-14T23:13:20Z"})");
    ASSERT_EQ(token_text(world.fetch()), "impersonated");
    EXPECT_EQ(world.programs[0].timeout, milliseconds(5'000));
    EXPECT_THAT(world.programs[0].add_environment, testing::Contains(Pair("GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE", "/run/out")));
    EXPECT_THAT(world.programs[0].add_environment, testing::Contains(Pair("GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", "bot@p.example")));
    EXPECT_THAT(world.programs[0].add_environment, testing::Contains(Pair("GOOGLE_EXTERNAL_ACCOUNT_ID", "bot@p.example")));
}

TEST(Executable, is_not_run_unless_the_variable_is_1) {
    for (const auto& value : {std::optional<std::string>(), std::optional<std::string>("0"), std::optional<std::string>("true")}) {
        ExecutableWorld world;
        world.environment.erase("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES");
        if (value) world.environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = *value;
        EXPECT_EQ(world.failure(),
                  "vertex: The program in the field credential_source.executable.command of /k.json is not run, because "
                  "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is not \"1\". Set it to 1 if you trust that file, which can name any program.");
        EXPECT_TRUE(world.programs.empty());
        EXPECT_THAT(world.report().detail, HasSubstr("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"));
    }
}

TEST(Executable, rests_while_its_output_file_is_good) {
    ExecutableWorld kept(R"(,"output_file":"/run/out")");
    kept.files["/run/out"] = R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:saml2","saml_response":"kept-token","expiration_time":1700000001})";
    ASSERT_EQ(token_text(kept.fetch()), "token-of-google");
    EXPECT_EQ(kept.field(0, "subject_token"), "kept-token");
    EXPECT_TRUE(kept.programs.empty());

    for (const std::string old : {
             R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"old-token","expiration_time":1700000000})",
             R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"old-token"})",
             R"({"version":1,"success":false,"code":"1","message":"m"})", "", "{"}) {
        ExecutableWorld world(R"(,"output_file":"/run/out")");
        world.files["/run/out"] = old;
        ASSERT_EQ(token_text(world.fetch()), "token-of-google") << old;
        EXPECT_EQ(world.field(0, "subject_token"), "printed-token");
        EXPECT_EQ(world.programs.size(), 1U);
    }
}

TEST(Executable, an_answer_that_will_not_do_is_explained_and_not_shown) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"very-secret", "printed no JSON object."},
        {R"(["very-secret"])", "printed no JSON object."},
        {R"({"success":true,"id_token":"very-secret"})", "printed an answer without the number \"version\"."},
        {R"({"version":1,"id_token":"very-secret"})", "printed an answer without \"success\" (true or false)."},
        {R"({"version":1,"success":"true"})", "printed an answer without \"success\" (true or false)."},
        {R"({"version":2,"success":true,"id_token":"very-secret"})", "answered in version 2; only version 1 is understood."},
        {R"({"version":0,"success":true})", "answered in version 0; only version 1 is understood."},
        {R"({"version":1,"success":false,"code":"401","message":"Caller not authorized."})", "failed: Caller not authorized (401)."},
        {R"({"version":1,"success":false})", "failed, and gave no \"code\" and \"message\""},
        {R"({"version":1,"success":true})", "printed an answer without a \"token_type\"."},
        {R"({"version":1,"success":true,"token_type":"very-secret"})", "printed a \"token_type\" that is not known."},
        {R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:saml2","id_token":"very-secret"})", "without a token in the field \"saml_response\"."},
        {R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"very-secret","expiration_time":1700000000})",
         "printed a token that has expired already."}};
    for (const auto& [printed, sentence] : cases) {
        ExecutableWorld world;
        world.printed = printed;
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched) << printed;
        EXPECT_EQ(fetched.error().code, ErrorCode::auth);
        EXPECT_THAT(fetched.error().message, HasSubstr("The program in the field credential_source.executable.command of /k.json "));
        EXPECT_THAT(fetched.error().message, HasSubstr(sentence));
        EXPECT_THAT(fetched.error().message, Not(HasSubstr("very-secret")));
        EXPECT_TRUE(world.requests.empty());
    }
}

TEST(Executable, a_fresh_answer_needs_no_end_and_one_beyond_reason_does_not_overflow) {
    for (const std::string end : {"", R"(,"expiration_time":9223372036854775807)"}) {
        ExecutableWorld world(R"(,"output_file":"/run/out")");
        world.printed = R"({"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"printed-token")" + end + "}";
        EXPECT_EQ(token_text(world.fetch()), "token-of-google");
    }
}

TEST(Executable, that_fails_hangs_or_is_not_there_is_told_apart) {
    ExecutableWorld failing;
    failing.exit_code = 3;
    failing.printed = "very-secret";
    EXPECT_THAT(failing.failure(), HasSubstr("ended with status 3. Run it by hand to see why."));
    EXPECT_THAT(failing.failure(), Not(HasSubstr("very-secret")));
    failing.printed = R"({"version":1,"success":false,"code":"7","message":"No login"})";
    EXPECT_THAT(failing.failure(), HasSubstr("failed: No login (7)."));

    ExecutableWorld hanging;
    hanging.on_process = [](const ProcessRequest&) -> Result<ProcessOutput> { return ErrorInfo{.code = ErrorCode::timeout, .message = "It ran for too long."}; };
    const auto fetched = hanging.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::timeout);
    EXPECT_THAT(fetched.error().message, HasSubstr("gave no answer within 30 s. Raise timeout_millis there"));

    ExecutableWorld absent;
    absent.on_process = nullptr;
    const auto missing = absent.fetch();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::auth);
    EXPECT_THAT(missing.error().message, HasSubstr("did not run: There is no such program. Check the command."));
}

TEST(Executable, its_settings_are_checked) {
    for (const auto& [more, sentence] : std::vector<std::pair<std::string, std::string>>{
             {R"(,"timeout_millis":4999)", "The field credential_source.executable.timeout_millis of /k.json is not between 5000 and 120000."},
             {R"(,"timeout_millis":120001)", "is not between 5000 and 120000."},
             {R"(,"timeout_millis":"soon")", "is no whole number."},
             {R"(,"output_file":1)", "The field credential_source.executable.output_file of /k.json is no text."}}) {
        ExecutableWorld world(more);
        EXPECT_THAT(world.failure(), HasSubstr(sentence));
    }
    GoogleWorld world;
    world.named(federation_json(R"({"executable":{"command":"a 'b"}})"));
    EXPECT_THAT(world.failure(), HasSubstr("The field credential_source.executable.command of /k.json cannot be split into words"));
    world.named(federation_json(R"({"executable":{}})"));
    EXPECT_THAT(world.failure(), HasSubstr("/k.json lacks the field credential_source.executable.command."));
}

TEST(SplitCommand, follows_the_shells_quotation_marks_and_expands_nothing) {
    EXPECT_THAT(*split_command("a b\tc\n"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(*split_command(R"(a 'b "c' "d 'e" f\ g)"), ElementsAre("a", "b \"c", "d 'e", "f g"));
    EXPECT_THAT(*split_command(R"(a "b\"c\\d\n" '\')"), ElementsAre("a", "b\"c\\d\\n", "\\"));
    EXPECT_THAT(*split_command("a '' \"\" b'c'd"), ElementsAre("a", "", "", "bcd"));
    EXPECT_THAT(*split_command("a $HOME `b` ; *"), ElementsAre("a", "$HOME", "`b`", ";", "*"));
    for (const std::string_view bad : {"", "  ", "'", "a \"b", "a \\", "''"}) EXPECT_FALSE(split_command(bad)) << bad;
}

}  // namespace
}  // namespace cortex::test
