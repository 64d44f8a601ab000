#include <cortex/local_model.hpp>

#include "channels/local_runtime/embedded_server.hpp"
#include "unit/local_runtime/support.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <iostream>

using namespace cortex;
using namespace cortex::channels;
using namespace cortex::channels::testing;
using ::testing::HasSubstr;

namespace {

constexpr std::string_view model_name = "smollm2-135m-instruct";

/// Fetched once into the build tree, or into `CORTEX_HOME` where the caller set it.
class RealModel : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(local_model::home());
        const Descriptor lock(::open((local_model::home() / ".test-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
        const auto status = local_model::pull({.name = std::string(model_name), .progress = [](double share, std::string_view line) {
            std::cerr << static_cast<int>(share * 100) << "% " << line << '\n';
        }});
        ASSERT_TRUE(status.ready());
        gguf = status.path;
    }

    static std::string chosen_home() {
        const auto named = environment_value("CORTEX_HOME");
        return named.empty() ? std::string(CORTEX_LOCAL_MODEL_CACHE) + "/home" : named;
    }

    EnvironmentVariable home{"CORTEX_HOME", chosen_home()};
    EnvironmentVariable no_server{"CORTEX_LLAMA_SERVER", nullptr};
    std::filesystem::path gguf;
};

/// One request over a plain socket; the whole answer, head included.
std::string ask(const Endpoint& endpoint, const std::string& what, const std::string& key, const std::string& body = {}) {
    const int port = std::stoi(endpoint.base_url.substr(endpoint.base_url.rfind(':') + 1));
    const Descriptor connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return "(no connection)";
    const std::string request = what + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                "Authorization: Bearer " + key + "\r\nConnection: close\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return "(cut)";
    std::string answer;
    std::array<char, 4096> buffer;
    for (ssize_t got = 0; (got = ::recv(connection.get(), buffer.data(), buffer.size(), 0)) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    return answer;
}

}  // namespace

TEST_F(RealModel, answers_a_question) {
    EmbeddedServer server;
    const auto endpoint = server.start(gguf);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    const auto answer = ask(*endpoint, "POST /v1/chat/completions", endpoint->api_key,
                             R"({"model": "any", "max_tokens": 24, "temperature": 0,
                                 "messages": [{"role": "user", "content": "What is the capital of France?"}]})");
    ASSERT_THAT(answer, HasSubstr("200 OK"));
    const auto body = boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4)).as_object();
    const auto& choice = body.at("choices").as_array().at(0).as_object();
    EXPECT_THAT(std::string(choice.at("message").at("content").as_string()), HasSubstr("Paris"));
    EXPECT_EQ(body.at("model").as_string(), model_name);
    EXPECT_GT(body.at("usage").at("completion_tokens").as_int64(), 0);
    EXPECT_GT(body.at("usage").at("prompt_tokens").as_int64(), 0);
}

TEST_F(RealModel, streams_piece_by_piece) {
    EmbeddedServer server;
    const auto endpoint = server.start(gguf);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    const auto answer = ask(*endpoint, "POST /v1/chat/completions", endpoint->api_key,
                             R"({"stream": true, "max_tokens": 16, "stream_options": {"include_usage": true},
                                 "messages": [{"role": "user", "content": "Count to five."}]})");
    ASSERT_THAT(answer, HasSubstr("200 OK"));
    std::size_t pieces = 0;
    for (auto at = answer.find("data: {"); at != std::string::npos; at = answer.find("data: {", at + 1)) ++pieces;
    EXPECT_GT(pieces, 3U);
    EXPECT_THAT(answer, HasSubstr("data: [DONE]"));
    EXPECT_THAT(answer, HasSubstr("\"completion_tokens\""));
}

TEST_F(RealModel, samples_prose_as_its_publisher_advises_unless_a_request_says_so_itself) {
    EmbeddedServer server;
    const auto endpoint = server.start(gguf);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    const auto answer = ask(*endpoint, "GET /props", endpoint->api_key);
    ASSERT_THAT(answer, HasSubstr("200 OK"));
    const auto body = boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    const auto& sampling = body.at("default_generation_settings").at("params");
    EXPECT_FLOAT_EQ(sampling.at("temperature").to_number<float>(), 0.7F);
    EXPECT_FLOAT_EQ(sampling.at("top_p").to_number<float>(), 0.8F);
    EXPECT_EQ(sampling.at("top_k").as_int64(), 20);
    EXPECT_FLOAT_EQ(sampling.at("repeat_penalty").to_number<float>(), 1.1F);
    EXPECT_EQ(body.at("default_generation_settings").at("n_ctx").as_int64(), 4096);
}

TEST_F(RealModel, demands_its_key) {
    EmbeddedServer server;
    const auto endpoint = server.start(gguf);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_THAT(ask(*endpoint, "POST /v1/chat/completions", "guess", R"({"messages": []})"), HasSubstr("401"));
}

TEST_F(RealModel, a_damaged_file_ends_the_start_with_the_servers_own_words) {
    const TempFolder folder;
    const auto damaged = folder.path() / "damaged.gguf";
    write_file(damaged, read_file(gguf).substr(0, 5000));
    EmbeddedServer server;
    const auto failed = server.start(damaged);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::unavailable);
    EXPECT_THAT(failed.error().message, HasSubstr("Failed to init server"));
}

TEST_F(RealModel, pulling_again_does_nothing) {
    bool asked = false;
    const auto status = local_model::pull({.name = std::string(model_name), .progress = [&](double, std::string_view) { asked = true; }});
    EXPECT_TRUE(status.ready());
    EXPECT_FALSE(asked);
}
