#include "routing/failover.hpp"

#include "core/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

bool allowed(const ErrorInfo& error, const FailedCall& call = {}, const FailoverOptions& options = {}) {
    const FailoverDecision decision = may_fail_over(error, call, options);
    EXPECT_FALSE(decision.reason.empty());
    return decision.allowed;
}

const ErrorInfo overloaded{.code = ErrorCode::unavailable, .retryable = true, .http_status = 529};

TEST(MayFailOver, what_another_provider_may_well_do_better) {
    EXPECT_TRUE(allowed(overloaded));
    EXPECT_TRUE(allowed({.code = ErrorCode::unavailable, .retryable = false, .http_status = 503}));
    EXPECT_TRUE(allowed({.code = ErrorCode::unavailable, .retryable = true, .http_status = 200})) << "inside a stream";
    EXPECT_TRUE(allowed({.code = ErrorCode::network, .retryable = true}));
    EXPECT_TRUE(allowed({.code = ErrorCode::network})) << "a certificate that is refused";
    EXPECT_TRUE(allowed({.code = ErrorCode::timeout, .retryable = true}));
    EXPECT_TRUE(allowed({.code = ErrorCode::rate_limit, .retryable = true, .http_status = 429, .retry_after = 1h})) << "longer than the cap";
    EXPECT_TRUE(allowed({.code = ErrorCode::provider, .http_status = 501}));
    EXPECT_TRUE(allowed({.code = ErrorCode::protocol, .retryable = true}));
}

TEST(MayFailOver, never_what_only_the_user_can_put_right) {
    const ErrorInfo never[] = {
        {.code = ErrorCode::invalid_request, .http_status = 400}, {.code = ErrorCode::invalid_request, .http_status = 413},
        {.code = ErrorCode::auth, .http_status = 401},            {.code = ErrorCode::auth, .http_status = 403},
        {.code = ErrorCode::provider, .http_status = 402},        {.code = ErrorCode::model_not_found, .http_status = 404},
        {.code = ErrorCode::context_length, .http_status = 400},  {.code = ErrorCode::content_filter, .http_status = 200},
        {.code = ErrorCode::budget_exceeded},                     {.code = ErrorCode::cancelled},
        {.code = ErrorCode::config},                              {.code = ErrorCode::storage},
        {.code = ErrorCode::session_busy},                        {.code = ErrorCode::unknown},
        {.code = ErrorCode::protocol},                            {.code = ErrorCode::unavailable, .http_status = 409},
    };
    for (const ErrorInfo& error : never) EXPECT_FALSE(allowed(error)) << to_string(error.code) << " " << error.http_status;
    EXPECT_FALSE(allowed({.code = ErrorCode::rate_limit, .retryable = false, .http_status = 429})) << "a used-up quota";
}

TEST(MayFailOver, credentials_only_where_it_was_asked_for) {
    const ErrorInfo refused{.code = ErrorCode::auth, .http_status = 401};
    EXPECT_TRUE(allowed(refused, {}, {.on_auth_error = true}));
    EXPECT_FALSE(allowed({.code = ErrorCode::model_not_found, .http_status = 404}, {}, {.on_auth_error = true}));
}

TEST(MayFailOver, never_behind_delivered_text_a_started_tool_or_the_turns_end) {
    EXPECT_FALSE(allowed(overloaded, {.content_delivered = true}));
    EXPECT_FALSE(allowed(overloaded, {.effects_begun = true}));
    EXPECT_FALSE(allowed({.code = ErrorCode::timeout, .retryable = true}, {.turn_over = true}));
    EXPECT_FALSE(allowed(overloaded, {}, {.failover = false}));
}

const ChainEntry sonnet{.written = "claude-sonnet-4-5", .provider = "anthropic", .model = "claude-sonnet-4-5"};
const ChainEntry dated{.written = "claude-sonnet-4-5-20250929", .provider = "anthropic", .model = "claude-sonnet-4-5"};
const ChainEntry on_bedrock{.written = "claude-sonnet-4-5", .provider = "bedrock", .model = "claude-sonnet-4-5"};
const ChainEntry haiku{.written = "claude-haiku-4-5", .provider = "anthropic", .model = "claude-haiku-4-5"};
const ChainEntry luna{.written = "gpt-6-luna", .provider = "openai", .model = "gpt-6-luna"};

Result<void> chain(std::vector<ChainEntry> roles, std::vector<ChainEntry> fallbacks) { return check_chain(roles, fallbacks); }

TEST(CheckChain, takes_a_list_of_different_models) {
    EXPECT_TRUE(chain({sonnet, haiku}, {luna, on_bedrock}));
    EXPECT_TRUE(chain({sonnet}, {}));
    EXPECT_TRUE(chain({sonnet, haiku}, {haiku, sonnet})) << "each stands in for the other";
}

