// Google's credential files and the answers that follow them: whatever a file, a server or a program says, a fetch ends with a credential or
// an error of the allowed kinds, and no secret of the file shows in its message. The first byte of the input chooses what the rest is.

#include "auth/google/adc.hpp"
#include "auth/google/subject_executable.hpp"
#include "core/text.hpp"
#include "../tests/support/fake_world.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using cortex::test::FakeWorld;

constexpr std::string_view secret = "Zq7vKx2mWp9RtY4nLc8BdF1h";

std::string user_file() {
    return R"({"type":"authorized_user","client_id":"id","client_secret":")" + std::string(secret) + R"(","refresh_token":")" + std::string(secret) + "\"}";
}

std::string federation_file() {
    return R"({"type":"external_account","audience":"//iam.googleapis.com/x","subject_token_type":"urn:ietf:params:oauth:token-type:jwt",)"
           R"("credential_source":{"executable":{"command":"token"}},)"
           R"("service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:generateAccessToken"})";
}

void expect_clean(const std::string& message, bool secret_in_use) {
    if (message.empty() || cortex::invalid_utf8_offset(message)) std::abort();
    if (secret_in_use && message.find(secret.substr(0, 8)) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const unsigned what = data[0] % 4U;
    const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);

    FakeWorld machine;
    machine.environment = {{"HOME", "/home/u"}, {"GOOGLE_APPLICATION_CREDENTIALS", "/k.json"}, {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"},
                           {"AWS_REGION", "eu-west-1"}, {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "x"}};
    machine.on_process = [](const cortex::ProcessRequest&) -> cortex::Result<cortex::ProcessOutput> { return cortex::ProcessOutput{.exit_code = 0, .out = "{}", .err = {}}; };
    switch (what) {
        case 0:   // the file itself
            machine.files["/k.json"] = rest;
            machine.on_request = [](const cortex::HttpRequest&) -> cortex::Result<cortex::HttpAnswer> {
                return cortex::test::json_answer(200, R"({"access_token":"t","expires_in":1,"accessToken":"t","expireTime":"2026-01-01T00:00:00Z"})");
            };
            break;
        case 1:   // a token service's answer
            machine.files["/k.json"] = user_file();
            machine.on_request = [&](const cortex::HttpRequest&) -> cortex::Result<cortex::HttpAnswer> {
                return cortex::test::json_answer(rest.empty() || rest[0] != '4' ? 200 : 400, rest, {{"date", rest.substr(0, 40)}});
            };
            break;
        case 2:   // the metadata server's
            machine.environment.erase("GOOGLE_APPLICATION_CREDENTIALS");
            machine.on_request = [&](const cortex::HttpRequest&) -> cortex::Result<cortex::HttpAnswer> {
                return cortex::test::json_answer(200, rest, {{"metadata-flavor", "Google"}});
            };
            break;
        default:   // a program's output, and then IAM's answer
            machine.files["/k.json"] = federation_file();
            machine.on_process = [&](const cortex::ProcessRequest&) -> cortex::Result<cortex::ProcessOutput> {
                return cortex::ProcessOutput{.exit_code = 0, .out = rest, .err = {}};
            };
            machine.on_request = [&](const cortex::HttpRequest&) -> cortex::Result<cortex::HttpAnswer> { return cortex::test::json_answer(200, rest); };
            (void)cortex::auth::google::split_command(rest);
            break;
    }
    cortex::auth::google::AdcOptions options;
    options.provider = "vertex";
    cortex::auth::google::Adc adc(options);
    cortex::World world = machine.world();
    (void)adc.report(world);
    const auto fetched = adc.fetch(world);
    const cortex::CredentialReport report = adc.report(world);
    if (!fetched) {
        expect_clean(fetched.error().message, what == 1);
        if (fetched.error().code == cortex::ErrorCode::unknown) std::abort();
    }
    for (const std::string& line : report.considered) expect_clean(line, what == 1);
    (void)cortex::auth::google::choose_project(world, {});
    return 0;
}
