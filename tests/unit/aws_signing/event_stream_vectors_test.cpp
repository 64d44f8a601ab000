// botocore's published frames, decoded whole and cut at every byte, and encoded again. Those of other SDKs are in tests/unit/net.

#include "support/published_cases.hpp"
#include "unit/net/event_stream_support.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace cortex::net::test {
namespace {

void expect_value(const OwnedHeader& header, const boost::json::value& expected) {
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

TEST(PublishedFrames, every_case_of_botocores_package) {
    constexpr std::string_view below = "aws-eventstream/botocore-vectors.json";
    const auto files = cortex::test::published_cases(below);
    CORTEX_NEED_CASES(files, below);
    const auto cases = boost::json::parse(*whole_file(files.front()));
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& item : cases.at("cases").as_array()) {
        SCOPED_TRACE(std::string(item.at("name").as_string()));
        const std::string bytes = bytes_of(item.at("hex").as_string());
        const DecodedFrames whole = decode_frames(bytes);
        for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(decode_frames(bytes, {i}), whole) << "cut at " << i;
        if (item.at("class").as_string() == "negative") {
            EXPECT_NE(whole.error, "");
            EXPECT_TRUE(whole.messages.empty());
            ++bad;
            continue;
        }
        EXPECT_EQ(whole.error, "");
        ASSERT_EQ(whole.messages.size(), 1U);
        EXPECT_FALSE(whole.inside);
        const OwnedMessage& message = whole.messages.front();
        EXPECT_EQ(encode_frame(message), bytes) << "encoded again";
        const auto& headers = item.at("headers").as_object();
        ASSERT_EQ(message.headers.size(), headers.size());
        for (const OwnedHeader& header : message.headers) expect_value(header, headers.at(header.name));
        EXPECT_EQ(message.payload, bytes_of(item.at("payload_hex").as_string()));
        ++good;
    }
    EXPECT_GT(good, 0U);
    EXPECT_GT(bad, 0U);
    std::cout << files.front() << ": " << good << " frames decoded, " << bad << " refused; none left out\n";
}

}  // namespace
}  // namespace cortex::net::test