TEST(CheckChain, a_model_that_is_named_twice_is_an_error_that_names_both_entries) {
    const auto twice = chain({haiku}, {luna, sonnet, luna});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::config);
    EXPECT_THAT(twice.error().message, AllOf(HasSubstr("fallback_models[2]"), HasSubstr("\"gpt-6-luna\""), HasSubstr("fallback_models[0]")));
    EXPECT_THAT(chain({haiku}, {sonnet, dated}).error().message, AllOf(HasSubstr("claude-sonnet-4-5-20250929"), HasSubstr("fallback_models[0]"))) << "by another name";
}

TEST(CheckChain, the_only_model_cannot_stand_in_for_itself) {
    for (const std::vector<ChainEntry>& roles : {std::vector{sonnet}, std::vector{sonnet, sonnet}}) {
        const auto itself = chain(roles, {luna, dated});
        ASSERT_FALSE(itself);
        EXPECT_EQ(itself.error().code, ErrorCode::config);
        EXPECT_THAT(itself.error().message, AllOf(HasSubstr("fallback_models[1]"), HasSubstr("claude-sonnet-4-5-20250929")));
    }
}

TEST(Fits, a_model_that_lacks_something_says_what) {
    const ModelInfo small{.id = "small", .context_window = 4'096};
    EXPECT_FALSE(fits(small, {}));
    EXPECT_FALSE(fits(small, {.prompt_tokens = 4'096}));
    EXPECT_EQ(fits(small, {.prompt_tokens = 4'097}), "small takes 4096 tokens; the conversation has at least 4097.");
    EXPECT_EQ(fits(small, {.tools = true}), "small calls no tools.");
    EXPECT_EQ(fits(small, {.vision = true}), "small takes no pictures.");
    EXPECT_EQ(fits(small, {.pdf = true}), "small takes no PDF files.");
    const ModelInfo able{.id = "able", .vision = true, .pdf = true, .tool_use = true};
    EXPECT_FALSE(fits(able, {.tools = true, .vision = true, .pdf = true, .prompt_tokens = 9'000'000})) << "an unknown window is not held against it";
    EXPECT_FALSE(fits({.id = "by_schema", .tools_by_schema = true}, {.tools = true}));
}

TEST(Fits, abilities_of_a_model_that_nobody_knows_are_not_held_against_it) {
    const ModelInfo unknown{.id = "llama3.1:8b", .known = false, .context_window = 8'192};
    EXPECT_FALSE(fits(unknown, {.tools = true, .vision = true}));
    EXPECT_TRUE(fits(unknown, {.prompt_tokens = 10'000}));
}

TEST(Fits, agrees_with_the_catalogue) {
    const auto catalog = *Catalog::load();
    EXPECT_FALSE(fits(*catalog->find("claude-haiku-4-5"), {.tools = true, .vision = true, .pdf = true, .prompt_tokens = 150'000}));
    EXPECT_TRUE(fits(*catalog->find("claude-haiku-4-5"), {.prompt_tokens = 250'000}));
    EXPECT_TRUE(fits(*catalog->find("smollm2-135m-instruct"), {.tools = true}));
}

ErrorInfo attempt(const char* model, const char* provider, ErrorCode code, bool retryable, int status, std::string message) {
    return {.code = code, .message = std::move(message), .retryable = retryable, .provider = provider, .model = model, .http_status = status};
}

TEST(AllFailed, lists_each_attempt_and_speaks_for_the_model_that_was_meant) {
    std::array errors{attempt("claude-haiku-4-5", "anthropic", ErrorCode::unavailable, true, 529, "Overloaded. Try later."),
                      attempt("gpt-6-luna", "openai", ErrorCode::rate_limit, true, 429, "Too many requests.")};
    errors[0].request_id = "req_1";
    errors[0].retry_after = 30s;
    errors[1].retry_after = 5s;
    const ErrorInfo all = all_failed(errors);
    EXPECT_EQ(all.code, ErrorCode::unavailable);
    EXPECT_EQ(all.http_status, 529);
    EXPECT_EQ(all.request_id, "req_1");
    EXPECT_EQ(all.provider, "anthropic");
    EXPECT_EQ(all.retry_after, 5s);
    EXPECT_TRUE(all.retryable);
    EXPECT_EQ(all.message,
              "2 models were asked, and none answered. (1) claude-haiku-4-5 on anthropic: Overloaded. Try later. (2) gpt-6-luna on openai: Too many requests.");
}

TEST(AllFailed, an_attempt_that_ended_the_chain_gives_its_class) {
    const std::array errors{attempt("a", "one", ErrorCode::network, true, 0, "No connection."), attempt("b", "two", ErrorCode::auth, false, 401, "")};
    const ErrorInfo all = all_failed(errors);
    EXPECT_EQ(all.code, ErrorCode::auth);
    EXPECT_EQ(all.provider, "two");
    EXPECT_TRUE(all.retryable) << "the first may answer later";
    EXPECT_THAT(all.message, HasSubstr("(2) b on two: auth"));
}

TEST(AllFailed, a_single_failure_stays_as_it_is) {
    const std::array one{attempt("a", "one", ErrorCode::network, true, 0, "No connection.")};
    EXPECT_EQ(all_failed(one).message, "No connection.");
    EXPECT_EQ(all_failed({}).code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cortex::routing
