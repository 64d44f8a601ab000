#include "auth/google/http_rules.hpp"
#include "core/percent.hpp"

#include <gtest/gtest.h>

namespace cortex::auth::google {
namespace {

TEST(HttpRules, https_is_asked_for_everywhere_but_on_this_machine_and_its_metadata_address) {
    for (const std::string_view good : {"https://oauth2.googleapis.com/token", "https://sts.example.org:8443/x?y=z", "http://127.0.0.1:8080/token",
                                        "http://localhost:1/", "http://[::1]:9/x", "http://169.254.169.254/metadata/identity?resource=a"})
        EXPECT_EQ(unfit_url(good), "") << good;
    for (const std::string_view bad : {"http://example.org/token", "http://169.254.169.253/", "ftp://example.org/", "http://127.0.0.1.example.org/"})
        EXPECT_EQ(unfit_url(bad), "does not begin with https://") << bad;
    for (const std::string_view none : {"", "token", "https://", "https://exa mple.org/", "https://example.org/\r\nx: y", "https://ex\xC3\xA4mple.org/"})
        EXPECT_EQ(unfit_url(none), "is no URL") << none;
    EXPECT_EQ(unfit_url("https://user:pass@example.org/"), "holds a user name or password");
}

TEST(HttpRules, knows_googles_token_hosts) {
    EXPECT_TRUE(is_google_host("https://oauth2.googleapis.com/token"));
    EXPECT_TRUE(is_google_host("https://accounts.google.com/o/oauth2/token"));
    EXPECT_FALSE(is_google_host("https://oauth2.googleapis.com.example.org/token"));
    EXPECT_FALSE(is_google_host("https://notgoogleapis.com/token"));
    EXPECT_FALSE(is_google_host("http://127.0.0.1/token"));
}

TEST(HttpRules, writes_forms_in_order_and_leaves_out_what_is_empty) {
    EXPECT_EQ(form({{"grant_type", "urn:a:b"}, {"scope", ""}, {"text", "a b&c=d/\n\xC3\xA4~-._"}}),
              "grant_type=urn%3Aa%3Ab&text=a%20b%26c%3Dd%2F%0A%C3%A4~-._");
    EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(HttpRules, asks_this_machine_without_a_proxy_and_all_others_as_the_network_wants) {
    EXPECT_FALSE(post_form("http://127.0.0.1:1/token", "").use_proxy);
    EXPECT_FALSE(post_form("http://169.254.169.254/token", "").use_proxy);
    EXPECT_TRUE(post_form("https://oauth2.googleapis.com/token", "").use_proxy);
}

TEST(HttpRules, a_token_is_visible_ascii) {
    EXPECT_TRUE(fits_header("ya29.A-b_c/d+e=~"));
    EXPECT_FALSE(fits_header("a b"));
    EXPECT_FALSE(fits_header("a\r\nx: y"));
    EXPECT_FALSE(fits_header("\xC3\xA4"));
}

}  // namespace
}  // namespace cortex::auth::google
