#include "spend_log.hpp"
#include "spend_record.hpp"
#include "spend_table.hpp"

#include <cortex/error.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace cortex::cli {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

const auto noon = std::chrono::system_clock::time_point(sys_days(2026y / 11 / 28) + 12h);

CostLine line(std::string provider, std::string user, std::int64_t calls, std::optional<double> usd, std::int64_t unknown = 0) {
    return {.provider = std::move(provider),
            .model = "m",
            .user_id = std::move(user),
            .calls = calls,
            .input_tokens = 100 * calls,
            .output_tokens = 10 * calls,
            .cached_tokens = calls,
            .cache_write_tokens = 0,
            .cost_usd = usd,
            .unknown_cost_calls = unknown};
}

SpendRecord record(std::string provider, std::string user, std::optional<double> usd) {
    return {.at = "2026-11-28T12:00:00Z",
            .provider = std::move(provider),
            .model = "m",
            .user_id = std::move(user),
            .calls = 1,
            .input_tokens = 100,
            .output_tokens = 10,
            .cached_tokens = 1,
            .cache_write_tokens = 0,
            .cost_usd = usd,
            .unknown_cost_calls = usd ? 0 : 1};
}

std::string text_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// A folder that is gone after the test.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "spend-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }

    std::filesystem::path path;
};

TEST(SpendRecord, is_the_difference_of_two_reports) {
    const CostReport before{.lines = {line("anthropic", "ann", 2, 0.5)}};
    const CostReport after{.lines = {line("anthropic", "ann", 3, 0.5000021), line("openai", "ann", 1, {}, 1), line("gemini", "bob", 2, 0.25, 1)}};
    const auto spent = spent_between(before, after, noon);
    ASSERT_EQ(spent.size(), 3U);
    EXPECT_EQ(to_line(spent[0]),
              R"({"at":"2026-11-28T12:00:00Z","provider":"anthropic","model":"m","user_id":"ann","calls":1,"input_tokens":100,)"
              R"("output_tokens":10,"cached_tokens":1,"cache_write_tokens":0,"cost_usd":2.1e-06,"unknown_cost_calls":0})");
    EXPECT_EQ(spent[1].cost_usd, std::nullopt);
    EXPECT_EQ(spent[2].cost_usd, 0.25);
    EXPECT_EQ(spent[2].unknown_cost_calls, 1);
}

TEST(SpendRecord, of_a_turn_that_called_nobody_is_none) {
    const CostReport report{.lines = {line("anthropic", "ann", 2, 0.5)}};
    EXPECT_TRUE(spent_between(report, report, noon).empty());
}

TEST(SpendRecord, comes_back_from_its_line_and_damage_is_seen) {
    for (const auto& written : {record("anthropic", "\"ann\"\n", 0.1), record("openai", "", std::nullopt)}) {
        const auto read = parse_line(to_line(written));
        ASSERT_TRUE(read);
        EXPECT_EQ(to_line(*read), to_line(written));
        const std::string text = to_line(written);
        for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_line(text.substr(0, size))) << size;
    }
    SpendRecord wrong = record("anthropic", "ann", 0.1);
    wrong.at = "yesterday";
    EXPECT_FALSE(parse_line(to_line(wrong)));
    wrong = record("anthropic", "ann", 0.1);
    wrong.calls = -1;
    EXPECT_FALSE(parse_line(to_line(wrong)));
}

TEST(SpendRecord, sums_keep_what_is_unknown_apart_from_nothing) {
    const CostReport report = sum_up({record("openai", "bob", std::nullopt), record("anthropic", "ann", 0.1), record("anthropic", "bob", 0.2)});
    EXPECT_EQ(report.total.calls, 3);
    EXPECT_EQ(report.total.input_tokens, 300);
    EXPECT_EQ(report.total.cost_usd, 0.3);   // and not 0.30000000000000004
    EXPECT_EQ(report.total.unknown_cost_calls, 1);
    ASSERT_EQ(report.by_provider.size(), 2U);
    EXPECT_EQ(report.by_provider[0].provider, "anthropic");
    EXPECT_EQ(report.by_provider[0].user_id, "");
    EXPECT_EQ(report.by_provider[0].cost_usd, 0.3);
    EXPECT_EQ(report.by_provider[1].cost_usd, std::nullopt);
    ASSERT_EQ(report.by_user.size(), 2U);
    EXPECT_EQ(report.by_user[1].user_id, "bob");
    EXPECT_EQ(report.by_user[1].provider, "");
    EXPECT_EQ(report.by_user[1].cost_usd, 0.2);
    EXPECT_EQ(report.lines.size(), 3U);
    EXPECT_EQ(sum_up({}).total.cost_usd, 0.0);
}

