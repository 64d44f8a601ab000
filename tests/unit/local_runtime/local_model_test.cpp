#include <cortex/error.hpp>
#include <cortex/local_model.hpp>

#include "channels/local_runtime/model_file.hpp"
#include "unit/local_runtime/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace cortex;
using namespace cortex::channels::testing;
using ::testing::HasSubstr;

namespace {

class LocalModel : public ::testing::Test {
protected:
    TempFolder folder;
    EnvironmentVariable home{"CORTEX_HOME", (folder.path() / "home").string()};
    EnvironmentVariable no_server{"CORTEX_LLAMA_SERVER", nullptr};
    EnvironmentVariable no_model{"CORTEX_LOCAL_MODEL", nullptr};
};

}  // namespace

TEST_F(LocalModel, status_of_an_empty_home_creates_nothing) {
    const auto status = local_model::status();
    EXPECT_EQ(status.weights.name, local_model::default_name);
    EXPECT_EQ(status.path, folder.path() / "home/models/qwen2.5-coder-1.5b-instruct.gguf");
    EXPECT_FALSE(status.fetched);
    EXPECT_FALSE(status.ready());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "home"));
}

TEST_F(LocalModel, an_unverified_file_is_fetched_but_not_ready) {
    write_file(local_model::status().path, "GGUF and more");
    const auto status = local_model::status();
    EXPECT_TRUE(status.fetched);
    EXPECT_EQ(status.size_bytes, 13U);
    EXPECT_FALSE(status.verified);
    EXPECT_FALSE(status.ready());
}

TEST_F(LocalModel, a_server_program_of_the_user_counts_as_runtime) {
    const EnvironmentVariable own("CORTEX_LLAMA_SERVER", "/bin/true");
    EXPECT_TRUE(local_model::status().runtime_installed);
    EXPECT_EQ(local_model::status().runtime, "/bin/true");
    const EnvironmentVariable missing("CORTEX_LLAMA_SERVER", "/nowhere/llama-server");
    EXPECT_FALSE(local_model::status().runtime_installed);
}

TEST_F(LocalModel, an_unknown_name_is_a_config_error_that_names_the_known_ones) {
    try {
        static_cast<void>(local_model::status("qwen"));
        FAIL() << "no exception";
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr("smollm2-135m-instruct"));
        EXPECT_THAT(error.what(), HasSubstr("qwen2.5-coder-1.5b-instruct"));
    }
    EXPECT_THROW(static_cast<void>(local_model::pull({.name = "qwen"})), ConfigError);
    EXPECT_THROW(static_cast<void>(local_model::remove("qwen")), ConfigError);
}

TEST_F(LocalModel, a_cancelled_pull_throws_cancelled) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(local_model::pull({.stop = stop.get_token()})), CancelledError);
}

TEST_F(LocalModel, a_wrong_file_of_the_user_throws_config_error) {
    write_file(folder.path() / "own.gguf", "GGUF");
    const EnvironmentVariable own("CORTEX_LLAMA_SERVER", "/bin/true");  // so that nothing else is fetched
    EXPECT_THROW(static_cast<void>(local_model::pull({.from_file = folder.path() / "own.gguf"})), ConfigError);
}

TEST_F(LocalModel, removing_from_an_empty_home_says_that_nothing_was_there) { EXPECT_FALSE(local_model::remove()); }

TEST_F(LocalModel, home_is_the_variable_or_a_folder_in_the_users_home) {
    EXPECT_EQ(local_model::home(), folder.path() / "home");
    const EnvironmentVariable unset("CORTEX_HOME", nullptr);
    const EnvironmentVariable users("HOME", "/somebody");
    EXPECT_EQ(local_model::home(), "/somebody/.cortex");
    const EnvironmentVariable empty("CORTEX_HOME", "");
    EXPECT_EQ(local_model::home(), "/somebody/.cortex");
}

TEST_F(LocalModel, the_configured_file_beats_the_variable_and_the_variable_the_default) {
    const auto missing = channels::find_model_file("");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::config);
    for (const char* way_out : {"cortex local pull", "model_path", "base_url", "CORTEX_LOCAL_MODEL"})
        EXPECT_THAT(missing.error().message, HasSubstr(way_out));
    const EnvironmentVariable named("CORTEX_LOCAL_MODEL", "/some/model.gguf");
    EXPECT_EQ(*channels::find_model_file(""), "/some/model.gguf");
    EXPECT_EQ(*channels::find_model_file("/other/model.gguf"), "/other/model.gguf");
}
