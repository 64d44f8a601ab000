// Published cases of google-auth (Python and Node) and of the JOSE cookbook, read wherever they are on this machine. Each file is loaded or
// refused as the list below says; a file that the list does not know is a failure, so that none is passed over.

#include "auth/aws/sigv4.hpp"
#include "auth/google/credential_file.hpp"
#include "auth/google/jwt.hpp"
#include "auth/google/subject_executable.hpp"
#include "core/date_time.hpp"
#include "net/url_parts.hpp"
#include "support/published_cases.hpp"
#include "unit/google_auth/google_world.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

namespace cortex::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::string_view below = "google-auth";

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Expectation {
    std::string outcome;   ///< "loads", or part of the sentence of the refusal.
    std::string answers = "user";   ///< Or "impersonation", or "nobody": the key signs the token itself.
};

/// Every credential file among the published ones.
const std::map<std::string, Expectation>& expectations() {
    static const std::map<std::string, Expectation> all{
        {"python-data/authorized_user.json", {"loads"}},
        {"python-data/authorized_user_cloud_sdk.json", {"loads"}},
        {"python-data/authorized_user_with_rapt_token.json", {"loads"}},
        {"python-data/service_account.json", {"loads"}},
        {"python-data/es256_service_account.json", {"The field private_key of /k.json is no RSA key"}},
        {"python-data/external_account_authorized_user.json", {"loads"}},
        {"python-data/impersonated_service_account_authorized_user_source.json", {"loads", "impersonation"}},
        {"python-data/impersonated_service_account_service_account_source.json", {"loads", "impersonation"}},
        {"python-data/authorized_user_cloud_sdk_with_quota_project_id.json", {"loads"}},
        {"python-data/service_account_non_gdu.json", {"loads", "nobody"}},
        {"python-data/external_account_authorized_user_non_gdu.json", {"loads"}},
        {"python-data/impersonated_service_account_external_account_authorized_user_source.json", {"loads", "impersonation"}},
        {"python-data/impersonated_service_account_with_quota_project.json", {"loads", "impersonation"}},
        {"python-data/gdch_service_account.json", {"gdch_service_account"}},
        {"python-data/es384_service_account.json", {"gdch_service_account"}},
        {"python-data/client_secrets.json", {"has no field \"type\""}},
        {"python-data/context_aware_metadata.json", {"has no field \"type\""}},
        {"python-data/enterprise_cert_invalid.json", {"has no field \"type\""}},
        {"python-data/enterprise_cert_valid.json", {"has no field \"type\""}},
        {"python-data/enterprise_cert_valid_provider.json", {"has no field \"type\""}},
        {"python-data/external_subject_token.json", {"has no field \"type\""}},
        {"node-fixtures/wellKnown.json", {"loads"}},
        {"node-fixtures/refresh.json", {"loads"}},
        {"node-fixtures/config-with-quota/.config/gcloud/application_default_credentials.json", {"loads"}},
        {"node-fixtures/config-no-quota/.config/gcloud/application_default_credentials.json", {"loads"}},
        {"node-fixtures/impersonated_application_default_credentials.json", {"loads", "impersonation"}},
        {"node-fixtures/external-account-cred.json", {"loads"}},
        {"node-fixtures/private.json", {"lacks the field token_uri"}},
        {"node-fixtures/empty.json", {"has no field \"type\""}},
        {"node-fixtures/external-subject-token.json", {"has no field \"type\""}},
        {"node-fixtures/external-account-cert/cert_config.json", {"has no field \"type\""}},
        {"node-fixtures/external-account-cert/cert_config_empty.json", {"/k.json is empty"}},
        {"node-fixtures/external-account-cert/cert_config_missing_cert_path.json", {"has no field \"type\""}},
        {"node-fixtures/external-account-cert/cert_config_with_malformed_key.json", {"has no field \"type\""}},
    };
    return all;
}

