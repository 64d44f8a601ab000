#include "write_plan.hpp"

#include "gzip.hpp"
#include "text_util.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Reply stream_of(std::vector<std::string> pieces) {
    Reply reply;
    reply.stream = true;
    reply.pieces = std::move(pieces);
    return reply;
}

std::size_t total(const WritePlan& plan) {
    return std::accumulate(plan.body_bytes.begin(), plan.body_bytes.end(), std::size_t{0});
}

TEST(WritePlan, an_event_is_a_chunk_and_the_last_one_ends_the_body) {
    const WritePlan plan = plan_writes(stream_of({"data: a\n\n", "data: b\n\n"}), true);
    EXPECT_THAT(plan.head, HasSubstr("transfer-encoding: chunked\r\n"));
    EXPECT_THAT(plan.writes, testing::ElementsAre("9\r\ndata: a\n\n\r\n", "9\r\ndata: b\n\n\r\n0\r\n\r\n"));
    EXPECT_EQ(plan.end, PlanEnd::keep_alive);
}

TEST(WritePlan, an_event_with_a_wide_character_is_cut_inside_it) {
    const WritePlan plan = plan_writes(stream_of({"\xc3\xa9!"}), true);
    ASSERT_EQ(plan.writes.size(), 2U);
    EXPECT_EQ(plan.writes[0], "1\r\n\xc3\r\n");
    EXPECT_FALSE(is_utf8("\xc3"));
}

TEST(WritePlan, writes_have_the_wanted_size) {
    Reply reply = stream_of({"abcd", "efg"});
    reply.delivery.chunk_bytes = 3;
    EXPECT_THAT(plan_writes(reply, true).body_bytes, testing::ElementsAre(3, 3, 1));
}

TEST(WritePlan, a_cut_body_has_no_end_and_keeps_its_announced_length) {
    Reply reply;
    reply.pieces = {"0123456789"};
    reply.delivery.cut_after_bytes = 4;
    WritePlan plan = plan_writes(reply, true);
    EXPECT_THAT(plan.head, HasSubstr("content-length: 10\r\n"));
    EXPECT_EQ(total(plan), 4U);
    EXPECT_EQ(plan.end, PlanEnd::close);

    reply = stream_of({"0123456789"});
    reply.delivery.cut_after_bytes = 4;
    reply.delivery.reset = true;
    plan = plan_writes(reply, true);
    EXPECT_THAT(plan.writes.back(), Not(HasSubstr("0\r\n\r\n")));
    EXPECT_EQ(plan.end, PlanEnd::reset);
}

TEST(WritePlan, a_cut_beyond_the_end_still_cuts) {
    Reply reply = stream_of({"0123456789"});
    reply.delivery.cut_after_bytes = 100;
    EXPECT_EQ(total(plan_writes(reply, true)), 9U);
}

TEST(WritePlan, hanging_and_dropping) {
    Reply reply = stream_of({"0123456789"});
    reply.delivery.hang_after_bytes = 0;
    WritePlan plan = plan_writes(reply, true);
    EXPECT_FALSE(plan.head.empty());
    EXPECT_TRUE(plan.writes.empty());
    EXPECT_EQ(plan.end, PlanEnd::hang);
    reply.delivery = {};
    reply.delivery.drop = true;
    plan = plan_writes(reply, true);
    EXPECT_TRUE(plan.head.empty());
    EXPECT_EQ(plan.end, PlanEnd::close);
}

TEST(WritePlan, an_empty_stream_still_ends) {
    EXPECT_THAT(plan_writes(stream_of({}), false).writes, testing::ElementsAre("0\r\n\r\n"));
}

TEST(TextUtil, tells_utf8_from_what_looks_like_it) {
    for (const char* good :
         {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc2"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(TextUtil, pieces_are_whole_characters_and_lose_nothing) {
    const std::string text =
        "a\xc3\xa9\xf0\x9f\xa7\xaa"
        "bc\xe2\x82\xac";
    for (std::size_t size = 1; size < 12; ++size) {
        std::string joined;
        for (const std::string_view piece : pieces(text, size)) {
            EXPECT_TRUE(is_utf8(piece)) << size;
            joined += piece;
        }
        EXPECT_EQ(joined, text);
    }
}

}  // namespace
}  // namespace emulator
