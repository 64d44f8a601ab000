// Published end-to-end cases: files, environment and recorded traffic go in, credentials or a failure come out.

#include "auth/aws/settings.hpp"
#include "auth/aws/sso_token.hpp"
#include "core/date_time.hpp"
#include "machine.hpp"
#include "vectors.hpp"

#include <algorithm>
#include <set>

namespace cortex::auth::aws {
namespace {

using boost::json::value;
using test::member;
using test::text_in;
namespace fs = std::filesystem;

/// One recorded exchange.
struct Exchange {
    std::string method = {};
    std::string url = {};
    std::string body = {};
    std::map<std::string, std::string> headers = {};
    HttpAnswer answer = {};
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<Exchange> read_traffic(const value& traffic) {
    std::vector<Exchange> out;
    for (const value& event : traffic.at("events").as_array()) {
        const value& action = event.at("action");
        if (const value* request = member(action, "Request")) {
            Exchange one;
            one.method = text_in(request->at("request"), "method");
            one.url = text_in(request->at("request"), "uri");
            for (const auto& header : request->at("request").at("headers").as_object())
                one.headers[lower(std::string(header.key()))] = header.value().as_array().front().as_string().c_str();
            out.push_back(std::move(one));
        } else if (const value* response = member(action, "Response")) {
            const value& ok = response->at("response").at("Ok");
            out.back().answer.head.status = static_cast<int>(ok.at("status").as_int64());
            for (const auto& header : ok.at("headers").as_object())
                out.back().answer.head.headers.push_back({std::string(header.key()), header.value().as_array().front().as_string().c_str()});
        } else if (const value* data = member(action, "Data")) {
            std::string& to = text_in(*data, "direction") == "Request" ? out.back().body : out.back().answer.body;
            to += text_in(data->at("data"), "Utf8");
        }
    }
    return out;
}

/// Path and query without regard to the order of the query, and to a slash behind a bare host.
std::pair<std::string, std::multiset<std::string>> comparable(const std::string& url) {
    const std::size_t mark = url.find('?');
    std::string path = url.substr(0, mark);
    if (std::count(path.begin(), path.end(), '/') == 3 && path.ends_with('/')) path.pop_back();
    std::multiset<std::string> query;
    std::string rest = mark == std::string::npos ? std::string() : url.substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        query.insert(rest.substr(0, end));
        rest.erase(0, end + 1);
    }
    return {path, query};
}

std::string_view method_name(HttpMethod method) {
    return method == HttpMethod::get ? "GET" : method == HttpMethod::put ? "PUT" : "POST";
}

/// The fields' names of a form, and the action.
std::set<std::string> form_shape(const std::string& body) {
    std::set<std::string> out;
    std::string rest = body;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string field = rest.substr(0, end);
        out.insert(field.starts_with("Action=") || field.starts_with("Version=") ? field : field.substr(0, field.find('=')));
        rest.erase(0, end + 1);
    }
    return out;
}

/// The machine that a case describes.
class Case {
public:
    explicit Case(const fs::path& folder) : folder_(folder), described_(test::read_json(folder / "test-case.json")) {
        const value environment = test::read_json(folder / "env.json");
        for (const auto& variable : environment.as_object()) machine.environment[std::string(variable.key())] = variable.value().as_string().c_str();
        if (fs::exists(folder / "fs"))
            for (const auto& file : fs::recursive_directory_iterator(folder / "fs"))
                if (file.is_regular_file()) machine.files["/" + fs::relative(file.path(), folder / "fs").string()] = test::slurp(file.path());
        traffic_ = read_traffic(test::read_json(folder / "http-traffic.json"));
        // The time of the recording: static stability depends on it.
        machine.clock.wall_now = *parse_iso8601("2021-08-01T00:00:00Z");
        for (auto one = traffic_.rbegin(); one != traffic_.rend(); ++one)
            if (const auto date = one->answer.head.header("date"); date && parse_http_date(*date)) machine.clock.wall_now = *parse_http_date(*date);
        machine.on_request = [this](const HttpRequest& request) { return answer(request); };
        machine.on_process = [this](const ProcessRequest& request) { return run(request); };
    }