constexpr std::string_view worked_assertion =
    "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJSUzI1NiIsICJraWQiOiAiMSJ9.eyJpYXQiOiAxNDQwOTM4MTYwLCAiZXhwIjogMTQ0MDk0MTc2MCwgImlzcyI6ICJ"
    "zZXJ2aWNlLWFjY291bnRAZXhhbXBsZS5jb20iLCAiYXVkIjogImh0dHBzOi8vb2F1dGgyLmdvb2dsZWFwaXMuY29tL3Rva2VuIiwgInNjb3BlIjogImh0dHB"
    "zOi8vd3d3Lmdvb2dsZWFwaXMuY29tL2F1dGgvY2xvdWQtcGxhdGZvcm0ifQ.QNUmL-WPEggMLwBoHPyEhuIR6KQaHzxi1uh-c7znbcCjtT6fHMJJAK6nktjT"
    "45zptsSQzkvle1cSn3amK_QJVFqdhZemC5W5MJObwlQ8VaNOuxH8N6Dp-OKx4wnLekpowub_fxwZpFYYSLIIP_kVraMA9Vm-LeNOvVjM8aIiUSyUlfwKXXte"
    "-U6FF4bQYcGrJKCXrek56uH_cxro8yG_9nb8kdbmG7Yln5Zq4LureArxjbb3NAe9Vf9vzWZPjPTcOl6Q9_P28z-uGhYrkxgX8WN-0CjBfM4zRiFBVjsnBiVy"
    "M7bSsucx7MngtDvB24h-CH1dGtp-de-ss2Q2q6sP2Q";
constexpr std::string_view worked_self_signed =
    "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJSUzI1NiIsICJraWQiOiAiMSJ9.eyJpc3MiOiAic2VydmljZS1hY2NvdW50QGV4YW1wbGUuY29tIiwgInN1YiI6ICJ"
    "zZXJ2aWNlLWFjY291bnRAZXhhbXBsZS5jb20iLCAiaWF0IjogMTQ0MDkzODE2MCwgImV4cCI6IDE0NDA5NDE3NjAsICJzY29wZSI6ICJodHRwczovL3d3dy5"
    "nb29nbGVhcGlzLmNvbS9hdXRoL2Nsb3VkLXBsYXRmb3JtIn0.eTEcnGlSIjUMnAR9_yb5yLJXfMm-fZV8dczRoZWwLSw_DPrP5cJeyyccGIQ8f9JNZmDP_HF"
    "_ozDnNQzVxNDW22ygIA0O-JRroNU44Fpgh2CM_uNiu7ExA9kUS5kQ8bUs7WOendKS2GITBuNSOnmqVBbEzhBxS8nY-4qvNiCVgxAsk6wrmrGND6V6-a50jy2"
    "oVO6Fg1vDPLVPbLDoj-CEaBGjfTv7_cTE-xpkeaCR1T0bc6XGwLFL---QSsUBxEA2rX2SuP6X3Cu77siv8EmIVh46BpU-2-ygV5WNGDl8YkL0ukH4fLlmWl6"
    "fGyl71ZSmmi9rqi9R2pG3vAEWYyDkwg";

/// Loads each file of one place, and returns the names.
std::set<std::string> load_or_refuse(const fs::path& google_folder) {
    std::set<std::string> seen;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(google_folder)) {
        if (!entry.is_regular_file() || entry.path().extension() != ".json" || entry.path().parent_path() == google_folder) continue;
        const std::string name = entry.path().lexically_relative(google_folder).generic_string();
        SCOPED_TRACE(name);
        const auto expected = expectations().find(name);
        if (expected == expectations().end()) {
            ADD_FAILURE() << "a published file without an expectation";
            continue;
        }
        seen.insert(name);
        GoogleWorld world;
        world.named(content(entry.path()));
        world.files["./test/fixtures/external-subject-token.txt"] = content(google_folder / "node-fixtures/external-subject-token.txt");
        world.token();
        // Credentials of another universe count where that universe is meant, and nowhere else.
        JsonParser parser;
        const std::string file = content(entry.path());
        const JsonObject* const json = parser.parse_object(file);
        if (const std::string universe(json != nullptr ? json_text_or_empty(*json, "universe_domain") : ""); !universe.empty() && universe != "googleapis.com") {
            EXPECT_THAT(token_text(world.fetch()), HasSubstr("belong to the universe " + universe));
            EXPECT_TRUE(world.requests.empty());
            world.options.universe_domain = universe;
        }
        if (expected->second.answers == "impersonation") world.answer(200, R"({"accessToken":"impersonated","expireTime":"2023-11-14T23:13:20Z"})");
        const auto fetched = world.fetch();
        if (expected->second.outcome == "loads") {
            if (expected->second.answers == "nobody") {
                EXPECT_THAT(token_text(fetched), testing::StartsWith("eyJ"));
                EXPECT_TRUE(world.requests.empty());
            } else {
                EXPECT_EQ(token_text(fetched), expected->second.answers == "impersonation" ? "impersonated" : "token-of-google");
            }
            EXPECT_TRUE(world.report().found);
        } else {
            if (fetched) {
                ADD_FAILURE() << "was loaded";
                continue;
            }
            EXPECT_EQ(fetched.error().code, ErrorCode::auth);
            EXPECT_THAT(fetched.error().message, HasSubstr(expected->second.outcome));
        }
    }
    std::cout << google_folder << ": " << seen.size() << " published credential files\n";
    return seen;
}

