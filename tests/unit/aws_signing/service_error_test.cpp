// What AWS's services say of a failure. The published cases are in service_error_vectors_test.cpp.

#include "auth/aws/service_error.hpp"

#include <gtest/gtest.h>

namespace cortex::auth::aws::test {
namespace {

HttpHead head_of(std::vector<HttpHeader> headers = {}) { return {.status = 400, .headers = std::move(headers)}; }

TEST(ServiceError, of_bedrock) {
    const auto error = read_json_error(head_of({{"x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/x/"},
                                                {"x-amzn-RequestId", "id-1"}}),
                                       R"({"message":"Too many requests"})");
    EXPECT_EQ(error.code, "ThrottlingException");
    EXPECT_EQ(error.message, "Too many requests");
    EXPECT_EQ(error.request_id, "id-1");
    EXPECT_TRUE(error.readable);
}

TEST(ServiceError, header_then_type_then_code) {
    const std::string_view all = R"({"__type":"a.b#Second","code":"Third","Message":"M"})";
    EXPECT_EQ(read_json_error(head_of({{"X-Amzn-Errortype", "First"}}), all).code, "First");
    EXPECT_EQ(read_json_error(head_of(), all).code, "Second");
    EXPECT_EQ(read_json_error(head_of({{"X-Amzn-Errortype", ""}}), all).code, "Second");
    EXPECT_EQ(read_json_error(head_of(), all).message, "M");
    EXPECT_EQ(read_json_error(head_of(), R"({"code":"x#y#Third:z","message":"m","Message":"M"})").code, "Third");
    EXPECT_EQ(read_json_error(head_of(), R"({"code":404})").code, "");
    EXPECT_EQ(read_json_error(head_of(), R"({"error":"expired_token","error_description":"It ran out"})").message, "It ran out");
}

TEST(ServiceError, what_is_not_readable_says_so) {
    for (const char* body : {"", "<html>", "[]", "{}", "{\"message\":", "null"}) {
        EXPECT_FALSE(read_json_error(head_of(), body).readable) << body;
        EXPECT_FALSE(read_xml_error(head_of(), body).readable) << body;
    }
    EXPECT_TRUE(read_json_error(head_of({{"x-amzn-errortype", "Broken"}}), "<html>").readable);
    EXPECT_FALSE(read_xml_error(head_of(), "<ErrorResponse/>").readable);
    EXPECT_FALSE(read_xml_error(head_of(), "<Other><Error><Code>x</Code></Error></Other>").readable);
}

TEST(ServiceError, of_sts) {
    const auto error = read_xml_error(head_of(),
                                      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                                      "<Code>ExpiredToken</Code><Message>It &amp; that</Message></Error><RequestId>r</RequestId></ErrorResponse>");
    EXPECT_EQ(error.code, "ExpiredToken");
    EXPECT_EQ(error.message, "It & that");
    EXPECT_EQ(error.request_id, "r");
    EXPECT_TRUE(error.readable);
    EXPECT_EQ(read_xml_error(head_of({{"x-amzn-requestid", "h"}}), "no xml").request_id, "h");
}

TEST(ServiceError, codes_that_doubt_the_clock_or_the_credentials) {
    EXPECT_EQ(clock_doubt("RequestTimeTooSkewed"), ClockDoubt::certain);
    EXPECT_EQ(clock_doubt("RequestExpired"), ClockDoubt::certain);
    EXPECT_EQ(clock_doubt("RequestInTheFuture"), ClockDoubt::certain);
    EXPECT_EQ(clock_doubt("InvalidSignatureException"), ClockDoubt::possible);
    EXPECT_EQ(clock_doubt("SignatureDoesNotMatch"), ClockDoubt::possible);
    EXPECT_EQ(clock_doubt("AuthFailure"), ClockDoubt::possible);
    EXPECT_EQ(clock_doubt("AccessDeniedException"), ClockDoubt::none);
    EXPECT_EQ(clock_doubt(""), ClockDoubt::none);
    for (const char* code : {"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"})
        EXPECT_TRUE(credentials_expired(code)) << code;
    EXPECT_FALSE(credentials_expired("AccessDeniedException"));
    EXPECT_FALSE(credentials_expired(""));
}

}  // namespace
}  // namespace cortex::auth::aws::test
