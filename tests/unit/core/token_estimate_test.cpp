#include "core/token_estimate.hpp"

#include <gtest/gtest.h>

namespace cortex {
namespace {

TEST(TokenEstimate, latin_script_counts_by_four_bytes_and_others_by_characters) {
    EXPECT_EQ(estimate_tokens(""), 0);
    EXPECT_EQ(estimate_tokens("The quick brown fox jumps over the lazy dog."), 11);
    EXPECT_EQ(estimate_tokens("证明√2是无理数"), 8);
    EXPECT_EQ(estimate_tokens("привет"), 3);
}

TEST(TokenEstimate, a_message_counts_calls_results_and_images) {
    Message message;
    EXPECT_EQ(estimate_tokens(message), 8);
    message.content.push_back({.value = ToolUseBlock{"id", "look", "{\"limit\":5}"}, .raw = {}});
    EXPECT_EQ(estimate_tokens(message), 8 + 8 + 1 + 3);
    message.content.push_back({.value = ImageBlock{}, .raw = {}});
    EXPECT_EQ(estimate_tokens(message), 20 + 1'600);
    ToolResultBlock result;
    result.content.push_back({.value = TextBlock{"four"}, .raw = {}});
    message.content.push_back({.value = result, .raw = {}});
    EXPECT_EQ(estimate_tokens(message), 1'620 + 9);
}

}  // namespace
}  // namespace cortex