TEST(GoogleVectors, each_published_credential_file_is_loaded_or_refused) {
    const auto folders = published_cases(below);
    CORTEX_NEED_CASES(folders, below);
    std::set<std::string> seen;
    for (const fs::path& folder : folders) seen.merge(load_or_refuse(folder));
    EXPECT_FALSE(seen.empty());
    // The package holds all of google-auth's files for Python; those for Node are nowhere but in the other place.
    const bool python = fs::exists(fs::path(CORTEX_VECTORS) / below);
    const bool node = fs::exists(fs::path(CORTEX_TESTDATA) / below);
    for (const auto& [name, expected] : expectations()) {
        if (name.starts_with("python-data/") ? python : node) {
            EXPECT_TRUE(seen.contains(name)) << name << " is not among the published files";
        }
    }
}

TEST(GoogleVectors, quota_projects_of_the_two_gcloud_folders) {
    const auto folders = published_cases("google-auth/node-fixtures");
    CORTEX_NEED_CASES(folders, "google-auth/node-fixtures");
    const fs::path google_folder = folders.front().parent_path();
    for (const std::string folder : {"config-with-quota", "config-no-quota"}) {
        GoogleWorld world;
        const std::string text = content(google_folder / "node-fixtures" / folder / ".config/gcloud/application_default_credentials.json");
        world.gcloud(text);
        world.token();
        const auto fetched = world.fetch();
        ASSERT_TRUE(fetched && *fetched);
        EXPECT_EQ((*fetched)->quota_project.empty(), text.find("quota_project_id") == std::string::npos);
    }
}

// Worked out with google-auth 2.63.0 from its own published key at 2015-08-30T12:36:00Z; RS256 gives the same bytes to everybody.
TEST(GoogleVectors, the_published_key_gives_the_worked_tokens) {
    const auto folders = published_cases("google-auth/python-data");
    CORTEX_NEED_CASES(folders, "google-auth/python-data");
    const fs::path google_folder = folders.front().parent_path();
    for (const bool self_signed : {false, true}) {
        GoogleWorld world;
        world.clock.wall_now = WallTime(std::chrono::seconds(1'440'938'160));
        world.named(content(google_folder / "python-data/service_account.json"));
        world.options.self_signed_jwt = self_signed;
        world.token();
        const auto fetched = world.fetch();
        ASSERT_TRUE(fetched && *fetched) << token_text(fetched);
        const std::string token = self_signed ? token_text(fetched) : world.field(0, "assertion");
        EXPECT_EQ(token, self_signed ? worked_self_signed : worked_assertion);
    }
}

/// RSA keys among the published files. The others are keys of other kinds, public keys, certificates, and broken ones.
const std::set<std::string>& rsa_keys() {
    static const std::set<std::string> names{"privatekey.pem", "pem_from_pkcs12.pem", "private.pem", "leaf.key"};
    return names;
}

TEST(GoogleVectors, keys_that_are_published_beside_them) {
    const auto folders = published_cases(below);
    CORTEX_NEED_CASES(folders, below);
    std::size_t loaded = 0;
    std::size_t refused = 0;
    for (const fs::path& folder : folders)
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".pem" && extension != ".key" && extension != ".crt" && extension != ".pub") continue;
            const std::string name = entry.path().filename().string();
            SCOPED_TRACE(entry.path());
            const auto key = auth::google::SigningKey::from_pem(content(entry.path()), name);
            if (rsa_keys().contains(name)) {
                ++loaded;
                ASSERT_TRUE(key) << key.error().message;
                EXPECT_TRUE(key->sign("text"));
            } else {
                ++refused;
                ASSERT_FALSE(key);
                EXPECT_EQ(key.error().code, ErrorCode::auth);
            }
        }
    EXPECT_GT(loaded, 0U);
    EXPECT_GT(refused, 0U);
    std::cout << loaded << " keys loaded, " << refused << " files refused\n";
}