TEST(SpendTable, shows_unknown_where_a_price_is_unknown_and_never_zero) {
    const CostReport report = sum_up({record("openai", "bob", std::nullopt), record("anthropic", "ann", 0.1)});
    EXPECT_EQ(spend_table(report.by_provider, report.total, {.model = false, .user = false}),
              "provider   calls   in  out  cached  USD\n"
              "anthropic      1  100   10       1  0.100000\n"
              "openai         1  100   10       1  unknown\n"
              "total          2  200   20       2  0.100000 and 1 call of unknown price\n");
    EXPECT_NE(spend_table(report.lines, report.total, {}).find("provider   model  user  calls"), std::string::npos);
}

TEST(SpendLog, is_its_owners_alone_and_so_is_its_folder) {
    const Folder folder;
    const auto home = folder.path / "a" / "b";
    append_to_spend_log(home / "costs.jsonl", {record("anthropic", "ann", 0.1)});
    append_to_spend_log(home / "costs.jsonl", {record("openai", "ann", 0.2), record("gemini", "ann", 0.3)});
    struct stat what = {};
    ASSERT_EQ(::stat((home / "costs.jsonl").c_str(), &what), 0);
    EXPECT_EQ(what.st_mode & 0777U, 0600U);
    for (const auto& made : {home, home.parent_path()}) {
        ASSERT_EQ(::stat(made.c_str(), &what), 0);
        EXPECT_EQ(what.st_mode & 0777U, 0700U);
    }
    const SpendLog log = read_spend_log(home / "costs.jsonl");
    ASSERT_EQ(log.records.size(), 3U);
    EXPECT_EQ(log.records[2].provider, "gemini");
    EXPECT_EQ(log.damaged, 0U);
}

TEST(SpendLog, that_ends_within_a_line_loses_that_line_only) {
    const Folder folder;
    const auto path = folder.path / "costs.jsonl";
    std::ofstream(path) << to_line(record("anthropic", "ann", 0.1)) << "\n\n" << R"({"at":"2026-)";
    append_to_spend_log(path, {record("openai", "ann", 0.2)});
    const SpendLog log = read_spend_log(path);
    EXPECT_EQ(log.damaged, 1U);
    ASSERT_EQ(log.records.size(), 2U);
    EXPECT_EQ(log.records[1].provider, "openai");
}

TEST(SpendLog, that_cannot_be_written_is_passed_over_without_a_word) {
    const Folder folder;
    std::ofstream(folder.path / "file") << "mine";
    append_to_spend_log(folder.path / "file" / "costs.jsonl", {record("anthropic", "ann", 0.1)});
    EXPECT_EQ(text_of(folder.path / "file"), "mine");
    ASSERT_EQ(::mkfifo((folder.path / "pipe").c_str(), 0600), 0);
    append_to_spend_log(folder.path / "pipe", {record("anthropic", "ann", 0.1)});   // a pipe without a reader must not hold it up
    append_to_spend_log(folder.path, {record("anthropic", "ann", 0.1)});
}

TEST(SpendLog, that_is_absent_is_empty_and_one_that_is_no_file_is_named) {
    const Folder folder;
    EXPECT_FALSE(read_spend_log(folder.path / "costs.jsonl").there);
    try {
        read_spend_log(folder.path);
        FAIL() << "a folder was read as a file";
    } catch (const StorageError& error) {
        EXPECT_NE(std::string(error.what()).find(folder.path.string()), std::string::npos);
    }
}

}  // namespace
}  // namespace cortex::cli
