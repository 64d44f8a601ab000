// What AWS's services say of a failure: cases of our own, and the published ones where this machine has them.

#include "auth/aws/service_error.hpp"
#include "vectors.hpp"

#include <gtest/gtest.h>

#include <iostream>

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

void run_published(const char* file, ServiceError (*read)(const HttpHead&, std::string_view)) {
    const auto path = published("aws-responses") / file;
    CORTEX_NEED(path);
    std::size_t count = 0;
    const auto suites = read_json(path);
    for (const auto& suite : suites->as_array())
        for (const auto& item : suite.at("cases").as_array()) {
            SCOPED_TRACE(text_of(item.at("id")));
            const auto& response = item.at("response").as_object();
            HttpHead head{.status = response.at("status_code").to_number<int>()};
            if (const auto* headers = response.if_contains("headers"))
                for (const auto& [name, value] : headers->as_object()) head.headers.push_back({std::string(name), text_of(value)});
            const auto* body = response.if_contains("body");
            const ServiceError error = read(head, body != nullptr ? std::string_view(body->as_string()) : std::string_view());
            EXPECT_TRUE(error.readable);
            EXPECT_EQ(error.code, text_of(item.at("errorCode")));
            if (const auto* message = item.as_object().if_contains("errorMessage")) {
                EXPECT_EQ(error.message, text_of(*message));
            }
            ++count;
        }
    EXPECT_GT(count, 0U);
    std::cout << file << ": " << count << " cases run; none left out (their other members are no error's code or message)\n";
}

TEST(PublishedErrors, every_case_of_rest_json) { run_published("rest-json-error-cases.json", read_json_error); }
TEST(PublishedErrors, every_case_of_query) { run_published("query-error-cases.json", read_xml_error); }

TEST(PublishedErrors, an_error_of_sts) {
    const auto root = published("aws-responses/sts-errors");
    CORTEX_NEED(root);
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
        if (entry.path().extension() != ".xml") continue;
        const ServiceError error = read_xml_error(head_of(), *read_file(entry.path()));
        const auto expected = read_json(std::filesystem::path(entry.path()).replace_extension(".json"));
        EXPECT_EQ(error.code, text_of(expected->at("Error").at("Code")));
        EXPECT_EQ(error.message, text_of(expected->at("Error").at("Message")));
        EXPECT_EQ(error.request_id, text_of(expected->at("ResponseMetadata").at("RequestId")));
        ++count;
    }
    EXPECT_GT(count, 0U);
}

TEST(PublishedErrors, an_answer_of_sts) {
    const auto path = published("aws-responses/sts-responses/sts-get-session-token.xml");
    CORTEX_NEED(path);
    const auto document = XmlDocument::parse(*read_file(path));
    ASSERT_TRUE(document);
    const auto expected = read_json(std::filesystem::path(path).replace_extension(".json"));
    for (const auto& [name, value] : expected->at("Credentials").as_object())
        EXPECT_EQ(document->text("GetSessionTokenResponse/GetSessionTokenResult/Credentials/" + std::string(name)), text_of(value));
    EXPECT_EQ(document->text("GetSessionTokenResponse/ResponseMetadata/RequestId"),
              text_of(expected->at("ResponseMetadata").at("RequestId")));
}

}  // namespace
}  // namespace cortex::auth::aws::test