TEST(GoogleVectors, subject_tokens_and_product_names) {
    const auto folders = published_cases(below);
    CORTEX_NEED_CASES(folders, below);
    std::size_t tokens = 0;
    std::size_t products = 0;
    for (const fs::path& folder : folders)
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            SCOPED_TRACE(entry.path());
            GoogleWorld world;
            if (name.starts_with("smbios_product_name")) {
                world.files["/sys/class/dmi/id/product_name"] = content(entry.path());
                EXPECT_EQ(world.report().found, name == "smbios_product_name");
                ++products;
                continue;
            }
            const std::string stem = entry.path().stem().string();
            if (stem != "external_subject_token" && stem != "external-subject-token") continue;
            const bool json = entry.path().extension() == ".json";
            world.named(federation_json(json ? R"({"file":"/t","format":{"type":"json","subject_token_field_name":"access_token"}})" : R"({"file":"/t"})"));
            world.files["/t"] = content(entry.path());
            world.token();
            ASSERT_EQ(token_text(world.fetch()), "token-of-google");
            EXPECT_EQ(world.field(0, "subject_token"), "HEADER.SIMULATED_JWT_PAYLOAD.SIGNATURE");
            ++tokens;
        }
    EXPECT_GE(tokens, 2U);
    EXPECT_GE(products, 2U);
    std::cout << tokens << " subject tokens, " << products << " product names\n";
}

void read_outputs(const fs::path& file) {
    JsonParser parser;
    const std::string text = content(file);
    const JsonObject* const cases = parser.parse_object(text);
    ASSERT_NE(cases, nullptr);
    std::size_t count = 0;
    for (const auto& one : *cases) {
        const std::string name(one.key().data(), one.key().size());
        SCOPED_TRACE(name);
        const auto answer = auth::google::read_executable_answer(boost::json::serialize(one.value()), "The program", WallTime(std::chrono::seconds(1'700'000'000)));
        const JsonObject& json = one.value().get_object();
        if (json.at("success").get_bool()) {
            ASSERT_TRUE(answer) << answer.error().message;
            EXPECT_EQ(SecretAccess::text(answer->token), name.find("SAML") != std::string::npos ? "FAKE_SAML_RESPONSE" : "FAKE_ID_TOKEN");
            EXPECT_EQ(answer->expires_at.has_value(), json.contains("expiration_time"));
            EXPECT_FALSE(answer->expired);
        } else {
            ASSERT_FALSE(answer);
            EXPECT_THAT(answer.error().message, HasSubstr(std::string(json.at("message").get_string())));
        }
        ++count;
    }
    EXPECT_GE(count, 5U);
    std::cout << file << ": " << count << " outputs of programs\n";
}

TEST(GoogleVectors, outputs_of_programs) {
    const auto files = published_cases("google-auth/executable-responses.json");
    CORTEX_NEED_CASES(files, "google-auth/executable-responses.json");
    for (const fs::path& file : files) read_outputs(file);
}

std::string sha256_hex(std::string_view text) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    std::string out;
    for (const unsigned char byte : digest) {
        constexpr std::string_view hex = "0123456789abcdef";
        out.push_back(hex[byte >> 4U]);
        out.push_back(hex[byte & 15U]);
    }
    return out;
}

void sign_requests(const fs::path& file) {
    JsonParser parser;
    const std::string text = content(file);
    const JsonObject* const all = parser.parse_object(text);
    ASSERT_NE(all, nullptr);
    std::size_t count = 0;
    for (const JsonValue& one : *json_array(*all, "cases")) {
        const JsonObject& given = one.get_object();
        const JsonObject& request = *json_object(given, "original_request");
        const JsonObject& expected = *json_object(*json_object(given, "signed_request"), "headers");
        SCOPED_TRACE(std::string(json_text_or_empty(request, "url")) + " #" + std::to_string(count));
        const std::string url(json_text_or_empty(request, "url"));
        const auto parts = net::parse_url(url);
        ASSERT_TRUE(parts);
        const std::string host(parts->host);
        const std::string rest = url.substr(url.find(host) + host.size());
        const std::size_t mark = std::min(rest.find('?'), rest.size());
        const std::string path = mark == 0 ? "/" : rest.substr(0, mark);
        // Queries that are not encoded yet are encoded by google-auth before it signs; `signing_texts` takes them as they stand.
        std::string query;
        for (const char c : rest.substr(std::min(mark + 1, rest.size()))) {
            if (static_cast<unsigned char>(c) < 0x80) {
                query.push_back(c);
                continue;
            }
            constexpr std::string_view hex = "0123456789ABCDEF";
            query.push_back('%');
            query.push_back(hex[static_cast<unsigned char>(c) >> 4U]);
            query.push_back(hex[static_cast<unsigned char>(c) & 15U]);
        }
        const JsonObject& keys = *json_object(given, "credentials");
        const auto when = parse_iso8601(json_text_or_empty(given, "time"));
        ASSERT_TRUE(when);
        std::vector<HttpHeader> headers{{"host", host}};
        bool dated = false;
        if (const JsonObject* const given_headers = json_object(request, "headers")) {
            for (const auto& header : *given_headers) {
                headers.push_back({std::string(header.key()), std::string(header.value().get_string())});
                dated = dated || header.key() == "date";
            }
        }
        if (!dated) headers.push_back({"x-amz-date", format_basic(*when)});
        if (const auto token = json_text(keys, "security_token")) headers.push_back({"x-amz-security-token", std::string(*token)});
        std::string service = host.substr(0, host.find('.'));
        if (service.ends_with("-fips")) service.resize(service.size() - 5);
        const auto texts = auth::aws::signing_texts(
            json_text_or_empty(request, "method"), path, query, headers, sha256_hex(json_text_or_empty(request, "data")), json_text_or_empty(keys, "access_key_id"),
            json_text_or_empty(keys, "secret_access_key"), {.region = std::string(json_text_or_empty(given, "region")), .service = service},
            format_basic(*when), {.encode_path = false, .normalize_path = true});
        EXPECT_EQ(texts.authorization, json_text_or_empty(expected, "Authorization"));
        ++count;
    }
    EXPECT_GE(count, 12U);
    std::cout << file << ": " << count << " signed requests to AWS\n";
}

TEST(GoogleVectors, signed_requests_to_aws) {
    const auto files = published_cases("google-auth/aws-request-signer.json");
    CORTEX_NEED_CASES(files, "google-auth/aws-request-signer.json");
    for (const fs::path& file : files) sign_requests(file);
}

std::string decoded_url64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        bits = (bits << 6U) | static_cast<unsigned>(alphabet.find(c));
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out.push_back(static_cast<char>((bits >> held) & 0xFFU));
    }
    return out;
}

