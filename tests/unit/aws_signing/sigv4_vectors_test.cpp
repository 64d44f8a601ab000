// The published signing suites: canonical request, string to sign and signature, byte for byte.

#include "auth/aws/sigv4.hpp"
#include "auth/aws/sigv4_hash.hpp"
#include "core/date_time.hpp"
#include "core/text.hpp"
#include "vectors.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <vector>

namespace cortex::auth::aws::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view example_id = "AKIDEXAMPLE";
constexpr std::string_view example_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request as these suites write it: the target raw, header values as long as one likes.
struct RawRequest {
    std::string method;
    std::string path;
    std::string query;
    std::vector<HttpHeader> headers;
    std::string body;

    std::string header(std::string_view name) const {
        for (const HttpHeader& item : headers)
            if (iequals(item.name, name)) return item.value;
        return {};
    }
    void drop(std::string_view name) {
        std::erase_if(headers, [&](const HttpHeader& item) { return iequals(item.name, name); });
    }
};

RawRequest parse_request(std::string_view text) {
    RawRequest out;
    const auto line = [&] {
        const std::size_t end = text.find('\n');
        std::string_view taken = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!taken.empty() && taken.back() == '\r') taken.remove_suffix(1);
        return taken;
    };
    std::string_view first = line();
    if (first.ends_with(" HTTP/1.1")) first.remove_suffix(9);
    const std::size_t space = first.find(' ');
    out.method = first.substr(0, space);
    const std::string_view target = first.substr(space + 1);
    const std::size_t mark = target.find('?');
    out.path = target.substr(0, mark);
    if (mark != std::string_view::npos) out.query = target.substr(mark + 1);
    while (!text.empty()) {
        const std::string_view row = line();
        if (row.empty()) break;
        if (row.front() == ' ' || row.front() == '\t') {
            out.headers.back().value.append("\n").append(row);
            continue;
        }
        const std::size_t colon = row.find(':');
        out.headers.push_back({std::string(row.substr(0, colon)), std::string(row.substr(colon + 1))});
    }
    out.body = text;
    return out;
}

std::string stripped(std::optional<std::string> text) {
    if (!text) return "(no such file)";
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    return *text;
}

std::string authorization_in(std::string_view signed_request) {
    constexpr std::string_view name = "Authorization:";
    const std::size_t at = signed_request.find(name);
    if (at == std::string_view::npos) return {};
    const std::size_t start = at + name.size();
    return std::string(trim(signed_request.substr(start, signed_request.find('\n', start) - start)));
}

TEST(PublishedSignatures, every_case_of_aws_c_auth) {
    const auto roots = cortex::test::published_cases("aws-sigv4/crt-v4");
    CORTEX_NEED_CASES(roots, "aws-sigv4/crt-v4");
    std::size_t passed = 0;
    std::size_t presigned = 0;
    for (const auto& folder : fs::directory_iterator(roots.front())) {
        if (!fs::exists(folder.path() / "context.json")) continue;
        SCOPED_TRACE(folder.path().filename().string());
        const auto context = read_json(folder.path() / "context.json");
        RawRequest request = parse_request(read_file(folder.path() / "request.txt").value_or(""));
        const auto when = parse_iso8601(text_of(context->at("timestamp")));
        ASSERT_TRUE(when);
        const std::string date = format_basic(*when);
        const std::string payload = hex(sha256(request.body));
        request.headers.push_back({"X-Amz-Date", date});
        const auto& keys = context->at("credentials").as_object();
        const auto& flags = context->as_object();
        const bool omit = flags.contains("omit_session_token") && flags.at("omit_session_token").as_bool();
        if (keys.contains("token") && !omit)
            request.headers.push_back({"X-Amz-Security-Token", text_of(keys.at("token"))});
        if (context->at("sign_body").as_bool()) request.headers.push_back({"x-amz-content-sha256", payload});

        const SigningTexts texts =
            signing_texts(request.method, request.path, request.query, request.headers, payload,
                          text_of(keys.at("access_key_id")), text_of(keys.at("secret_access_key")),
                          {text_of(context->at("region")), text_of(context->at("service"))}, date,
                          {.encode_path = true, .normalize_path = context->at("normalize").as_bool()});
        const auto expected = [&](const char* name) { return stripped(read_file(folder.path() / name)); };
        EXPECT_EQ(texts.canonical_request, expected("header-canonical-request.txt"));
        EXPECT_EQ(texts.string_to_sign, expected("header-string-to-sign.txt"));
        EXPECT_EQ(texts.signature, expected("header-signature.txt"));
        EXPECT_EQ(texts.authorization, authorization_in(expected("header-signed-request.txt")));
        if (fs::exists(folder.path() / "query-signature.txt")) ++presigned;
        ++passed;
    }
    EXPECT_GT(passed, 0U);
    std::cout << roots.front() << ": " << passed << " requests signed in their header; " << presigned
              << " pre-signed URLs not applicable: nothing here signs in the query\n";
}

