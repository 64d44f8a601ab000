#include "ec_key.hpp"
#include "machine.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cortex::auth::aws {
namespace {

/// SHA-256 of the session's name.
constexpr std::string_view cache_name = "c03a7323bda916bba892295dd46ea73c98866a0ad0a2606cb839909f35fbc865.json";

struct AwsLogin : ::testing::Test {
    test::FakeWorld machine = test::bare_machine();
    std::string path = "/home/u/.aws/login/cache/" + std::string(cache_name);
    boost::json::object cache = {};
    HttpAnswer answer = test::json_answer(200, R"({"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"n","sessionToken":"m"},"expiresIn":900,"refreshToken":"new-refresh"})");
    AwsLogin() {
        machine.environment["AWS_PROFILE"] = "dev";
        machine.files["/home/u/.aws/config"] = "[profile dev]\nlogin_session = arn:aws:sts::123456789012:assumed-role/Admin/me\nregion = eu-west-1\n";
        const test::Key key = test::make_ec_key();
        cache["accessToken"] = {{"accessKeyId", "ASIAOLD"}, {"secretAccessKey", "o"}, {"sessionToken", "p"}, {"accountId", "123456789012"}};
        cache["clientId"] = "arn:aws:signin:::devtools/same-device";
        cache["refreshToken"] = "old-refresh";
        cache["dpopKey"] = test::private_pem(key.get(), test::PemForm::pkcs8);
        cache["unknown"] = 7;
        machine.on_request = [this](const HttpRequest&) -> Result<HttpAnswer> { return answer; };
    }
    void ends(std::string_view when) {
        cache["accessToken"].as_object()["expiresAt"] = when;
        machine.files[path] = boost::json::serialize(cache);
    }
    test::Fetched fetch() { return test::fetch(machine); }
    std::string refused() { return test::failure(machine); }
};

TEST_F(AwsLogin, GoodKeysAreTakenAsTheyAre) {
    ends("2023-11-14T22:20:00Z");
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->access_key_id, "ASIAOLD");
    EXPECT_EQ((*fetched)->account_id, "123456789012");
    EXPECT_EQ((*fetched)->source, "login session of profile dev");
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsLogin, OldKeysAreRenewedAndKept) {
    ends("2023-11-14T22:18:00Z");
    const test::Fetched fetched = fetch();
    ASSERT_TRUE(fetched && *fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->access_key_id, "ASIANEW");
    EXPECT_EQ((*fetched)->account_id, "123456789012");
    ASSERT_EQ(machine.requests.size(), 1U);
    EXPECT_EQ(machine.requests[0].url, "https://eu-west-1.signin.aws.amazon.com/v1/token") << "the profile's region";
    const boost::json::value kept = boost::json::parse(machine.written.at(path));
    EXPECT_EQ(kept.at("accessToken").at("expiresAt"), "2023-11-14T22:28:20Z");
    EXPECT_EQ(kept.at("accessToken").at("accountId"), "123456789012");
    EXPECT_EQ(kept.at("refreshToken"), "new-refresh");
    EXPECT_EQ(kept.at("unknown"), 7) << "what others have written stays";
    EXPECT_EQ(kept.at("dpopKey"), cache.at("dpopKey"));
}

TEST_F(AwsLogin, TheCacheMayNameRegionAndLieElsewhere) {
    machine.environment["AWS_LOGIN_CACHE_DIRECTORY"] = "/elsewhere";
    path = "/elsewhere/" + std::string(cache_name);
    cache["signInRegion"] = "us-west-2";
    ends("2023-11-14T22:00:00Z");
    ASSERT_TRUE(fetch());
    EXPECT_EQ(machine.requests[0].url, "https://us-west-2.signin.aws.amazon.com/v1/token");
}

TEST_F(AwsLogin, ARefusalIsAskedOnceAndNamesTheCommand) {
    ends("2023-11-14T22:00:00Z");
    answer = test::json_answer(400, R"({"error":"TOKEN_EXPIRED","message":"old-refresh is old"})", {{"x-amzn-errortype", "AccessDeniedException"}});
    EXPECT_EQ(refused(), "The login session of profile dev was not renewed (HTTP 400, AccessDeniedException: TOKEN_EXPIRED). Run `aws login --profile dev`.");
    EXPECT_EQ(machine.requests.size(), 1U);
    ends("2023-11-14T22:15:00Z");
    const test::Fetched still_good = fetch();
    ASSERT_TRUE(still_good && *still_good);
    EXPECT_EQ((*still_good)->access_key_id, "ASIAOLD");
}

TEST_F(AwsLogin, WhatIsWrongWithTheCacheNamesTheCommand) {
    const std::string who = "The login session of profile dev ";
    const std::string remedy = ". Run `aws login --profile dev`.";
    EXPECT_EQ(refused(), who + "has no keys: there is no " + path + remedy);
    machine.files[path] = "x";
    EXPECT_EQ(refused(), who + "is broken: " + path + " is no JSON object" + remedy);
    machine.files[path] = "{}";
    EXPECT_EQ(refused(), who + "is broken: " + path + " holds no accessToken" + remedy);
    ends("soon");
    EXPECT_EQ(refused(), who + "has broken keys in " + path + ": ExpiresAt is not a time. Check what gives the keys out.");
    cache["dpopKey"] = "nonsense";
    ends("2023-11-14T22:00:00Z");
    EXPECT_EQ(refused(), who + "is broken: the key (dpopKey) is no P-256 private key in PEM in " + path + remedy);
    cache.erase("clientId");
    ends("2023-11-14T22:00:00Z");
    EXPECT_EQ(refused(), who + "is broken: " + path + " holds no clientId" + remedy);
    EXPECT_TRUE(machine.requests.empty());
}

TEST_F(AwsLogin, AnAnswerThatMakesNoSense) {
    ends("2023-11-14T22:00:00Z");
    answer = test::json_answer(200, R"({"accessToken":{"accessKeyId":"A","secretAccessKey":"s"}})");
    EXPECT_EQ(refused(), "The login session of profile dev got an answer that makes no sense. Run `aws login --profile dev`.");
    EXPECT_TRUE(machine.written.empty());
}

}  // namespace
}  // namespace cortex::auth::aws