/// A private RSA key of a JSON web key, as PEM.
std::string pem_of(const JsonObject& jwk) {
    OSSL_PARAM_BLD* const builder = OSSL_PARAM_BLD_new();
    std::vector<BIGNUM*> numbers;
    for (const auto& [field, parameter] : std::vector<std::pair<std::string, const char*>>{
             {"n", OSSL_PKEY_PARAM_RSA_N}, {"e", OSSL_PKEY_PARAM_RSA_E}, {"d", OSSL_PKEY_PARAM_RSA_D}, {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
             {"q", OSSL_PKEY_PARAM_RSA_FACTOR2}, {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1}, {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
             {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}) {
        const std::string bytes = decoded_url64(json_text_or_empty(jwk, field));
        numbers.push_back(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
        OSSL_PARAM_BLD_push_BN(builder, parameter, numbers.back());
    }
    OSSL_PARAM* const parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    EVP_PKEY* key = nullptr;
    EXPECT_EQ(EVP_PKEY_fromdata_init(context), 1);
    EXPECT_EQ(EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters), 1);
    BIO* const out = BIO_new(BIO_s_mem());
    EXPECT_EQ(PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out, &text);
    std::string pem(text, static_cast<std::size_t>(size));
    BIO_free(out);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    for (BIGNUM* const number : numbers) BN_free(number);
    OSSL_PARAM_BLD_free(builder);
    return pem;
}

// ES512 (4_3) is not among them: nothing here makes or checks such signatures.
TEST(JoseVectors, rs256_of_the_cookbook_is_reproduced) {
    constexpr std::string_view example_file = "jose/jws/4_1.rsa_v15_signature.json";
    const auto files = published_cases(example_file);
    CORTEX_NEED_CASES(files, example_file);
    const fs::path& file = files.front();
    JsonParser parser;
    const std::string text = content(file);
    const JsonObject* const example = parser.parse_object(text);
    ASSERT_NE(example, nullptr);
    const JsonObject& input = *json_object(*example, "input");
    const JsonObject& expected = *json_object(*example, "signing");
    const auto key = auth::google::SigningKey::from_pem(pem_of(*json_object(input, "key")), "the cookbook's key");
    ASSERT_TRUE(key) << key.error().message;
    const std::string signing_input = std::string(json_text_or_empty(expected, "protected_b64u")) + "." + auth::google::base64url(json_text_or_empty(input, "payload"));
    EXPECT_EQ(signing_input, json_text_or_empty(expected, "sig-input"));
    const auto signature = key->sign(signing_input);
    ASSERT_TRUE(signature);
    EXPECT_EQ(auth::google::base64url(*signature), json_text_or_empty(expected, "sig"));
}

}  // namespace
}  // namespace cortex::test
