#include "core/date_time.hpp"
#include "unit/google_auth/google_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Refusal, of_user_credentials_is_final_and_says_how_to_log_in_again) {
    for (const std::string word : {"invalid_grant", "invalid_client", "invalid_rapt", "rapt_required", "unauthorized_client", "invalid_scope"}) {
        GoogleWorld world;
        world.gcloud(user_json());
        // Whatever status such a word comes with.
        world.answer(word == "invalid_client" ? 401 : word == "invalid_scope" ? 500 : 400, R"({"error":")" + word + R"(","error_description":"Bad Request"})");
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched) << word;
        EXPECT_EQ(fetched.error().code, ErrorCode::auth) << word;
        EXPECT_FALSE(fetched.error().retryable);
        EXPECT_EQ(world.requests.size(), 1U) << word;
        EXPECT_THAT(fetched.error().message, HasSubstr("(" + word + ": Bad Request)"));
        if (word != "invalid_scope") {
            EXPECT_THAT(fetched.error().message, HasSubstr("`gcloud auth application-default login`"));
        }
    }
}

TEST(Refusal, reads_as_one_sentence_what_failed_and_one_what_to_do) {
    GoogleWorld world;
    world.gcloud(user_json());
    world.answer(400, R"({"error":"invalid_grant","error_description":"Token has been expired or revoked."})");
    EXPECT_EQ(world.failure(),
              "vertex: The token service oauth2.googleapis.com refused the gcloud user credentials in "
              "/home/u/.config/gcloud/application_default_credentials.json (invalid_grant: Token has been expired or revoked). Run `gcloud auth "
              "application-default login` to log in again.");
}

TEST(Refusal, says_that_the_organisation_wants_a_new_login) {
    GoogleWorld world;
    world.gcloud(user_json());
    world.answer(400, R"({"error":"invalid_grant","error_description":"reauth related error","error_subtype":"invalid_rapt"})");
    const std::string message = world.failure();
    EXPECT_THAT(message, HasSubstr("wants a new login"));
    EXPECT_THAT(message, HasSubstr("gcloud auth application-default login"));
}

TEST(Refusal, never_repeats_what_was_sent) {
    GoogleWorld world;
    world.gcloud(user_json());
    world.answer(400, R"({"error":"invalid_grant","error_description":"Bad token refresh-token-text of client-secret-text, oken-text"})");
    const std::string message = world.failure();
    EXPECT_THAT(message, HasSubstr("invalid_grant"));
    EXPECT_THAT(message, Not(HasSubstr("refresh-t")));
    EXPECT_THAT(message, Not(HasSubstr("ent-secret")));
    EXPECT_THAT(message, Not(HasSubstr("oken-text")));
}

TEST(Refusal, of_a_key_names_the_clock_where_the_words_do) {
    GoogleWorld world;
    world.named(service_account_json());
    const std::string words =
        R"({"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."})";
    world.answer(400, words, {{"date", "Tue, 14 Nov 2023 22:33:20 GMT"}});   // 20 minutes after the hand clock
    EXPECT_THAT(world.failure(), HasSubstr("Set the clock of this machine: it says 2023-11-14T22:13:20Z, the server's says 2023-11-14T22:33:20Z (20 min apart)."));

    GoogleWorld silent;
    silent.named(service_account_json());
    silent.answer(400, words);
    EXPECT_THAT(silent.failure(), HasSubstr("Check the clock of this machine, which says 2023-11-14T22:13:20Z."));
}

TEST(Refusal, of_a_key_says_whether_the_key_or_the_account_is_gone) {
    for (const auto& [words, sentence] : std::vector<std::pair<std::string, std::string>>{
             {"Invalid JWT Signature.", "The key was deleted, or belongs to another account"},
             {"Invalid grant: account not found", "The service account does not exist"},
             {"Something new", "Create a new JSON key of the service account"}}) {
        GoogleWorld world;
        world.named(service_account_json());
        world.answer(400, R"({"error":"invalid_grant","error_description":")" + words + "\"}");
        EXPECT_THAT(world.failure(), HasSubstr(sentence));
    }
}

