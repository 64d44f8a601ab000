#include "core/http.hpp"

#include <gtest/gtest.h>

namespace {

const cortex::HttpHead head{.status = 200,
                            .headers = {{"Content-Type", "Text/Event-Stream ; charset=utf-8"},
                                        {"Retry-After", "3"},
                                        {"retry-after", "9"},
                                        {"x-empty", ""}}};

TEST(HttpHead, finds_a_header_without_regard_to_case) {
    EXPECT_EQ(head.header("content-TYPE"), "Text/Event-Stream ; charset=utf-8");
    EXPECT_EQ(head.header("X-EMPTY"), "");
    EXPECT_EQ(head.header("content-typ"), std::nullopt);
}

TEST(HttpHead, gives_the_first_of_repeated_headers) { EXPECT_EQ(head.header("retry-after"), "3"); }

TEST(HttpHead, gives_the_media_type_alone_and_in_lower_case) { EXPECT_EQ(head.content_type(), "text/event-stream"); }

TEST(HttpHead, has_no_media_type_without_the_header) { EXPECT_EQ(cortex::HttpHead{}.content_type(), ""); }

}  // namespace