    void check() {
        ChainOptions options = test::chain_options();
        const Result<Found> region = choose_region(machine.world(), {}, {});
        ASSERT_TRUE(region);
        options.region = region->value;
        const test::Fetched fetched = test::fetch(machine, options);
        const value& result = described_.at("result");
        const value* wanted = member(result, "Ok");
        if (wanted == nullptr) {
            EXPECT_TRUE(!fetched || !*fetched);
            EXPECT_TRUE(fetched || !fetched.error().message.empty());
            return;
        }
        EXPECT_EQ(next_, traffic_.size()) << "not all recorded requests were sent";
        ASSERT_TRUE(fetched) << fetched.error().message;
        ASSERT_TRUE(*fetched);
        const Credential& keys = **fetched;
        EXPECT_EQ(keys.access_key_id, text_in(*wanted, "access_key_id"));
        EXPECT_EQ(test::secret_of(keys), text_in(*wanted, "secret_access_key"));
        EXPECT_EQ(test::token_of(keys), text_in(*wanted, "session_token"));
        EXPECT_EQ(keys.account_id, text_in(*wanted, "account_id"));
        const value* expiry = member(*wanted, "expiry");
        ASSERT_EQ(keys.expires_at.has_value(), expiry != nullptr);
        if (expiry != nullptr) {
            EXPECT_EQ(*keys.expires_at, WallTime(std::chrono::seconds(expiry->as_int64())));
        }
    }

    test::FakeWorld machine = {};

private:
    Result<HttpAnswer> answer(const HttpRequest& request) {
        // What the recording lacks is the other side's habit: it repeats less, or elsewhere.
        if (next_ == traffic_.size()) return ErrorInfo{.code = ErrorCode::network, .message = "the recording ends here.", .retryable = true};
        const Exchange& one = traffic_[next_++];
        EXPECT_EQ(method_name(request.method), one.method);
        EXPECT_EQ(comparable(request.url), comparable(one.url));
        for (const std::string name : {"x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds", "x-amz-sso_bearer_token", "accept"})
            if (one.headers.contains(name)) {
                EXPECT_EQ(test::header_of(request, name), one.headers.at(name)) << name;
            }
        // Some recordings were put together of two, so whose keys they are signed with says nothing.
        EXPECT_EQ(test::header_of(request, "authorization").starts_with("AWS4-HMAC-SHA256 Credential="), one.headers.contains("authorization"));
        // Names of sessions are each SDK's own; some recordings were made with another role than the files name.
        if (!one.body.empty()) {
            EXPECT_EQ(form_shape(*request.body), form_shape(one.body));
        }
        return one.answer;
    }

    /// The cases' programs need a shell, which is not used; they are run as one would.
    static Result<ProcessOutput> run(const ProcessRequest& request) {
        if (request.argv.front() == "exit") return ProcessOutput{.exit_code = 1, .out = {}, .err = {}};
        EXPECT_EQ(request.argv.size(), 5U);
        EXPECT_EQ(request.argv.front(), "echo");
        return ProcessOutput{.exit_code = 0,
                             .out = R"({ "Version": 1, "AccessKeyId": "ASIARTESTID", "SecretAccessKey": "TESTSECRETKEY", "SessionToken": )"
                                    R"("TESTSESSIONTOKEN", "AccountId": "123456789002", "Expiration": "2022-05-02T18:36:00+00:00" })",
                             .err = {}};
    }

    fs::path folder_;
    value described_;
    std::vector<Exchange> traffic_ = {};
    std::size_t next_ = 0;
};

std::vector<fs::path> cases_in(const fs::path& folder) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_directory()) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

void run_cases(std::string_view family, bool profile_only) {
    const fs::path folder = test::testdata("aws-credential-chain/" + std::string(family));
    CORTEX_NEED_TESTDATA(folder);
    test::Tally tally{std::string(family)};
    for (const fs::path& one : cases_in(folder)) {
        SCOPED_TRACE(one.filename().string());
        Case described(one);
        // These cases ask the profile alone: keys of the environment are there to be passed over.
        if (profile_only) {
            described.machine.environment.erase("AWS_ACCESS_KEY_ID");
            described.machine.environment.erase("AWS_SECRET_ACCESS_KEY");
            described.machine.environment["AWS_EC2_METADATA_DISABLED"] = "true";
        }
        ++tally.run;
        described.check();
    }
    EXPECT_GT(tally.run, 0);
}

TEST(AwsChainVectors, DefaultChain) { run_cases("default-credential-provider-chain", false); }
TEST(AwsChainVectors, ProfileProvider) { run_cases("profile-provider", true); }

