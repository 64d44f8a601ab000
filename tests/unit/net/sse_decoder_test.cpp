#include "sse_support.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cortex::net::test {
namespace {

TEST(SseDecoder, hands_out_data_inside_the_fed_chunk_without_a_copy) {
    const std::string chunk = "event: delta\ndata: {\"a\":1}\n\n";
    SseDecoder decoder;
    std::size_t events = 0;
    ASSERT_TRUE(decoder.feed(chunk, [&](const SseEvent& event) {
        ++events;
        EXPECT_EQ(event.data.data(), chunk.data() + chunk.find('{'));
        EXPECT_EQ(event.data, "{\"a\":1}");
    }));
    EXPECT_EQ(events, 1U);
}

TEST(SseDecoder, delivers_an_event_that_ends_in_two_carriage_returns_at_once) {
    SseDecoder decoder;
    std::vector<std::string> seen;
    const auto note = [&](const SseEvent& event) { seen.emplace_back(event.data); };
    ASSERT_TRUE(decoder.feed("data: a\r\r", note));
    EXPECT_EQ(seen, std::vector<std::string>{"a"});
    ASSERT_TRUE(decoder.feed("\ndata: b\r\n\r", note));
    EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
    ASSERT_TRUE(decoder.feed("\n", note));
    EXPECT_EQ(seen.size(), 2U);
}

TEST(SseDecoder, takes_an_8_megabyte_line_in_1_kilobyte_reads) {
    const std::string data(std::size_t{8} << 20U, 'x');
    const std::string bytes = "data: " + data + "\n\ndata: small\n\n";
    SseDecoder decoder;
    std::vector<std::size_t> sizes;
    std::string first;
    for (std::size_t i = 0; i < bytes.size(); i += 1024)
        ASSERT_TRUE(decoder.feed(std::string_view(bytes).substr(i, 1024), [&](const SseEvent& event) {
            if (sizes.empty()) first = event.data;
            sizes.push_back(event.data.size());
        }));
    EXPECT_EQ(sizes, (std::vector<std::size_t>{data.size(), 5}));
    EXPECT_EQ(first, data);
}

TEST(SseDecoder, refuses_a_line_over_the_limit_however_it_is_cut) {
    const std::string bytes = "data: ok\n\ndata: " + std::string(40, 'x') + "\n\ndata: late\n\n";
    Decoded expected = decode(bytes, {}, 32);
    ASSERT_FALSE(expected.accepted);
    ASSERT_EQ(expected.events.size(), 1U);
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(decode(bytes, {i}, 32), expected) << i;
}

TEST(SseDecoder, refuses_joined_data_over_the_limit_however_it_is_cut) {
    const std::string bytes = "data: 0123456789\ndata: 0123456789\ndata: 0123456789\n\n";
    const Decoded expected = decode(bytes, {}, 31);
    ASSERT_FALSE(expected.accepted);
    ASSERT_TRUE(expected.events.empty());
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(decode(bytes, {i}, 31), expected) << i;
    EXPECT_TRUE(decode(bytes, {}, 32).accepted);
}

TEST(SseDecoder, explains_a_broken_limit_as_a_protocol_error) {
    SseDecoder decoder(8);
    const auto ignore = [](const SseEvent&) {};
    EXPECT_FALSE(decoder.error());
    EXPECT_FALSE(decoder.feed("data: 123456", ignore));
    ASSERT_TRUE(decoder.error());
    EXPECT_EQ(decoder.error()->code, ErrorCode::protocol);
    EXPECT_NE(decoder.error()->message.find("8 bytes"), std::string::npos);
    EXPECT_FALSE(decoder.feed("data: 1\n\n", [](const SseEvent&) { FAIL() << "decodes on after an error"; }));
    decoder.reset();
    std::size_t events = 0;
    EXPECT_TRUE(decoder.feed("data: 1\n\n", [&](const SseEvent&) { ++events; }));
    EXPECT_EQ(events, 1U);
}

TEST(SseDecoder, never_collects_the_text_of_a_comment) {
    const std::string comment = ":" + std::string(1000, 'c');
    SseDecoder decoder(64);
    std::size_t events = 0;
    const auto count = [&](const SseEvent&) { ++events; };
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(decoder.feed(comment, count));
    ASSERT_TRUE(decoder.feed("\ndata: a\n\n", count));
    EXPECT_EQ(events, 1U);
}

TEST(SseDecoder, forgets_the_stream_on_reset) {
    SseDecoder decoder;
    const auto ignore = [](const SseEvent&) {};
    ASSERT_TRUE(decoder.feed("id: 1\nretry: 5\nevent: x\ndata: a\n\ndata: half", ignore));
    decoder.reset();
    EXPECT_FALSE(decoder.retry());
    std::vector<OwnedEvent> events;
    ASSERT_TRUE(
        decoder.feed("\xEF\xBB\xBF"
                     "data: b\n\n",
                     [&](const SseEvent& event) {
                         events.push_back({std::string(event.type), std::string(event.data), std::string(event.id)});
                     }));
    EXPECT_EQ(events, (std::vector<OwnedEvent>{{"message", "b", ""}}));
}

TEST(SseDecoder, gives_the_same_events_for_random_bytes_however_they_are_cut) {
    std::mt19937 random(20260117);  // NOLINT: a fixed seed, so that a failure can be repeated
    constexpr std::string_view alphabet[] = {"data",
                                             "event",
                                             "id",
                                             "retry",
                                             ":",
                                             " ",
                                             "\n",
                                             "\r",
                                             "\r\n",
                                             "a",
                                             "\xEF\xBB\xBF",
                                             "\xF0\x9F\x98\x80",
                                             "\xFF",
                                             "\xE2\x80",
                                             "7",
                                             std::string_view("\0", 1)};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (auto i = random() % 60; i > 0; --i) bytes += alphabet[random() % std::size(alphabet)];
        const Decoded whole = decode(bytes, {}, 24);
        std::vector<std::size_t> cuts;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            if (random() % 4 == 0) cuts.push_back(i);
        ASSERT_EQ(decode(bytes, cuts, 24), whole) << "round " << round;
    }
}

}  // namespace
}  // namespace cortex::net::test
