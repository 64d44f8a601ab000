#include "auth/aws/command_line.hpp"
#include "core/date_time.hpp"
#include "machine.hpp"

namespace cortex::auth::aws {
namespace {

using Words = std::vector<std::string>;

TEST(AwsCommandLine, WordsAsAShellSplitsThem) {
    EXPECT_EQ(split_command("  a b\tc "), (Words{"a", "b", "c"}));
    EXPECT_EQ(split_command(R"("/a b/c" --x='y "z"' \"q\" "")"), (Words{"/a b/c", "--x=y \"z\"", "\"q\"", ""}));
    EXPECT_EQ(split_command(R"("a\"b\\c\d")"), (Words{R"(a"b\c\d)"}));
    EXPECT_EQ(split_command("echo $HOME | sh"), (Words{"echo", "$HOME", "|", "sh"})) << "nothing is expanded";
    EXPECT_FALSE(split_command("a 'b"));
    EXPECT_FALSE(split_command("a \\"));
}

TEST(AwsCommandLine, ErrorOutputIsShownWithoutWhatLooksLikeAKey) {
    EXPECT_EQ(shown_line("\n  not logged in\nsecond line"), "not logged in");
    EXPECT_EQ(shown_line("id AKIAIOSFODNN7EXAMPLE refused"), "id <redacted> refused");
    EXPECT_EQ(shown_line("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "<redacted>");
    EXPECT_EQ(shown_line(R"({"SecretAccessKey": "short", "Version": 1})"), R"({"SecretAccessKey": "<redacted>", "Version": 1})");
    EXPECT_EQ(shown_line("AWS_SECRET_ACCESS_KEY=short"), "AWS_SECRET_ACCESS_KEY=<redacted>");
    EXPECT_EQ(shown_line("password: hunter2"), "password: <redacted>");
    EXPECT_EQ(shown_line(std::string(5000, 'a')), "<redacted>");
    EXPECT_LE(shown_line(std::string(400, ' ') + std::string("word ") + std::string(3000, '!')).size(), 200U);
}

struct AwsProcess : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    AwsProcess() { machine.files["/home/u/.aws/config"] = "[default]\ncredential_process = \"/opt/my tool\" --account 1\n"; }
    void prints(std::string out, int exit_code = 0, std::string err = {}) {
        machine.on_process = [=](const ProcessRequest&) -> Result<ProcessOutput> { return ProcessOutput{.exit_code = exit_code, .out = out, .err = err}; };
    }
    std::string refused() { return test::failure(machine); }
    static std::string sentence(std::string_view rest) { return "credential_process of profile default in /home/u/.aws/config " + std::string(rest); }
};

constexpr std::string_view good = R"({"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t","Expiration":"2023-11-15T00:00:00Z"})";

TEST_F(AwsProcess, GivesKeys) {
    prints(std::string(good));
    const test::Fetched fetched = test::fetch(machine);
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->source, "profile default (credential_process)");
    EXPECT_EQ((*fetched)->access_key_id, "ASIA");
    EXPECT_EQ(test::secret_of(**fetched), "s");
    EXPECT_EQ(test::token_of(**fetched), "t");
    EXPECT_EQ((*fetched)->expires_at, parse_iso8601("2023-11-15T00:00:00Z"));
    ASSERT_EQ(machine.programs.size(), 1U);
    EXPECT_EQ(machine.programs[0].argv, (Words{"/opt/my tool", "--account", "1"}));
    EXPECT_EQ(machine.programs[0].timeout, std::chrono::seconds(60));
}

TEST_F(AwsProcess, KeysWithoutAnEndHaveNone) {
    prints(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"})");
    const test::Fetched fetched = test::fetch(machine);
    ASSERT_TRUE(fetched && *fetched);
    EXPECT_FALSE((*fetched)->expires_at);
}

TEST_F(AwsProcess, SentencesNeverQuoteWhatItPrinted) {
    prints("wJalrXUtnFEMI garbage");
    EXPECT_EQ(refused(), sentence("printed something that is no JSON object. It must print one with Version, AccessKeyId and SecretAccessKey."));
    prints(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"})");
    EXPECT_EQ(refused(), sentence("printed credentials whose Version is not 1. Only version 1 is known."));
    prints(R"({"AccessKeyId":"A","SecretAccessKey":"s"})");
    EXPECT_EQ(refused(), sentence("printed credentials whose Version is not 1. Only version 1 is known."));
    prints(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"})");
    EXPECT_EQ(refused(), sentence("printed wrong credentials: Expiration is not a time. Check what gives the keys out."));
    prints(R"({"Version":1,"AccessKeyId":7,"SecretAccessKey":"s"})");
    EXPECT_EQ(refused(), sentence("printed wrong credentials: AccessKeyId is not a text. Check what gives the keys out."));
    prints(R"({"Version":1,"AccessKeyId":"A"})");
    EXPECT_EQ(refused(), sentence("printed wrong credentials: SecretAccessKey is missing. Check what gives the keys out."));
    prints(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"})");
    EXPECT_EQ(refused(), sentence("printed credentials that have expired. Renew what it takes them from."));
    prints("wJalrXUtnFEMI", 7, "token AKIAIOSFODNN7EXAMPLE is old\nmore");
    EXPECT_EQ(refused(), sentence("failed with exit code 7: token <redacted> is old. Run it by hand to see more."));
}

TEST_F(AwsProcess, OneThatHangsOrFloodsOrCannotBeRun) {
    machine.on_process = [](const ProcessRequest&) -> Result<ProcessOutput> { return ErrorInfo{.code = ErrorCode::timeout, .message = "too slow"}; };
    const test::Fetched hanging = test::fetch(machine);
    ASSERT_FALSE(hanging);
    EXPECT_EQ(hanging.error().code, ErrorCode::timeout);
    EXPECT_EQ(hanging.error().message, sentence("did not end within 60 seconds. It was stopped; run it by hand to see what it waits for."));
    machine.on_process = [](const ProcessRequest&) -> Result<ProcessOutput> { return ErrorInfo{.code = ErrorCode::protocol, .message = "100 MB"}; };
    EXPECT_EQ(refused(), sentence("printed far more than credentials need. It was stopped; it must print one JSON object."));
    machine.on_process = {};
    EXPECT_EQ(refused(), sentence("cannot be run: There is no such program."));
}

TEST_F(AwsProcess, AQuoteWithoutAnEndIsRefused) {
    machine.files["/home/u/.aws/config"] = "[default]\ncredential_process = \"/opt/tool\n";
    EXPECT_EQ(refused(), sentence("is no command line: a quote has no end. Correct it; it is split into words without a shell."));
    EXPECT_TRUE(machine.programs.empty());
}

}  // namespace
}  // namespace cortex::auth::aws
