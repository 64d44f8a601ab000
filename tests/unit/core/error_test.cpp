#include "core/result.hpp"

#include <cortex/error.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

using cortex::ErrorCode;

const std::vector<ErrorCode> all_codes{
    ErrorCode::unknown,        ErrorCode::config,          ErrorCode::provider,        ErrorCode::auth,
    ErrorCode::rate_limit,     ErrorCode::unavailable,     ErrorCode::model_not_found, ErrorCode::invalid_request,
    ErrorCode::context_length, ErrorCode::content_filter,  ErrorCode::network,         ErrorCode::timeout,
    ErrorCode::cancelled,      ErrorCode::budget_exceeded, ErrorCode::session_busy,    ErrorCode::storage,
    ErrorCode::protocol,
};

/// The exact class that `throw_error` throws for a code.
const std::type_info& class_of(ErrorCode code) {
    try {
        cortex::throw_error({.code = code, .message = "x"});
    } catch (const cortex::Error& error) {
        EXPECT_EQ(error.code(), code);
        return typeid(error);
    }
}

TEST(Error, each_code_has_its_class) {
    EXPECT_EQ(class_of(ErrorCode::unknown), typeid(cortex::Error));
    EXPECT_EQ(class_of(ErrorCode::config), typeid(cortex::ConfigError));
    EXPECT_EQ(class_of(ErrorCode::provider), typeid(cortex::ProviderError));
    EXPECT_EQ(class_of(ErrorCode::auth), typeid(cortex::ProviderAuthError));
    EXPECT_EQ(class_of(ErrorCode::rate_limit), typeid(cortex::RateLimitError));
    EXPECT_EQ(class_of(ErrorCode::unavailable), typeid(cortex::ServiceUnavailableError));
    EXPECT_EQ(class_of(ErrorCode::model_not_found), typeid(cortex::ModelNotFoundError));
    EXPECT_EQ(class_of(ErrorCode::invalid_request), typeid(cortex::InvalidRequestError));
    EXPECT_EQ(class_of(ErrorCode::context_length), typeid(cortex::ContextLengthError));
    EXPECT_EQ(class_of(ErrorCode::content_filter), typeid(cortex::ContentFilterError));
    EXPECT_EQ(class_of(ErrorCode::network), typeid(cortex::NetworkError));
    EXPECT_EQ(class_of(ErrorCode::timeout), typeid(cortex::TimeoutError));
    EXPECT_EQ(class_of(ErrorCode::cancelled), typeid(cortex::CancelledError));
    EXPECT_EQ(class_of(ErrorCode::budget_exceeded), typeid(cortex::BudgetExceededError));
    EXPECT_EQ(class_of(ErrorCode::session_busy), typeid(cortex::SessionBusyError));
    EXPECT_EQ(class_of(ErrorCode::storage), typeid(cortex::StorageError));
    EXPECT_EQ(class_of(ErrorCode::protocol), typeid(cortex::ProtocolError));
}

TEST(Error, what_the_vendor_answered_is_a_provider_error_and_nothing_else_is) {
    const std::set<ErrorCode> of_the_vendor{ErrorCode::provider,        ErrorCode::auth,
                                            ErrorCode::rate_limit,      ErrorCode::unavailable,
                                            ErrorCode::model_not_found, ErrorCode::invalid_request,
                                            ErrorCode::context_length,  ErrorCode::content_filter};
    for (const ErrorCode code : all_codes) {
        bool caught_as_provider_error = false;
        try {
            cortex::throw_error({.code = code});
        } catch (const cortex::ProviderError&) {
            caught_as_provider_error = true;
        } catch (const cortex::Error&) {
        }
        EXPECT_EQ(caught_as_provider_error, of_the_vendor.contains(code)) << to_string(code);
    }
}

TEST(Error, codes_have_distinct_names) {
    std::set<std::string_view> names;
    for (const ErrorCode code : all_codes) names.insert(to_string(code));
    EXPECT_EQ(names.size(), all_codes.size());
    EXPECT_EQ(to_string(ErrorCode::rate_limit), "rate_limit");
    EXPECT_EQ(to_string(ErrorCode::model_not_found), "model_not_found");
}

TEST(Error, carries_every_property) {
    const cortex::Error error({.code = ErrorCode::rate_limit,
                               .message = "Slow down.",
                               .retryable = true,
                               .provider = "anthropic",
                               .model = "claude-haiku-4-5",
                               .http_status = 429,
                               .request_id = "req_1",
                               .retry_after = std::chrono::milliseconds(1500),
                               .partial_content = "Once"});
    EXPECT_STREQ(error.what(), "Slow down.");
    EXPECT_TRUE(error.retryable());
    EXPECT_EQ(error.provider(), "anthropic");
    EXPECT_EQ(error.model(), "claude-haiku-4-5");
    EXPECT_EQ(error.http_status(), 429);
    EXPECT_EQ(error.request_id(), "req_1");
    EXPECT_EQ(error.retry_after(), std::chrono::milliseconds(1500));
    EXPECT_EQ(error.info().partial_content, "Once");
}

TEST(Error, has_no_status_where_no_answer_arrived) {
    EXPECT_EQ(cortex::Error({.code = ErrorCode::network}).http_status(), std::nullopt);
}

TEST(Result, holds_a_value_or_an_error) {
    const cortex::Result<std::string> value(std::string("here"));
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(*value, "here");
    EXPECT_EQ(value->size(), 4u);
    const cortex::Result<std::string> error(cortex::ErrorInfo{.code = ErrorCode::timeout, .message = "late"});
    ASSERT_FALSE(error.has_value());
    EXPECT_EQ(error.error().code, ErrorCode::timeout);
}

TEST(Result, gives_up_a_value_that_cannot_be_copied) {
    cortex::Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = std::move(result).value();
    EXPECT_EQ(*taken, 7);
}

TEST(Result, of_nothing_succeeds_unless_it_has_an_error) {
    EXPECT_TRUE(cortex::Result<void>().has_value());
    const cortex::Result<void> failed(cortex::ErrorInfo{.code = ErrorCode::unknown});
    EXPECT_FALSE(failed.has_value());   // even an error of no special kind is one
}

}  // namespace