void sign_suite_of_botocore(const fs::path& root) {
    std::size_t passed = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".req") continue;
        const auto beside = [&](const char* extension) {
            fs::path path = entry.path();
            return stripped(read_file(path.replace_extension(extension)));
        };
        const std::string name = entry.path().stem().string();
        SCOPED_TRACE(name);
        RawRequest request = parse_request(read_file(entry.path()).value_or(""));
        // The suite's requests lack the token; its signed requests have it. "After" is the case where it is not signed.
        const std::string token = parse_request(beside(".sreq")).header("X-Amz-Security-Token");
        if (!token.empty() && name.find("after") == std::string::npos && request.header("X-Amz-Security-Token").empty())
            request.headers.push_back({"X-Amz-Security-Token", token});
        const SigningTexts texts =
            signing_texts(request.method, request.path, request.query, request.headers, hex(sha256(request.body)), example_id,
                          example_secret, {"us-east-1", "service"}, "20150830T123600Z");
        EXPECT_EQ(texts.canonical_request, beside(".creq"));
        EXPECT_EQ(texts.string_to_sign, beside(".sts"));
        EXPECT_EQ(texts.authorization, beside(".authz"));
        ++passed;
    }
    EXPECT_GT(passed, 0U);
    std::cout << root << ": " << passed << " requests signed; none left out\n";
}

TEST(PublishedSignatures, every_case_of_botocore) {
    const auto roots = cortex::test::published_cases("aws-sigv4/botocore-aws4");
    CORTEX_NEED_CASES(roots, "aws-sigv4/botocore-aws4");
    for (const fs::path& root : roots) sign_suite_of_botocore(root);
}

TEST(PublishedSignatures, a_path_that_is_encoded_already_is_encoded_again) {
    const auto roots = cortex::test::published_cases("aws-sigv4/smithy-rs-extra/double-url-encode");
    CORTEX_NEED_CASES(roots, "aws-sigv4/smithy-rs-extra/double-url-encode");
    const fs::path& root = roots.front();
    RawRequest request = parse_request(read_file(root / "request.txt").value_or(""));
    if (request.header("X-Amz-Date").empty()) request.headers.push_back({"X-Amz-Date", "20210511T154045Z"});
    const SigningTexts texts =
        signing_texts(request.method, request.path, request.query, request.headers, hex(sha256(request.body)), example_id,
                      example_secret, {"us-east-2", "lambda"}, "20210511T154045Z");
    EXPECT_EQ(texts.canonical_request, stripped(read_file(root / "header-canonical-request.txt")));
    EXPECT_EQ(texts.string_to_sign, stripped(read_file(root / "header-string-to-sign.txt")));
    EXPECT_EQ(texts.authorization, authorization_in(*read_file(root / "header-signed-request.txt")));
}

}  // namespace
}  // namespace cortex::auth::aws::test
