// Published answers of AWS's services: what they say of a failure, and that every XML document among them can be read.

#include "auth/aws/service_error.hpp"
#include "vectors.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace cortex::auth::aws::test {
namespace {

namespace fs = std::filesystem;
using cortex::test::published_cases;

using Reader = ServiceError (*)(const HttpHead&, std::string_view);

HttpHead head_of(std::vector<HttpHeader> headers = {}) { return {.status = 400, .headers = std::move(headers)}; }

/// Cases of a protocol suite whose answer is an error.
void run_protocol(const fs::path& path, Reader read) {
    std::size_t count = 0;
    const auto suites = read_json(path);
    ASSERT_TRUE(suites) << path;
    for (const auto& suite : suites->as_array())
        for (const auto& item : suite.at("cases").as_array()) {
            if (!item.as_object().contains("errorCode")) continue;
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
    std::cout << path << ": " << count << " errors read; none left out (their other members are no error's code or message)\n";
}

void run_published(std::initializer_list<const char*> files, Reader read) {
    std::size_t seen = 0;
    for (const char* file : files)
        for (const auto& path : published_cases(file)) {
            run_protocol(path, read);
            ++seen;
        }
    if (seen == 0) GTEST_SKIP() << cortex::test::no_published_cases(*files.begin());
}

TEST(PublishedErrors, every_case_of_rest_json) {
    run_published({"aws-responses/protocols/rest-json.json", "aws-responses/protocols/json.json", "aws-responses/protocols/json_1_0.json",
                   "aws-responses/rest-json-error-cases.json"},
                  read_json_error);
}
// REST-XML wraps its errors as Query does. EC2's and S3's own shapes, and CBOR, are of services that nothing here calls; a code of Query's
// in a header of JSON's (json_1_0-query-compatible) is of services that moved from one to the other, of which none is called either.
TEST(PublishedErrors, every_case_of_query) {
    run_published({"aws-responses/protocols/query.json", "aws-responses/protocols/rest-xml.json", "aws-responses/query-error-cases.json"},
                  read_xml_error);
}

/// One file's error, against botocore's reading of it beside or below `expected`.
void expect_error(const ServiceError& error, const fs::path& expected) {
    const auto wanted = read_json(expected);
    ASSERT_TRUE(wanted) << expected;
    EXPECT_EQ(error.code, text_of(wanted->at("Error").at("Code")));
    EXPECT_EQ(error.message, text_of(wanted->at("Error").at("Message")));
    if (const auto* id = wanted->at("ResponseMetadata").as_object().if_contains("RequestId")) {
        EXPECT_EQ(error.request_id, text_of(*id));
    }
}

TEST(PublishedErrors, an_error_of_sts) {
    auto roots = published_cases("aws-responses/xml-errors");
    for (const auto& more : published_cases("aws-responses/sts-errors")) roots.push_back(more);
    CORTEX_NEED_CASES(roots, "aws-responses/xml-errors");
    for (const auto& root : roots) {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(root)) {
            if (entry.path().extension() != ".xml") continue;
            SCOPED_TRACE(entry.path().filename().string());
            const std::string text = *read_file(entry.path());
            const ServiceError error = read_xml_error(head_of(), text);
            if (text.find("<ErrorResponse") == std::string::npos) {
                std::cout << "not applicable: " << entry.path().filename() << " (the shape of EC2's and S3's errors)\n";
                EXPECT_FALSE(error.readable);
                continue;
            }
            expect_error(error, fs::path(entry.path()).replace_extension(".json"));
            ++count;
        }
        EXPECT_GT(count, 0U);
        std::cout << root << ": " << count << " errors read\n";
    }
}

TEST(PublishedErrors, errors_of_services_that_speak_json) {
    const auto roots = published_cases("aws-responses/json-errors");
    CORTEX_NEED_CASES(roots, "aws-responses/json-errors");
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(roots.front())) {
        SCOPED_TRACE(entry.path().filename().string());
        expect_error(read_json_error(head_of(), *read_file(entry.path())), roots.front().parent_path() / "json-expected" / entry.path().filename());
        ++count;
    }
    EXPECT_GT(count, 0U);
    std::cout << roots.front() << ": " << count << " errors read\n";
}

TEST(PublishedErrors, an_answer_of_sts) {
    auto files = published_cases("aws-responses/xml-responses/sts-get-session-token.xml");
    for (const auto& more : published_cases("aws-responses/sts-responses/sts-get-session-token.xml")) files.push_back(more);
    CORTEX_NEED_CASES(files, "aws-responses/xml-responses/sts-get-session-token.xml");
    for (const auto& path : files) {
        const auto document = XmlDocument::parse(*read_file(path));
        ASSERT_TRUE(document);
        const auto expected = read_json(fs::path(path).replace_extension(".json"));
        for (const auto& [name, value] : expected->at("Credentials").as_object())
            EXPECT_EQ(document->text("GetSessionTokenResponse/GetSessionTokenResult/Credentials/" + std::string(name)), text_of(value));
        EXPECT_EQ(document->text("GetSessionTokenResponse/ResponseMetadata/RequestId"), text_of(expected->at("ResponseMetadata").at("RequestId")));
    }
}

/// Answers of every service that speaks XML: none is refused.
TEST(PublishedErrors, every_document_of_every_service_is_read) {
    const auto roots = published_cases("aws-responses/xml-responses");
    CORTEX_NEED_CASES(roots, "aws-responses/xml-responses");
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(roots.front())) {
        if (entry.path().extension() != ".xml") continue;
        const std::string text = *read_file(entry.path());
        if (text.starts_with('{')) {
            std::cout << "not applicable: " << entry.path().filename() << " (JSON)\n";
            EXPECT_FALSE(XmlDocument::parse(text));
            continue;
        }
        EXPECT_TRUE(XmlDocument::parse(text)) << entry.path();
        ++count;
    }
    EXPECT_GT(count, 0U);
    std::cout << roots.front() << ": " << count << " documents read\n";
}

}  // namespace
}  // namespace cortex::auth::aws::test