TEST(Refusal, what_may_pass_is_tried_three_times_with_growing_pauses) {
    for (const int status : {408, 429, 500, 503, 504}) {
        GoogleWorld world;
        world.named(service_account_json());
        world.answer(status, "");
        world.answer(status, "");
        world.token();
        EXPECT_EQ(token_text(world.fetch()), "token-of-google") << status;
        // The world's random byte is 'r': 114 of 255, so 98.9 % of one and of two seconds.
        EXPECT_THAT(world.pauses, ElementsAre(milliseconds(989), milliseconds(1978)));
    }
    for (const std::string body : {R"({"error":"internal_failure"})", R"({"error":"server_error"})", R"({"error":"x","error_description":"temporarily_unavailable"})"}) {
        GoogleWorld world;
        world.named(service_account_json());
        world.answer(400, body);
        world.token();
        EXPECT_EQ(token_text(world.fetch()), "token-of-google") << body;
    }
}

TEST(Refusal, after_three_attempts_the_service_is_unavailable) {
    GoogleWorld world;
    world.named(service_account_json());
    for (int i = 0; i < 4; ++i) world.answer(503, "<html>busy</html>");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(world.requests.size(), 3U);
    EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(fetched.error().retryable);
    EXPECT_EQ(fetched.error().http_status, 503);
    EXPECT_EQ(fetched.error().provider, "vertex");
    EXPECT_EQ(fetched.error().message, "vertex: The token service oauth2.googleapis.com answered with HTTP 503. Try again later.");
}

TEST(Refusal, a_bad_gateway_is_not_asked_again_here_but_may_be_later) {
    GoogleWorld world;
    world.named(service_account_json());
    world.answer(502, "");
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(world.requests.size(), 1U);
    EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(fetched.error().retryable);
}

TEST(Refusal, a_network_that_is_down_keeps_its_code_and_names_the_service) {
    GoogleWorld world;
    world.named(service_account_json());
    const auto fetched = world.fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(world.requests.size(), 3U);
    EXPECT_EQ(fetched.error().code, ErrorCode::network);
    EXPECT_TRUE(fetched.error().retryable);
    EXPECT_EQ(fetched.error().message,
              "vertex: The token service oauth2.googleapis.com could not be asked: Connection refused. Check the network of this machine (and "
              "HTTPS_PROXY).");
}

TEST(Refusal, an_answer_that_is_no_token_is_somebody_elses) {
    for (const std::string body : {"<html>Welcome to our hotel</html>", "{}", R"({"access_token":""})", R"({"access_token":7})", R"({"access_token":"a\r\nb"})", "[]", ""}) {
        GoogleWorld world;
        world.named(service_account_json());
        world.answer(200, body);
        const auto fetched = world.fetch();
        ASSERT_FALSE(fetched) << body;
        EXPECT_EQ(fetched.error().code, ErrorCode::unavailable);
        EXPECT_THAT(fetched.error().message, HasSubstr("gave an answer without a token (HTTP 200)"));
    }
    GoogleWorld world;
    world.named(service_account_json());
    world.answer(302, "", {{"location", "https://login.hotel.example/"}});
    EXPECT_THAT(world.failure(), HasSubstr("answered with a redirect (HTTP 302), which is not followed"));
}

TEST(Refusal, a_deadline_ends_the_attempts_and_bounds_each_of_them) {
    GoogleWorld world;
    world.named(service_account_json());
    world.answer(503, "");
    World outside = world.world();
    outside.deadline = Deadline::after(world.clock.steady_now, milliseconds(500));
    auth::google::Adc adc(world.options);
    const auto fetched = adc.fetch(outside);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(world.requests.size(), 1U);
    EXPECT_TRUE(world.pauses.empty());
    EXPECT_EQ(world.requests[0].deadlines.total, milliseconds(500));
    world.clock.advance(milliseconds(500));
    const auto late = adc.fetch(outside);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
}

TEST(Refusal, stopping_the_source_or_the_caller_ends_a_fetch_before_its_next_request) {
    GoogleWorld world;
    world.named(service_account_json());
    auth::google::Adc adc(world.options);
    world.on_request = [&](const HttpRequest&) -> Result<HttpAnswer> {
        adc.stop();
        return json_answer(503, "");
    };
    const auto fetched = world.fetch_with(adc);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::cancelled);
    EXPECT_EQ(world.requests.size(), 1U);
}

}  // namespace
}  // namespace cortex::test
