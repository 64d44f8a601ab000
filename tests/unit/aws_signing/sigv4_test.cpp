// Worked values for requests to Bedrock (made with botocore 1.44.8), and what `sign` does to a request.

#include "auth/aws/sigv4.hpp"
#include "auth/aws/sigv4_hash.hpp"
#include "core/date_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view host = "https://bedrock-runtime.us-east-1.amazonaws.com";
const SigningScope bedrock{"us-east-1", "bedrock"};

Credential example_keys(std::string_view token = {}) {
    return {.kind = Credential::Kind::aws_keys,
            .secret = Secret(std::string(secret)),
            .access_key_id = "AKIDEXAMPLE",
            .session_token = token.empty() ? Secret() : Secret(std::string(token))};
}

HttpRequest bedrock_request(std::string_view path, std::string_view hi = "hi") {
    const std::string body =
        R"({"anthropic_version":"bedrock-2023-05-31","max_tokens":16,"messages":[{"role":"user","content":")" + std::string(hi) +
        R"("}]})";
    return {.url = std::string(host).append(path),
            .headers = {{"Content-Type", "application/json"}, {"User-Agent", "changed on the way"}},
            .body = std::make_shared<const std::string>(body)};
}

std::vector<std::string> values_of(const HttpRequest& request, std::string_view name) {
    std::vector<std::string> out;
    for (const HttpHeader& header : request.headers)
        if (HttpHead{.headers = {header}}.header(name)) out.push_back(header.value);
    return out;
}

std::string only_value(const HttpRequest& request, std::string_view name) {
    const auto all = values_of(request, name);
    EXPECT_EQ(all.size(), 1U) << name;
    return all.empty() ? "" : all.front();
}

std::string signed_authorization(HttpRequest request, const Credential& keys, std::string_view now) {
    sign(request, keys, bedrock, *parse_iso8601(now));
    return only_value(request, "authorization");
}

TEST(Sigv4, worked_values_of_bedrock) {
    constexpr std::string_view begin =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date";
    struct Case {
        const char* path;
        const char* token;
        const char* signature;
    };
    for (const Case& item : {
             Case{"/model/anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream", "",
                  "0115f8c3add309aa8e6be145adbfa92f326628f721ce3ce5a65fb371c67dc01d"},
             Case{"/model/anthropic.claude-sonnet-4-20250514-v1:0/invoke-with-response-stream", "",
                  "bf841ad168e55ab52d662c2867797a5f53850c75247e847f69ab7a4cef4c3800"},
             Case{"/model/anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream", "AQoDYXdzEXAMPLE/+=token",
                  "9140d400e9fb27830b9dde8c3824bd05890908e3127b0d69ee0565dbafb1ca47"},
             Case{"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/invoke", "",
                  "9a6097859ee34e12aa052c62d3f2aea9171683618751772743c2f0088c03e510"},
         }) {
        const std::string token_name = *item.token == '\0' ? "" : ";x-amz-security-token";
        EXPECT_EQ(signed_authorization(bedrock_request(item.path), example_keys(item.token), "2015-08-30T12:36:00Z"),
                  std::string(begin) + token_name + ", Signature=" + item.signature)
            << item.path;
    }
    for (const auto& [path, signature] : {
             std::pair{"/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke",
                       "4743a2ee00612fd0d0a062a59181264129b11571ca324a8c5e59d0483e491bad"},
             std::pair{"/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke",
                       "468c62da5fcc7e88c2733e472e2c99ddbc365aa2d00bf8696e963b1ffab66a13"},
             std::pair{"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/invoke",
                       "4ac3addc0e5bd870dc1813c45e92cedc6969c32542065cceb568ee9b95d486fe"},
         }) {
        EXPECT_TRUE(signed_authorization(bedrock_request(path, "Hi"), example_keys(), "2026-11-22T12:00:00Z").ends_with(signature))
            << path;
    }
}

