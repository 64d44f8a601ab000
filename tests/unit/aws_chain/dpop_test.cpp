#include "auth/aws/dpop.hpp"

#include "ec_key.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace cortex::auth::aws {
namespace {

struct Parts {
    std::string signed_text = {};
    boost::json::value header = {};
    boost::json::value claims = {};
    std::string signature = {};
};

Parts take_apart(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    return {.signed_text = token.substr(0, second),
            .header = boost::json::parse(test::from_base64url(token.substr(0, first))),
            .claims = boost::json::parse(test::from_base64url(token.substr(first + 1, second - first - 1))),
            .signature = test::from_base64url(token.substr(second + 1))};
}

TEST(AwsDpop, AProofIsSignedByTheKeyInItsHeader) {
    // Several keys, because one in 256 has a coordinate with a leading zero, and half of all signatures a high bit.
    for (int turn = 0; turn < 8; ++turn) {
        const test::Key key = test::make_ec_key();
        for (const test::PemForm form : {test::PemForm::sec1, test::PemForm::pkcs8}) {
            const Result<std::string> proof = dpop_proof(test::private_pem(key.get(), form), {.url = "https://x/v1/token", .issued_at = 1'700'000'000, .id = "id-1"});
            ASSERT_TRUE(proof) << proof.error().message;
            const Parts parts = take_apart(*proof);
            EXPECT_TRUE(test::verify_es256(key.get(), parts.signed_text, parts.signature));
            EXPECT_EQ(parts.header.at("typ"), "dpop+jwt");
            EXPECT_EQ(parts.header.at("alg"), "ES256");
            EXPECT_EQ(parts.header.at("jwk").at("kty"), "EC");
            EXPECT_EQ(parts.header.at("jwk").at("crv"), "P-256");
            for (const char* name : {"x", "y"}) EXPECT_EQ(test::from_base64url(parts.header.at("jwk").at(name).as_string().c_str()).size(), 32U);
            EXPECT_EQ(parts.claims, boost::json::parse(R"({"htm":"POST","htu":"https://x/v1/token","iat":1700000000,"jti":"id-1"})"));
        }
    }
}

TEST(AwsDpop, OtherKeysAreRefused) {
    const test::Key other = test::make_ec_key("P-384");
    for (const std::string& pem : {std::string("nonsense"), std::string(), test::private_pem(other.get(), test::PemForm::sec1)}) {
        const Result<std::string> proof = dpop_proof(pem, {});
        ASSERT_FALSE(proof);
        EXPECT_EQ(proof.error().message, "the key (dpopKey) is no P-256 private key in PEM");
    }
}

TEST(AwsDpop, UuidsOfVersionFour) {
    EXPECT_EQ(uuid_of(std::string(16, '\xff')), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    EXPECT_EQ(uuid_of(std::string(16, '\0')), "00000000-0000-4000-8000-000000000000");
}

}  // namespace
}  // namespace cortex::auth::aws
