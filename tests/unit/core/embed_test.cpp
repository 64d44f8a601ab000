#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace cortex::embedded {
extern const std::string_view all_bytes;
extern const std::string_view empty;
}  // namespace cortex::embedded

namespace {

TEST(Embed, keeps_every_byte_in_both_orders) {
    std::string expected;
    for (int byte = 0; byte < 256; ++byte) expected.push_back(static_cast<char>(byte));
    for (int byte = 255; byte >= 0; --byte) expected.push_back(static_cast<char>(byte));
    // Digits after a zero byte, something that looks like an escape, a quote, a line's end and a trigraph.
    expected += std::string("\0000\0f", 4) + "\\x41\"\n?" + "?/";
    EXPECT_EQ(cortex::embedded::all_bytes, expected);
}

TEST(Embed, takes_an_empty_file) { EXPECT_TRUE(cortex::embedded::empty.empty()); }

}  // namespace
