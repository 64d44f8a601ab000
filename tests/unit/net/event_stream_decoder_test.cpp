// AWS's event stream: golden frames of our own (tests/wire/aws_event_stream), and the limits.

#include "event_stream_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::net::test {
namespace {

using testing::HasSubstr;

OwnedMessage expected_message(const boost::json::value& item) {
    OwnedMessage out;
    for (const auto& header : item.at("headers").as_array()) {
        OwnedHeader owned{std::string(header.at(0).as_string()), header.at(1).to_number<int>(), 0, {}};
        if (header.at(2).is_string())
            owned.bytes = bytes_of(header.at(2).as_string());
        else
            owned.number = header.at(2).to_number<std::int64_t>();
        out.headers.push_back(std::move(owned));
    }
    out.payload = bytes_of(item.at("payload").as_string());
    return out;
}

TEST(EventStreamGolden, every_case_whole_and_cut_at_every_byte) {
    const std::filesystem::path root = std::filesystem::path(CORTEX_WIRE_DIR) / "aws_event_stream";
    const auto text = whole_file(root / "cases.json");
    ASSERT_TRUE(text);
    const auto file = boost::json::parse(*text);
    EXPECT_GE(file.at("cases").as_array().size(), 25U);
    for (const auto& item : file.at("cases").as_array()) {
        const std::string name(item.at("name").as_string());
        SCOPED_TRACE(name);
        const auto bytes = whole_file(root / (name + ".bin"));
        ASSERT_TRUE(bytes);
        DecodedFrames expected;
        for (const auto& message : item.at("messages").as_array()) expected.messages.push_back(expected_message(message));
        const DecodedFrames whole = decode_frames(*bytes);
        EXPECT_EQ(whole.messages, expected.messages);
        EXPECT_EQ(whole.inside, item.at("cut").as_bool());
        const std::string error(item.at("error").as_string());
        if (error.empty()) {
            EXPECT_EQ(whole.error, "");
        } else {
            EXPECT_THAT(whole.error, HasSubstr(error));
        }
        std::vector<std::size_t> every;
        for (std::size_t i = 0; i < bytes->size(); ++i) {
            ASSERT_EQ(decode_frames(*bytes, {i}), whole) << "cut at " << i;
            every.push_back(i);
        }
        ASSERT_EQ(decode_frames(*bytes, every), whole) << "byte by byte";
    }
}

TEST(EventStreamDecoder, a_message_gives_its_texts_by_name) {
    EventStreamDecoder decoder;
    std::optional<std::string> kind;
    const std::string frame = encode_frame({{{":event-type", 7, 0, "chunk"}, {"number", 4, 5, {}}, {"blob", 6, 0, "x"}}, "{}"});
    ASSERT_TRUE(decoder.feed(frame, [&](const EventStreamMessage& message) {
        kind = message.text(":event-type");
        EXPECT_EQ(message.text("number"), std::nullopt);
        EXPECT_EQ(message.text("blob"), std::nullopt);
        EXPECT_EQ(message.text("absent"), std::nullopt);
    }));
    EXPECT_EQ(kind, "chunk");
}

TEST(EventStreamDecoder, the_first_fault_ends_the_stream) {
    EventStreamDecoder decoder;
    int seen = 0;
    const auto count = [&](const EventStreamMessage&) { ++seen; };
    const std::string good = encode_frame({{}, "x"});
    std::string bad = good;
    bad[12] = 'y';
    EXPECT_FALSE(decoder.feed(good + bad + good, count));
    EXPECT_EQ(seen, 1);
    ASSERT_TRUE(decoder.error());
    EXPECT_EQ(decoder.error()->code, ErrorCode::protocol);
    EXPECT_FALSE(decoder.feed(good, count));
    EXPECT_EQ(seen, 1);
    EXPECT_FALSE(decoder.inside_frame());
}

TEST(EventStreamDecoder, the_largest_message_that_the_protocol_allows) {
    OwnedMessage message;
    for (int i = 0; i < 3; ++i)
        message.headers.push_back({std::to_string(i), 6, 0, std::string(EventStreamDecoder::max_value_bytes, 'v')});
    // What is left of the headers' room: 1 + name + type + length of the value, three times, and once more.
    const std::size_t used = 3 * (5 + EventStreamDecoder::max_value_bytes);
    ASSERT_LT(used, EventStreamDecoder::max_headers_bytes - 5);
    message.headers.push_back({"r", 6, 0, std::string(EventStreamDecoder::max_headers_bytes - used - 5, 'v')});
    message.payload.assign(EventStreamDecoder::max_payload_bytes, 'p');
    const std::string bytes = encode_frame(message);
    ASSERT_EQ(bytes.size(), EventStreamDecoder::max_message_bytes);
    EXPECT_EQ(decode_frames(bytes).messages.size(), 1U);
    const DecodedFrames pieces = decode_frames(bytes + encode_frame({{}, "next"}), {1, 5'000'000, 5'000'001, bytes.size() + 3});
    ASSERT_EQ(pieces.error, "");
    ASSERT_EQ(pieces.messages.size(), 2U);
    EXPECT_TRUE(pieces.messages[0] == message);
    EXPECT_EQ(pieces.messages[1].payload, "next");
}

TEST(EventStreamDecoder, limits_of_values_and_of_headers) {
    const std::string value(EventStreamDecoder::max_value_bytes, 'v');
    EXPECT_EQ(decode_frames(encode_frame({{{"a", 7, 0, value}}, {}})).error, "");
    EXPECT_THAT(decode_frames(encode_frame({{{"a", 7, 0, value + "v"}}, {}})).error, HasSubstr("value is longer"));
    OwnedMessage many;
    for (std::size_t i = 0; i < EventStreamDecoder::max_headers; ++i) many.headers.push_back({std::to_string(i), 0, 0, {}});
    EXPECT_EQ(decode_frames(encode_frame(many)).error, "");
    many.headers.back().name = many.headers.front().name;
    EXPECT_THAT(decode_frames(encode_frame(many)).error, HasSubstr("occurs twice"));
}

TEST(EventStreamDecoder, a_giant_is_refused_from_its_first_twelve_bytes) {
    OwnedMessage message;
    message.payload.assign(EventStreamDecoder::max_payload_bytes + 1, 'p');
    const std::string bytes = encode_frame(message).substr(0, 12);
    EXPECT_THAT(decode_frames(bytes).error, HasSubstr("announces more"));
    EXPECT_THAT(decode_frames(bytes, {11}).error, HasSubstr("announces more"));
    EXPECT_EQ(decode_frames(bytes.substr(0, 11)).error, "");
}

TEST(Crc32, of_published_values_in_any_pieces) {
    // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
    EXPECT_EQ(crc32(""), 0U);
    const std::string text = "The quick brown fox jumps over the lazy dog";
    EXPECT_EQ(crc32(text), 0x414FA339U);
    for (std::size_t i = 0; i <= text.size(); ++i) EXPECT_EQ(crc32(text.substr(i), crc32(text.substr(0, i))), 0x414FA339U) << i;
}

}  // namespace
}  // namespace cortex::net::test