TEST(Sigv4, worked_signing_keys) {
    EXPECT_EQ(hex(signing_key(secret, "20150830", "us-east-1", "bedrock")),
              "90e694a0eeb93605dc6a1e798b98fe0e790776a911d2494317b06246c599ba53");
    EXPECT_EQ(hex(signing_key(secret, "20120215", "us-east-1", "iam")),
              "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

TEST(Sigv4, a_remembered_key_is_the_key_of_its_own_secret_day_region_and_service) {
    // More of them than are remembered at once, twice over.
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 20; ++i) {
            const std::string other = "secret " + std::to_string(i);
            Digest key = hmac_sha256("AWS4" + other, "20150830");
            for (const char* part : {"us-east-1", "bedrock", "aws4_request"}) key = hmac_sha256(bytes(key), part);
            EXPECT_EQ(signing_key(other, "20150830", "us-east-1", "bedrock"), key);
        }
    EXPECT_NE(signing_key(secret, "20150830", "us-east-1", "sts"), signing_key(secret, "20150830", "us-east-1", "bedrock"));
    EXPECT_NE(signing_key(secret, "20150830", "us-east-2", "sts"), signing_key(secret, "20150830", "us-east-1", "sts"));
    EXPECT_NE(signing_key(secret, "20150831", "us-east-1", "sts"), signing_key(secret, "20150830", "us-east-1", "sts"));
}

TEST(Sigv4, hmac_of_the_standards_own_cases) {
    // RFC 4231, cases 2 and 6 (a key longer than a block).
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Sigv4, signing_again_replaces_what_an_earlier_signing_added) {
    HttpRequest request = bedrock_request("/model/m/invoke");
    sign(request, example_keys("first token"), bedrock, *parse_iso8601("2026-11-28T12:00:00Z"));
    HttpRequest again = request;
    sign(again, example_keys(), bedrock, *parse_iso8601("2026-11-28T12:00:09Z"));
    EXPECT_EQ(only_value(again, "x-amz-date"), "20261128T120009Z");
    EXPECT_TRUE(values_of(again, "x-amz-security-token").empty());
    EXPECT_NE(only_value(again, "authorization"), only_value(request, "authorization"));
    EXPECT_EQ(only_value(again, "user-agent"), "changed on the way");
    EXPECT_TRUE(values_of(again, "host").empty()) << "the transport writes it";
}

TEST(Sigv4, only_what_nobody_changes_on_the_way_is_signed) {
    HttpRequest request = bedrock_request("/model/m/invoke");
    request.headers.push_back({"X-Amzn-Trace-Id", "Root=1"});
    request.headers.push_back({"traceparent", "00-1"});
    request.headers.push_back({"X-Amz-Target", "a"});
    sign(request, example_keys(), bedrock, *parse_iso8601("2026-11-28T12:00:00Z"));
    EXPECT_NE(only_value(request, "authorization").find("SignedHeaders=content-type;host;x-amz-date;x-amz-target, "),
              std::string::npos);
}

TEST(Sigv4, a_body_hash_that_is_named_counts_and_is_signed) {
    HttpRequest request = bedrock_request("/model/m/invoke");
    HttpRequest named = request;
    named.headers.push_back({"X-Amz-Content-Sha256", hex(sha256(*request.body))});
    HttpRequest unsigned_payload = request;
    unsigned_payload.headers.push_back({"X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"});
    const WallTime now = *parse_iso8601("2026-11-28T12:00:00Z");
    for (HttpRequest* each : {&request, &named, &unsigned_payload}) sign(*each, example_keys(), bedrock, now);
    EXPECT_NE(only_value(named, "authorization").find("host;x-amz-content-sha256;x-amz-date"), std::string::npos);
    EXPECT_NE(only_value(named, "authorization"), only_value(unsigned_payload, "authorization"));
}

/// The signature that `sign` gives for a URL.
std::string signature_for(std::string url, HttpMethod method = HttpMethod::get) {
    HttpRequest request{.method = method, .url = std::move(url)};
    sign(request, example_keys(), bedrock, *parse_iso8601("2026-11-28T12:00:00Z"));
    return only_value(request, "authorization");
}

/// The same from the texts, for the host that is sent.
std::string signature_with_host(const char* sent, std::string_view method = "GET") {
    return signing_texts(method, "/a", "", {{"host", sent}, {"x-amz-date", "20261128T120000Z"}}, hex(sha256("")), "AKIDEXAMPLE",
                         secret, bedrock, "20261128T120000Z")
        .authorization;
}

TEST(Sigv4, the_host_is_signed_as_it_is_sent) {
    EXPECT_EQ(signature_for("https://Example.COM/a"), signature_with_host("example.com"));
    EXPECT_EQ(signature_for("https://example.com:443/a"), signature_with_host("example.com"));
    EXPECT_EQ(signature_for("http://example.com:80/a"), signature_with_host("example.com"));
    EXPECT_EQ(signature_for("https://example.com:80/a"), signature_with_host("example.com:80"));
    EXPECT_EQ(signature_for("https://example.com:8443/a"), signature_with_host("example.com:8443"));
    EXPECT_EQ(signature_for("https://user:pass@example.com/a"), signature_with_host("example.com"));
    EXPECT_EQ(signature_for("http://[::1]:8080/a"), signature_with_host("[::1]:8080"));
    EXPECT_EQ(signature_for("http://[FD00:EC2::23]/a"), signature_with_host("[fd00:ec2::23]"));
    EXPECT_EQ(signature_for("https://example.com/a", HttpMethod::put), signature_with_host("example.com", "PUT"));
    EXPECT_EQ(signature_for("https://example.com/a#part"), signature_with_host("example.com"));
}

std::string canonical(std::string_view path, std::string_view query, const SigningOptions& options = {}) {
    const std::string request =
        signing_texts("GET", path, query, {{"host", "h"}}, "-", "id", "secret", bedrock, "20261128T120000Z", options)
            .canonical_request;
    return request.substr(4, request.find("\nhost:") - 4);
}

TEST(Sigv4, canonical_paths) {
    EXPECT_EQ(canonical("", ""), "/\n");
    EXPECT_EQ(canonical("/", ""), "/\n");
    EXPECT_EQ(canonical("//a//b/", ""), "/a/b/\n");
    EXPECT_EQ(canonical("/a/./b/../c", ""), "/a/c\n");
    EXPECT_EQ(canonical("/../..", ""), "/\n");
    EXPECT_EQ(canonical("/a b", ""), "/a%20b\n");
    EXPECT_EQ(canonical("/%2f", ""), "/%252f\n");
    EXPECT_EQ(canonical("//a/../b", "", {.encode_path = true, .normalize_path = false}), "//a/../b\n");
    EXPECT_EQ(canonical("/%2f", "", {.encode_path = false, .normalize_path = true}), "/%2f\n");
}

TEST(Sigv4, canonical_queries) {
    EXPECT_EQ(canonical("/", "b=2&a=1"), "/\na=1&b=2");
    EXPECT_EQ(canonical("/", "a=2&a=1"), "/\na=1&a=2");
    EXPECT_EQ(canonical("/", "a-b=1&a=2"), "/\na=2&a-b=1");
    EXPECT_EQ(canonical("/", "a"), "/\na=");
    EXPECT_EQ(canonical("/", "&a=&&"), "/\na=");
    EXPECT_EQ(canonical("/", "a=b=c/d"), "/\na=b%3Dc%2Fd");
    EXPECT_EQ(canonical("/", "a=%E1%88%B4%2"), "/\na=%E1%88%B4%252");
    EXPECT_EQ(canonical("/", "a=\xE1\x88\xB4"), "/\na=%E1%88%B4");
}

TEST(Sigv4, header_values_are_trimmed_squeezed_and_joined) {
    const SigningTexts texts = signing_texts(
        "GET", "/", "", {{"X-Amz-B", "  one \t two\n  three "}, {"host", "h"}, {"x-amz-a", ""}, {"x-amz-b", "four"}}, "-", "id",
        "secret", bedrock, "20261128T120000Z");
    EXPECT_NE(texts.canonical_request.find("\nhost:h\nx-amz-a:\nx-amz-b:one two three,four\n\nhost;x-amz-a;x-amz-b\n-"),
              std::string::npos)
        << texts.canonical_request;
}

TEST(Sigv4, an_address_that_cannot_be_read_is_left_unsigned) {
    for (const char* url : {"", "nowhere", "https://", "https:///path", "https://[::1", "https://a b/", "https://h:99999/", "://"}) {
        HttpRequest request{.url = url, .headers = {{"Authorization", "old"}}};
        sign(request, example_keys(), bedrock, *parse_iso8601("2026-11-28T12:00:00Z"));
        EXPECT_TRUE(request.headers.empty()) << url;
    }
    HttpRequest without_path{.method = HttpMethod::get, .url = "https://example.com?a=1"};
    sign(without_path, example_keys(), bedrock, *parse_iso8601("2026-11-28T12:00:00Z"));
    EXPECT_EQ(without_path.headers.size(), 2U);
}

TEST(Sigv4, many_threads_sign_alike) {
    const std::string expected = signature_for("https://example.com/a");
    std::vector<std::string> seen(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& slot : seen) threads.emplace_back([&slot] { slot = signature_for("https://example.com/a"); });
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), expected), 8);
}

}  // namespace
}  // namespace cortex::auth::aws
