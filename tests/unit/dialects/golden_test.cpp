// Every folder below tests/wire/{anthropic,gemini,openai_chat,openai_responses} is a case. `response.sse` is decoded whole, cut at
// every byte, and byte by byte; `response.json` as a whole answer; both must come to what `expected.json` names
// (members that it does not name are free).
#include "dialects/anthropic/dialect.hpp"
#include "dialects/gemini/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/openai_responses/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

namespace json = boost::json;

struct Case {
    std::string dialect;
    std::filesystem::path folder;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.dialect << "/" << c.folder.filename().string(); }

std::vector<Case> all(std::string_view file) {
    std::vector<Case> out;
    for (const std::string dialect : {"anthropic", "gemini", "openai_chat", "openai_responses"})
        for (const auto& folder : cases(dialect, file)) out.push_back({dialect, folder});
    return out;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return info.param.dialect + "_" + info.param.folder.filename().string();
}

std::unique_ptr<Dialect> dialect_of(const Case& c) {
    if (c.dialect == "anthropic") return std::make_unique<dialects::anthropic::Dialect>();
    if (c.dialect == "openai_responses") return std::make_unique<dialects::openai_responses::Dialect>();
    if (c.dialect == "gemini") return std::make_unique<dialects::gemini::Dialect>();
    return std::make_unique<dialects::openai_chat::Dialect>();
}

/// Objects may hold more than expected; all else must be equal.
void expect_holds(const json::value& actual, const json::value& expected, const std::string& where) {
    if (expected.is_object() && actual.is_object()) {
        for (const auto& member : expected.get_object()) {
            const std::string name(member.key());
            const json::value* found = actual.get_object().if_contains(member.key());
            if (found == nullptr) {
                ADD_FAILURE() << where << "." << name << " is missing in " << json::serialize(actual);
                continue;
            }
            expect_holds(*found, member.value(), where + "." + name);
        }
        return;
    }
    if (expected.is_array() && actual.is_array() && expected.get_array().size() == actual.get_array().size()) {
        for (std::size_t i = 0; i < expected.get_array().size(); ++i)
            expect_holds(actual.get_array()[i], expected.get_array()[i], where + "[" + std::to_string(i) + "]");
        return;
    }
    EXPECT_EQ(json::serialize(actual), json::serialize(expected)) << where;
}

json::value expected_of(const Case& c) { return json::parse(read_file(c.folder / "expected.json")); }

class Streamed : public testing::TestWithParam<Case> {};
class Whole : public testing::TestWithParam<Case> {};

TEST_P(Streamed, comes_to_what_is_expected_however_the_bytes_are_cut) {
    const auto dialect = dialect_of(GetParam());
    const std::string sse = read_file(GetParam().folder / "response.sse");
    const Played whole = play_stream(*dialect, sse);
    const std::string rendered = render(whole);
    expect_holds(json::parse(rendered), expected_of(GetParam()), "");
    EXPECT_EQ(whole.ends, 1);

    for (std::size_t cut = 1; cut < sse.size(); ++cut)
        ASSERT_EQ(render(play_stream(*dialect, sse, {cut})), rendered) << "cut at byte " << cut;
    std::vector<std::size_t> every;
    for (std::size_t cut = 1; cut < sse.size(); ++cut) every.push_back(cut);
    EXPECT_EQ(render(play_stream(*dialect, sse, every)), rendered);
}

TEST_P(Whole, comes_to_what_is_expected) {
    const Played played = play_document(*dialect_of(GetParam()), read_file(GetParam().folder / "response.json"));
    expect_holds(json::parse(render(played)), expected_of(GetParam()), "");
    EXPECT_EQ(played.ends, 1);
}

TEST_P(Whole, cut_anywhere_is_an_error_and_never_an_answer) {
    const std::string body = read_file(GetParam().folder / "response.json");
    const std::size_t last = body.find_last_not_of(" \n");
    for (std::size_t size = 0; size < last; ++size) {
        const Played played = play_document(*dialect_of(GetParam()), std::string_view(body).substr(0, size));
        ASSERT_EQ(played.ends, 1) << size;
        ASSERT_TRUE(played.failed) << size;
        ASSERT_EQ(played.failed->error.code, ErrorCode::network) << size << ": " << played.failed->error.message;
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Streamed, testing::ValuesIn(all("response.sse")), name_of);
INSTANTIATE_TEST_SUITE_P(Golden, Whole, testing::ValuesIn(all("response.json")), name_of);

}  // namespace
}  // namespace cortex::test
