// Published frames of three SDKs: decoded whole and cut at every byte, and encoded again.

#include "event_stream_support.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace cortex::net::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

fs::path published(const char* name) { return fs::path(CORTEX_TESTDATA) / "aws-eventstream" / name; }

#define CORTEX_NEED(path) \
    if (!fs::exists(path)) GTEST_SKIP() << "published vectors are not on this machine: " << (path)

/// The one message of `bytes`, which must be there for every cut.
OwnedMessage only_message(const std::string& bytes) {
    const DecodedFrames whole = decode_frames(bytes);
    EXPECT_EQ(whole.error, "");
    EXPECT_EQ(whole.messages.size(), 1U);
    EXPECT_FALSE(whole.inside);
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(decode_frames(bytes, {i}), whole) << "cut at " << i;
    if (whole.messages.size() != 1) return {};
    EXPECT_EQ(encode_frame(whole.messages.front()), bytes) << "encoded again";
    return whole.messages.front();
}

void expect_refused(const std::string& bytes) {
    const DecodedFrames whole = decode_frames(bytes);
    EXPECT_NE(whole.error, "");
    EXPECT_TRUE(whole.messages.empty());
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(decode_frames(bytes, {i}), whole) << "cut at " << i;
}

/// Of botocore's cases, whose JSON knows numbers, texts, flags and bytes.
void expect_value(const OwnedHeader& header, const json::value& expected) {
    if (expected.is_bool()) {
        EXPECT_EQ(header.type, expected.as_bool() ? 0 : 1) << header.name;
    } else if (expected.is_string()) {
        EXPECT_EQ(header.type, 7) << header.name;
        EXPECT_EQ(header.bytes, std::string_view(expected.as_string())) << header.name;
    } else if (expected.is_object()) {
        EXPECT_EQ(header.bytes, bytes_of(expected.at("bytes_hex").as_string())) << header.name;
    } else {
        EXPECT_EQ(header.number, expected.to_number<std::int64_t>()) << header.name;
    }
}

TEST(PublishedEventStream, every_case_of_botocore) {
    CORTEX_NEED(published("botocore-vectors.json"));
    const auto file = json::parse(*whole_file(published("botocore-vectors.json")));
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& item : file.at("cases").as_array()) {
        SCOPED_TRACE(std::string(item.at("name").as_string()));
        const std::string bytes = bytes_of(item.at("hex").as_string());
        if (item.at("class").as_string() == "negative") {
            expect_refused(bytes);
            ++bad;
            continue;
        }
        const OwnedMessage message = only_message(bytes);
        const auto& headers = item.at("headers").as_object();
        ASSERT_EQ(message.headers.size(), headers.size());
        for (const OwnedHeader& header : message.headers) expect_value(header, headers.at(header.name));
        EXPECT_EQ(message.payload, bytes_of(item.at("payload_hex").as_string()));
        ++good;
    }
    EXPECT_GT(good, 0U);
    EXPECT_GT(bad, 0U);
    std::cout << good << " frames decoded, " << bad << " refused; none left out\n";
}

/// smithy-go writes texts, bytes and UUIDs in base64.
std::string from_base64(const json::value& text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text.as_string()) {
        if (c == '=') break;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digits.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>((bits >> count) & 0xFFU));
    }
    return out;
}

TEST(PublishedEventStream, every_case_of_smithy_go) {
    CORTEX_NEED(published("smithy-go"));
    std::size_t good = 0;
    for (const auto& entry : fs::directory_iterator(published("smithy-go/encoded/positive"))) {
        SCOPED_TRACE(entry.path().filename().string());
        const OwnedMessage message = only_message(*whole_file(entry.path()));
        const auto text = whole_file(published("smithy-go/decoded/positive") / entry.path().filename());
        ASSERT_TRUE(text);
        const auto expected = json::parse(*text);
        std::size_t index = 0;
        if (const auto* headers = expected.as_object().if_contains("headers"); headers != nullptr && headers->is_array()) {
            ASSERT_EQ(message.headers.size(), headers->as_array().size());
            for (const auto& item : headers->as_array()) {
                const OwnedHeader& header = message.headers[index++];
                EXPECT_EQ(header.name, std::string_view(item.at("name").as_string()));
                EXPECT_EQ(header.type, item.at("type").to_number<int>());
                const auto& value = item.at("value");
                if (value.is_string()) {
                    EXPECT_EQ(header.bytes, from_base64(value)) << header.name;
                } else if (value.is_number()) {
                    EXPECT_EQ(header.number, value.to_number<std::int64_t>()) << header.name;
                } else {
                    EXPECT_EQ(header.type, value.as_bool() ? 0 : 1);
                }
            }
        }
        EXPECT_EQ(message.headers.size(), index);
        if (const auto* payload = expected.as_object().if_contains("payload"); payload != nullptr && payload->is_string()) {
            EXPECT_EQ(message.payload, from_base64(*payload));
        }
        ++good;
    }
    std::size_t bad = 0;
    for (const auto& entry : fs::directory_iterator(published("smithy-go/encoded/negative"))) {
        SCOPED_TRACE(entry.path().filename().string());
        expect_refused(*whole_file(entry.path()));
        ++bad;
    }
    EXPECT_GT(good, 0U);
    EXPECT_GT(bad, 0U);
    std::cout << good << " frames decoded, " << bad << " refused; none left out\n";
}

TEST(PublishedEventStream, every_case_of_smithy_rs) {
    CORTEX_NEED(published("smithy-rs"));
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& entry : fs::directory_iterator(published("smithy-rs"))) {
        const std::string name = entry.path().filename().string();
        SCOPED_TRACE(name);
        const std::string bytes = *whole_file(entry.path());
        if (name.starts_with("invalid_")) {
            expect_refused(bytes);
            ++bad;
        } else if (name.starts_with("valid_")) {
            only_message(bytes);
            ++good;
        } else {
            ADD_FAILURE() << "neither valid nor invalid by its name";
        }
    }
    EXPECT_GT(good, 0U);
    EXPECT_GT(bad, 0U);
    std::cout << good << " frames decoded, " << bad << " refused; none left out\n";
}

}  // namespace
}  // namespace cortex::net::test
