#include "channels/local_runtime/embedded_server.hpp"

#include "channels/local_runtime/loopback_probe.hpp"
#include "unit/local_runtime/support.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>

using namespace cortex;
using namespace cortex::channels;
using namespace cortex::channels::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

Deadline in(std::chrono::milliseconds span) { return Deadline::after(std::chrono::steady_clock::now(), span); }

int port_of(const Endpoint& endpoint) { return std::stoi(endpoint.base_url.substr(endpoint.base_url.rfind(':') + 1)); }

std::optional<int> ask(const Endpoint& endpoint, std::string_view key) {
    return probe_loopback(port_of(endpoint), "/v1/models", key, std::chrono::seconds(5));
}

/// A `llama-server` of ours that does what the "model" file says.
class EmbeddedServerTest : public ::testing::Test {
protected:
    std::filesystem::path model(const std::string& wishes) {
        const auto path = folder.path() / ("model" + std::to_string(++models) + ".gguf");
        write_file(path, "GGUF" + wishes);
        return path;
    }
    std::filesystem::path reporting_model(const std::string& more = "") {
        return model(R"({"report": ")" + report.string() + "\"" + more + "}");
    }

    /// What the child number `n` saw.
    std::vector<boost::json::object> starts() const {
        std::vector<boost::json::object> all;
        std::istringstream in(read_file(report));
        for (std::string line; std::getline(in, line);) all.push_back(boost::json::parse(line).as_object());
        return all;
    }
    pid_t pid(std::size_t n) const { return static_cast<pid_t>(starts().at(n).at("pid").as_int64()); }

    TempFolder folder;
    std::filesystem::path report = folder.path() / "report";
    EnvironmentVariable home{"CORTEX_HOME", (folder.path() / "home").string()};
    EnvironmentVariable program{"CORTEX_LLAMA_SERVER", std::string(CORTEX_LOCAL_RUNTIME_TESTS) + "/fake_llama_server.py"};
    int models = 0;
};

}  // namespace

TEST_F(EmbeddedServerTest, serves_on_loopback_whoever_knows_the_key) {
    EmbeddedServer server;
    const auto endpoint = server.start(model(""));
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_TRUE(endpoint->base_url.starts_with("http://127.0.0.1:"));
    EXPECT_TRUE(endpoint->base_url.ends_with("/v1"));
    EXPECT_EQ(ask(*endpoint, endpoint->api_key), 200);
    EXPECT_EQ(ask(*endpoint, "guess"), 401);
}

TEST_F(EmbeddedServerTest, keeps_the_key_off_the_command_line_and_the_hosts_keys_to_itself) {
    const EnvironmentVariable secret("ANTHROPIC_API_KEY", "sk-ant-not-for-children");
    EmbeddedServer server;
    const auto endpoint = server.start(reporting_model());
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    const auto seen = starts().at(0);
    EXPECT_THAT(boost::json::serialize(seen.at("argv")), Not(HasSubstr(endpoint->api_key)));
    EXPECT_FALSE(seen.at("environment").as_object().contains("ANTHROPIC_API_KEY"));
    EXPECT_EQ(seen.at("environment").at("OMP_WAIT_POLICY").as_string(), "passive");
    EXPECT_EQ(seen.at("session").as_int64(), seen.at("pid").as_int64());
}

TEST_F(EmbeddedServerTest, starts_once_for_all_who_ask) {
    EmbeddedServer server;
    const auto file = reporting_model();
    std::vector<std::future<Result<Endpoint>>> callers;
    for (int i = 0; i < 16; ++i)
        callers.push_back(std::async(std::launch::async, [&] { return server.start(file); }));
    std::set<std::string> seen;
    for (auto& caller : callers) {
        const auto endpoint = caller.get();
        ASSERT_TRUE(endpoint) << endpoint.error().message;
        seen.insert(endpoint->base_url + endpoint->api_key);
    }
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_EQ(starts().size(), 1U);
    EXPECT_EQ(server.start(file)->base_url, server.start(file)->base_url);
    EXPECT_EQ(starts().size(), 1U);
}

TEST_F(EmbeddedServerTest, outlives_the_thread_that_asked_for_it) {
    EmbeddedServer server;
    const auto file = reporting_model();
    std::optional<Result<Endpoint>> endpoint;
    std::thread([&] { endpoint = server.start(file); }).join();
    ASSERT_TRUE(*endpoint) << endpoint->error().message;
    EXPECT_EQ(ask(**endpoint, (*endpoint)->api_key), 200);
    EXPECT_EQ(::kill(pid(0), 0), 0);
}

TEST_F(EmbeddedServerTest, ends_with_its_object) {
    {
        EmbeddedServer server;
        ASSERT_TRUE(server.start(reporting_model()));
    }
    EXPECT_TRUE(ends(pid(0)));
}

TEST_F(EmbeddedServerTest, ends_with_its_process_however_that_ends) {
    const auto file = reporting_model(R"(, "ignore_term": true)");
    const pid_t host = ::fork();
    ASSERT_GE(host, 0);
    if (host == 0) {
        EmbeddedServer server;
        const bool started = server.start(file).has_value();
        ::kill(::getpid(), started ? SIGKILL : SIGABRT);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(host, &status, 0), host);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), SIGKILL);
    EXPECT_TRUE(ends(pid(0)));
}

