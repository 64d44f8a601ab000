#include "auth/google/jwt.hpp"

#include "unit/google_auth/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::auth::google {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string where = "The field private_key of /k.json";

Result<std::string> worked_token(std::string_view pem) {
    Result<SigningKey> key = SigningKey::from_pem(pem, where);
    if (!key) return key.error();
    const WallTime now = WallTime(std::chrono::seconds(1'700'000'000));
    return signed_token(*key, "key-1",
                        {time_claim("iat", now), time_claim("exp", now + std::chrono::hours(1)),
                         text_claim("iss", "worker@demo-project.iam.gserviceaccount.com"), text_claim("aud", "https://oauth2.googleapis.com/token"),
                         text_claim("scope", "https://www.googleapis.com/auth/cloud-platform")});
}

TEST(Jwt, signs_as_the_openssl_program_does_with_both_forms_of_the_key) {
    for (const std::string_view pem : {test::pkcs8_key, test::pkcs1_key}) {
        const auto token = worked_token(pem);
        ASSERT_TRUE(token) << token.error().message;
        EXPECT_EQ(*token, test::signed_assertion);
    }
}

TEST(Jwt, reads_a_key_with_windows_line_ends_and_text_around_it) {
    std::string pem = "made for tests\r\n";
    for (const char c : test::pkcs8_key) {
        if (c == '\n') pem.push_back('\r');
        pem.push_back(c);
    }
    const auto token = worked_token(pem + "\r\n");
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(*token, test::signed_assertion);
}

TEST(Jwt, base64url_has_no_padding_and_its_own_two_letters) {
    EXPECT_EQ(base64url(""), "");
    EXPECT_EQ(base64url("f"), "Zg");
    EXPECT_EQ(base64url("fo"), "Zm8");
    EXPECT_EQ(base64url("foo"), "Zm9v");
    EXPECT_EQ(base64url("\xFB\xFF\xFE"), "-__-");
}

TEST(Jwt, leaves_out_kid_where_there_is_none_and_escapes_texts) {
    const auto key = SigningKey::from_pem(test::pkcs8_key, where);
    ASSERT_TRUE(key);
    const auto token = signed_token(*key, "", {text_claim("iss", "a\"b")});
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->starts_with(base64url(R"({"typ": "JWT", "alg": "RS256"})") + "." + base64url(R"({"iss": "a\"b"})") + "."));
}

TEST(Jwt, says_why_a_key_cannot_be_used_and_shows_none_of_it) {
    std::string one_line(test::pkcs8_key);
    std::erase(one_line, '\n');
    const std::string cut(test::pkcs8_key.substr(0, 400));
    const std::vector<std::pair<std::string, std::string>> cases{
        {"privatekey", "is no PEM text"},
        {std::string(test::ec_key), "is no RSA key"},
        {std::string(test::encrypted_pkcs8_key), "is encrypted with a password"},
        {std::string(test::encrypted_pkcs1_key), "is encrypted with a password"},
        {std::string(test::public_key), "holds no private key"},
        {one_line, "its line breaks are missing"},
        {cut, "is cut off or damaged"},
        {"-----BEGIN PRIVATE KEY-----\nnot base64 at all\n-----END PRIVATE KEY-----\n", "is cut off or damaged"}};
    for (const auto& [pem, sentence] : cases) {
        const auto key = SigningKey::from_pem(pem, where);
        ASSERT_FALSE(key) << sentence;
        EXPECT_EQ(key.error().code, ErrorCode::auth);
        EXPECT_THAT(key.error().message, HasSubstr(where + " "));
        EXPECT_THAT(key.error().message, HasSubstr(sentence));
        if (pem.size() > 100) {
            EXPECT_THAT(key.error().message, Not(HasSubstr(pem.substr(60, 8))));
        }
    }
}

}  // namespace
}  // namespace cortex::auth::google
