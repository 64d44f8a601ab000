// Golden cases and published vectors: each must give the same events for every way of cutting its bytes.

#include "sse_support.hpp"

#include <gtest/gtest.h>

namespace cortex::net::test {
namespace {

namespace json = boost::json;

void expect_for_every_cut(const std::string& name, std::string_view bytes, const Decoded& expected) {
    SCOPED_TRACE(name);
    ASSERT_EQ(decode(bytes).events, expected.events) << "whole";
    ASSERT_EQ(decode(bytes).retry, expected.retry);
    std::vector<std::size_t> every;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        ASSERT_EQ(decode(bytes, {i}), expected) << "cut at " << i;
        every.push_back(i);
    }
    ASSERT_EQ(decode(bytes, every), expected) << "byte by byte";
    if (bytes.size() > 120) return;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (std::size_t k = i; k < bytes.size(); ++k)
            ASSERT_EQ(decode(bytes, {i, k}), expected) << "cut at " << i << " and " << k;
}

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

TEST(SseGolden, every_case_decodes_alike_for_every_cut) {
    const auto file = read_json(std::string(CORTEX_WIRE_DIR) + "/sse/cases.json");
    ASSERT_TRUE(file);
    const json::array& cases = file->at("cases").as_array();
    EXPECT_GE(cases.size(), 30U);
    for (const json::value& item : cases) {
        const json::object& entry = item.as_object();
        const std::string bytes =
            entry.contains("hex") ? from_hex(text_of(entry.at("hex"))) : text_of(entry.at("text"));
        Decoded expected;
        for (const json::value& event : entry.at("events").as_array())
            expected.events.push_back({text_of(event.at("type")), text_of(event.at("data")), text_of(event.at("id"))});
        if (const json::value* retry = entry.if_contains("retry")) expected.retry = retry->to_number<std::int64_t>();
        expect_for_every_cut(text_of(entry.at("name")), bytes, expected);
    }
}

/// The published file, or nothing where this machine has none.
std::optional<json::value> published(const std::string& name) {
    return read_json(std::string(CORTEX_TESTDATA) + "/sse/" + name);
}

void expect_published_bytes(const json::value& file, std::size_t at_least) {
    std::size_t seen = 0;
    for (const json::value& item : file.at("cases").as_array()) {
        const json::object& entry = item.as_object();
        std::string bytes;
        if (const json::value* body = entry.if_contains("body_hex")) {
            bytes = from_hex(text_of(*body));
        } else {
            for (const json::value& chunk : entry.at("chunks_hex").as_array()) bytes += from_hex(text_of(chunk));
        }
        Decoded expected;
        for (const json::value& event : entry.at("expected_events").as_array())
            expected.events.push_back({text_of(event.at("type")), text_of(event.at("data")), text_of(event.at("id"))});
        expected.retry = decode(bytes).retry;  // these files assert events only
        expect_for_every_cut(text_of(entry.at("name")), bytes, expected);
        ++seen;
    }
    EXPECT_GE(seen, at_least);
}

TEST(SsePublished, web_platform_tests_format_cases) {
    const auto file = published("wpt-format.json");
    if (!file) GTEST_SKIP() << "published vectors are not on this machine: " CORTEX_TESTDATA "/sse/wpt-format.json";
    expect_published_bytes(*file, 6);
}

TEST(SsePublished, launchdarkly_contract_cases) {
    const auto file = published("launchdarkly-contract.json");
    if (!file)
        GTEST_SKIP() << "published vectors are not on this machine: " CORTEX_TESTDATA "/sse/launchdarkly-contract.json";
    expect_published_bytes(*file, 28);
}

TEST(SsePublished, eventsource_parser_cases) {
    const auto file = published("eventsource-parser.json");
    if (!file)
        GTEST_SKIP() << "published vectors are not on this machine: " CORTEX_TESTDATA "/sse/eventsource-parser.json";
    std::size_t seen = 0;
    for (const json::value& item : file->at("cases").as_array()) {
        const json::object& entry = item.as_object();
        std::string bytes;
        for (const json::value& chunk : entry.at("chunks").as_array()) bytes += text_of(chunk);
        const json::object& wanted = entry.at("expected").as_object();
        Decoded expected;
        std::string id;  // that parser reports an event's own id; the standard lets it stick
        for (const json::value& event : wanted.at("events").as_array()) {
            if (!event.at("id").is_null()) id = text_of(event.at("id"));
            const json::value& type = event.at("event");
            expected.events.push_back({type.is_null() ? "message" : text_of(type), text_of(event.at("data")), id});
        }
        const json::array& retries = wanted.at("retries").as_array();
        if (!retries.empty()) expected.retry = retries.back().to_number<std::int64_t>();
        expect_for_every_cut(text_of(entry.at("name")), bytes, expected);
        ++seen;
    }
    EXPECT_GE(seen, 6U);
}

}  // namespace
}  // namespace cortex::net::test