TEST_F(EmbeddedServerTest, a_forked_copy_of_the_process_leaves_it_alone) {
    EmbeddedServer server;
    const auto file = reporting_model();
    const auto endpoint = server.start(file);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    const pid_t copy = ::fork();
    ASSERT_GE(copy, 0);
    if (copy == 0) {
        const auto refused = server.start(file);
        server.stop();
        ::_exit(!refused && refused.error().code == ErrorCode::config ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(copy, &status, 0), copy);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(ask(*endpoint, endpoint->api_key), 200);
}

TEST_F(EmbeddedServerTest, insists_where_the_child_ignores_the_wish_to_end) {
    EmbeddedServer server;
    ASSERT_TRUE(server.start(reporting_model(R"(, "ignore_term": true)")));
    server.stop();
    EXPECT_TRUE(ends(pid(0)));
}

TEST_F(EmbeddedServerTest, starts_again_after_stop_with_another_key) {
    EmbeddedServer server;
    const auto file = reporting_model();
    server.stop();
    const auto first = server.start(file);
    ASSERT_TRUE(first);
    server.stop();
    server.stop();
    const auto second = server.start(file);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_NE(first->api_key, second->api_key);
    EXPECT_EQ(starts().size(), 2U);
}

TEST_F(EmbeddedServerTest, replaces_a_child_that_died) {
    EmbeddedServer server;
    const auto file = reporting_model();
    const auto first = server.start(file);
    ASSERT_TRUE(first);
    ASSERT_EQ(::kill(pid(0), SIGKILL), 0);
    ASSERT_TRUE(ends(pid(0)));
    const auto second = server.start(file);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(ask(*second, second->api_key), 200);
    EXPECT_EQ(starts().size(), 2U);
}

TEST_F(EmbeddedServerTest, tells_the_last_words_of_a_child_that_died_but_not_its_key) {
    EmbeddedServer server;
    const auto dying = server.start(reporting_model(R"(, "die": "api key KEY\nmodel is corrupt")"));
    ASSERT_FALSE(dying);
    EXPECT_THAT(dying.error().message, HasSubstr("exit code 3"));
    EXPECT_THAT(dying.error().message, HasSubstr("model is corrupt"));
    const auto seen = starts();
    const std::string key(seen.back().at("environment").at("LLAMA_API_KEY").as_string());
    EXPECT_THAT(dying.error().message, Not(HasSubstr(key.substr(key.size() - 8))));
}

TEST_F(EmbeddedServerTest, a_failed_start_can_be_followed_by_a_good_one) {
    EmbeddedServer server;
    ASSERT_FALSE(server.start(model(R"({"die": "no"})")));
    const auto endpoint = server.start(model(""));
    EXPECT_TRUE(endpoint) << endpoint.error().message;
}

TEST_F(EmbeddedServerTest, a_callers_deadline_is_its_own) {
    EmbeddedServer server;
    const auto late = server.start(model(R"({"never_ready": true})"), in(std::chrono::milliseconds(50)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    EXPECT_TRUE(late.error().retryable);
}

TEST_F(EmbeddedServerTest, a_child_that_never_gets_ready_is_ended) {
    EmbeddedServer server({.load_limit = std::chrono::milliseconds(700)});
    const auto late = server.start(reporting_model(R"(, "never_ready": true)"));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    for (std::size_t i = 0; i < starts().size(); ++i) EXPECT_TRUE(ends(pid(i)));
}

TEST_F(EmbeddedServerTest, stop_interrupts_a_start) {
    EmbeddedServer server;
    const auto file = model(R"({"never_ready": true})");
    auto caller = std::async(std::launch::async, [&] { return server.start(file); });
    ASSERT_FALSE(server.start(file, in(std::chrono::milliseconds(100))));
    server.stop();
    const auto outcome = caller.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

TEST_F(EmbeddedServerTest, several_objects_serve_at_once) {
    EmbeddedServer one;
    EmbeddedServer two;
    const auto file = model("");
    const auto first = one.start(file);
    const auto second = two.start(file);
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->base_url, second->base_url);
    EXPECT_EQ(ask(*first, second->api_key), 401);
    one.stop();
    EXPECT_EQ(ask(*second, second->api_key), 200);
}

TEST_F(EmbeddedServerTest, serves_one_file_at_a_time) {
    EmbeddedServer server;
    ASSERT_TRUE(server.start(model("")));
    const auto other = server.start(model(""));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::config);
}

TEST_F(EmbeddedServerTest, a_missing_or_foreign_file_is_a_config_error_that_names_it) {
    EmbeddedServer server;
    const auto missing = server.start("/nowhere/model.gguf");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::config);
    EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/model.gguf"));
    write_file(folder.path() / "letter.txt", "Dear reader,");
    const auto foreign = server.start(folder.path() / "letter.txt");
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, ErrorCode::config);
    EXPECT_THAT(foreign.error().message, HasSubstr("letter.txt"));
    EXPECT_FALSE(server.start(folder.path()));
}

TEST_F(EmbeddedServerTest, a_missing_runtime_is_a_config_error_that_names_the_ways_out) {
    const EnvironmentVariable none("CORTEX_LLAMA_SERVER", nullptr);
    EmbeddedServer server;
    const auto failed = server.start(model(""));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::config);
    for (const char* way_out : {"cortex local pull", "CORTEX_LLAMA_SERVER", "base_url"})
        EXPECT_THAT(failed.error().message, HasSubstr(way_out));
}

TEST_F(EmbeddedServerTest, keeps_only_the_newest_logs) {
    const auto log = folder.path() / "home/log";
    for (int i = 0; i < 20; ++i) write_file(log / ("server-1-" + std::to_string(i) + ".log"), "old");
    write_file(log / "pull.log", "another's");
    EmbeddedServer server;
    ASSERT_TRUE(server.start(model("")));
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(log)) ++count;
    EXPECT_EQ(count, 9U);  // eight of servers, and the other
    EXPECT_TRUE(std::filesystem::exists(log / "pull.log"));
}