TEST(AwsChainVectors, TokenChain) {
    const fs::path folder = test::testdata("aws-credential-chain/default-token-provider-chain");
    CORTEX_NEED_TESTDATA(folder);
    test::Tally tally{"default-token-provider-chain"};
    for (const fs::path& one : cases_in(folder)) {
        SCOPED_TRACE(one.filename().string());
        Case described(one);
        World world = described.machine.world();
        const Result<Profiles> profiles = load_profiles(world);
        ASSERT_TRUE(profiles);
        const std::string profile = choose_profile(world, {}).name;
        const Result<std::optional<SsoToken>> settings = sso_token_settings(*profiles, profile);
        ASSERT_TRUE(settings && *settings);
        ChainOptions options = test::chain_options();
        options.clock = std::make_shared<ClockOffset>();
        std::vector<std::string> notes;
        Asking asking{.world = world, .options = options, .notes = notes};
        const Result<SsoAccess> access = sso_access(asking, **settings, profile);
        ++tally.run;
        const value wanted = test::read_json(one / "test-case.json").at("result");
        const value* ok = member(wanted, "Ok");
        ASSERT_EQ(access.has_value(), ok != nullptr);
        if (ok == nullptr) continue;
        EXPECT_EQ(SecretAccess::text(access->token), text_in(*ok, "token"));
        EXPECT_EQ(access->expires_at, *parse_iso8601(text_in(*ok, "expiration")));
    }
    EXPECT_GT(tally.run, 0);
}

/// STS's answers with the elements of another action: their values, and what a refusal says.
TEST(AwsChainVectors, StsAnswers) {
    constexpr std::string_view below = "aws-responses/xml-responses/sts-get-session-token.xml";
    const auto packaged = test::published_cases(below);
    const auto others = test::published_cases("aws-responses/sts-responses/sts-get-session-token.xml");
    if (packaged.empty()) CORTEX_NEED_CASES(others, below);
    const fs::path good = packaged.empty() ? others.front() : packaged.front();
    const fs::path bad = good.parent_path().parent_path() / (packaged.empty() ? "sts-errors" : "xml-errors") / good.filename();
    std::string answer = test::slurp(good);
    for (std::size_t at = 0; (at = answer.find("GetSessionToken", at)) != std::string::npos;) answer.replace(at, 15, "AssumeRole");
    test::FakeWorld machine = test::bare_machine();
    machine.files["/home/u/.aws/config"] = "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Environment\n";
    machine.environment["AWS_ACCESS_KEY_ID"] = "AKIDBASE";
    machine.environment["AWS_SECRET_ACCESS_KEY"] = "base";
    ChainOptions options = test::chain_options();
    options.profile = "default";

    machine.on_request = [&](const HttpRequest&) -> Result<HttpAnswer> { return test::text_answer(200, answer); };
    // The published session token has line breaks, which no header can carry: it is refused, and not sent on.
    EXPECT_NE(test::failure(machine, options).find("session token"), std::string::npos);
    // Line breaks and what indents the next line.
    for (std::size_t at = 0; (at = answer.find('\n', at)) != std::string::npos;) answer.erase(at, answer.find_first_not_of("\n ", at) - at);
    const test::Fetched fetched = test::fetch(machine, options);
    ASSERT_TRUE(fetched) << fetched.error().message;
    ASSERT_TRUE(*fetched);
    const value wanted = test::read_json(good.parent_path() / "sts-get-session-token.json").at("Credentials");
    EXPECT_EQ((*fetched)->access_key_id, text_in(wanted, "AccessKeyId"));
    EXPECT_EQ(test::secret_of(**fetched), text_in(wanted, "SecretAccessKey"));
    EXPECT_EQ((*fetched)->expires_at, parse_iso8601(text_in(wanted, "Expiration")));

    machine.on_request = [&](const HttpRequest&) -> Result<HttpAnswer> { return test::text_answer(403, test::slurp(bad)); };
    const test::Fetched refused = test::fetch(machine, options);
    ASSERT_FALSE(refused);
    const value error = test::read_json(bad.parent_path() / "sts-get-session-token.json");
    EXPECT_EQ(refused.error().code, ErrorCode::auth);
    EXPECT_EQ(refused.error().request_id, text_in(error.at("ResponseMetadata"), "RequestId"));
    EXPECT_NE(refused.error().message.find(text_in(error.at("Error"), "Code")), std::string::npos);
}

}  // namespace
}  // namespace cortex::auth::aws
