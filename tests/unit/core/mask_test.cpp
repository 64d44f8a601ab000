#include "core/mask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using cortex::mask_secret;

const std::string key = "sk-ant-api03-abcdefghijklmnop";

TEST(MaskSecret, replaces_the_whole_secret_wherever_it_stands) {
    EXPECT_EQ(mask_secret("invalid key " + key + ", and again:" + key, key),
              "invalid key <redacted>, and again:<redacted>");
}

TEST(MaskSecret, replaces_every_slice_of_eight_or_more) {
    for (std::size_t at = 0; at + 8 <= key.size(); ++at)
        for (std::size_t n = 8; at + n <= key.size(); ++n)
            EXPECT_EQ(mask_secret("[" + key.substr(at, n) + "]", key), "[<redacted>]") << at << " " << n;
}

TEST(MaskSecret, leaves_slices_that_words_share_with_a_key) { EXPECT_EQ(mask_secret("sk-ant-", key), "sk-ant-"); }

TEST(MaskSecret, replaces_a_short_secret_only_as_a_whole) {
    EXPECT_EQ(mask_secret("pass: hunter, hunt", "hunter"), "pass: <redacted>, hunt");
}

TEST(MaskSecret, leaves_the_text_alone_for_a_secret_that_would_mask_words) {
    EXPECT_EQ(mask_secret("the cat", "the"), "the cat");
    EXPECT_EQ(mask_secret("the cat", ""), "the cat");
    EXPECT_EQ(mask_secret("", key), "");
}

TEST(MaskSecret, takes_the_longest_slice_of_a_secret_that_repeats_itself) {
    EXPECT_EQ(mask_secret("<abcdefghabcdefghXY>", "abcdefghabcdefghXY"), "<<redacted>>");
}

}  // namespace
