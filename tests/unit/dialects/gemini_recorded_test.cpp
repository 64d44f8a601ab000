// Real traffic of Gemini on both hosts: every answer must decode to what a plain reading of the file shows, however its bytes
// are cut, and what the model signed must go back as it came.
#include "core/json.hpp"
#include "core/json_slice.hpp"
#include "dialects/gemini/dialect.hpp"
#include "unit/dialects/gemini_support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace cortex::test {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Exchange {
    std::string name;
    int status = 200;
    bool stream = false;
    std::string body;
};

std::string text_at(const json::value& value, std::string_view name) {
    const json::value* member = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::vector<Exchange> recorded() {
    std::vector<Exchange> out;
    for (const char* place : {"gemini", "vertex"}) {
        const fs::path folder = fs::path(CORTEX_TESTDATA) / "recorded" / place;
        if (!fs::exists(folder)) continue;
        for (const auto& entry : fs::directory_iterator(folder)) {
            const json::value document = json::parse(read_file(entry.path()));
            int number = 0;
            for (const json::value& item : document.at("interactions").get_array()) {
                std::string url = text_at(item.at("request"), "url");
                url = url.substr(0, url.find('?'));
                ++number;
                if (!url.ends_with("enerateContent")) continue;
                const json::object& response = item.at("response").get_object();
                Exchange exchange;
                exchange.name = entry.path().filename().string() + "#" + std::to_string(number);
                exchange.status = static_cast<int>(response.at("status").to_number<std::int64_t>());
                if (const json::value* body = response.if_contains("body"))
                    exchange.body = body->get_string().c_str();
                else
                    exchange.body = json::serialize(response.at("json"));
                exchange.stream = exchange.body.starts_with("data:");
                out.push_back(std::move(exchange));
            }
        }
    }
    return out;
}

/// Recordings of the stream as lines of JSON, and of whole answers.
std::vector<Exchange> fixtures() {
    std::vector<Exchange> out;
    const fs::path folder = fs::path(CORTEX_TESTDATA) / "recorded/vercel-fixtures/google";
    if (!fs::exists(folder)) return out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string text = read_file(entry.path());
        if (text.find("\"candidates\"") == std::string::npos) continue;   // of another API
        Exchange exchange{.name = entry.path().filename().string(), .status = 200, .stream = entry.path().extension() == ".txt", .body = text};
        if (exchange.stream) {
            exchange.body.clear();
            std::istringstream lines(text);
            for (std::string line; std::getline(lines, line);)
                if (!line.empty()) exchange.body += "data: " + line + "\r\n\r\n";
        }
        out.push_back(std::move(exchange));
    }
    return out;
}

struct Reading {
    std::string text;
    std::string thinking;
    std::vector<std::string> tools;
    std::vector<std::string> signed_parts;   // as they stand in the body
    std::string stop;
    std::int64_t output = 0;
};

void read_chunk(const std::string& chunk, Reading& reading) {
    const json::value value = json::parse(chunk);
    if (const json::value* usage = value.get_object().if_contains("usageMetadata")) {
        const auto count = [&](const char* name) {
            const json::value* n = usage->get_object().if_contains(name);
            return n == nullptr ? 0 : n->to_number<std::int64_t>();
        };
        if (count("candidatesTokenCount") > 0) reading.output = count("candidatesTokenCount") + count("thoughtsTokenCount");
    }
    const json::value* candidates = value.get_object().if_contains("candidates");
    if (candidates == nullptr) return;
    const json::value& candidate = candidates->get_array().at(0);
    if (!text_at(candidate, "finishReason").empty()) reading.stop = text_at(candidate, "finishReason");
    const auto content = slice_member(slice_elements(*slice_member(chunk, "candidates")).at(0), "content").value_or("{}");
    for (const std::string_view part : slice_elements(slice_member(content, "parts").value_or("[]"))) {
        const json::object object = json::parse(part).as_object();
        const bool thought = object.contains("thought") && object.at("thought").as_bool();
        if (object.contains("text")) (thought ? reading.thinking : reading.text) += object.at("text").as_string().c_str();
        const json::value* call = object.if_contains("functionCall");
        if (call != nullptr && !text_at(*call, "name").empty()) reading.tools.push_back(text_at(*call, "name"));
        const bool in_pieces = call != nullptr && call->get_object().contains("willContinue");
        if (object.contains("thoughtSignature") && !in_pieces) reading.signed_parts.emplace_back(part);
    }
}

Reading read(const Exchange& exchange) {
    Reading reading;
    if (exchange.stream) {
        std::istringstream lines(exchange.body);
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("data: ")) read_chunk(line.substr(6), reading);
    } else if (exchange.body.starts_with('[')) {
        for (const std::string_view chunk : slice_elements(exchange.body)) read_chunk(std::string(chunk), reading);
    } else {
        read_chunk(exchange.body, reading);
    }
    return reading;
}

void expect_decodes(const Exchange& exchange) {
    SCOPED_TRACE(exchange.name);
    const dialects::gemini::Dialect dialect;
    const Reading reading = read(exchange);
    const Played played = exchange.stream ? play_stream(dialect, exchange.body) : play_document(dialect, exchange.body);
    EXPECT_EQ(played.ends, 1);
    if (reading.stop == "UNEXPECTED_TOOL_CALL") {
        ASSERT_TRUE(played.failed);
        EXPECT_EQ(played.failed->error.code, ErrorCode::protocol);
        EXPECT_TRUE(played.failed->error.retryable);
        return;
    }
    ASSERT_TRUE(played.done) << (played.failed ? played.failed->error.message : "");
    EXPECT_EQ(played.text, reading.text);
    EXPECT_EQ(played.thinking, reading.thinking);
    EXPECT_EQ(text_of(played.done->message), reading.text);
    EXPECT_EQ(played.done->vendor_stop, reading.stop);
    EXPECT_EQ(played.done->usage.output, reading.output);
    EXPECT_NE(played.done->model, "");
    std::vector<std::string> tools;
    std::vector<ContentBlock> answers;
    for (const ContentBlock& content : played.done->message.content)
        if (const auto* use = content.as<ToolUseBlock>()) {
            tools.push_back(use->name);
            answers.push_back(result(use->id, "x"));
        }
    EXPECT_EQ(tools, reading.tools);
    EXPECT_EQ(played.done->stop == StopReason::tool_calls, !tools.empty());

    Message message = played.done->message;
    message.origin = {.provider = "gemini", .model = std::string(gemini_model), .account = {}};
    answers.push_back(block(TextBlock{"go on"}));
    const std::string body = *dialect.encode(gemini_call({user("a"), message, results(std::move(answers))}));
    EXPECT_TRUE(is_json_object(body));
    std::size_t at = 0;
    for (const std::string& part : reading.signed_parts) {
        at = body.find(part, at);
        ASSERT_NE(at, std::string::npos) << part;
        at += part.size();
    }
}

void expect_the_same_however_cut(const Exchange& exchange) {
    SCOPED_TRACE(exchange.name);
    const dialects::gemini::Dialect dialect;
    const std::string whole = render(play_stream(dialect, exchange.body));
    std::vector<std::size_t> every;
    for (std::size_t cut = 1; cut < exchange.body.size(); ++cut) every.push_back(cut);
    ASSERT_EQ(render(play_stream(dialect, exchange.body, every)), whole);
    constexpr std::size_t small = 1'500;   // each cut decodes all of it
    if (exchange.body.size() > small) return;
    for (const std::size_t cut : every) ASSERT_EQ(render(play_stream(dialect, exchange.body, {cut})), whole) << cut;
}

TEST(GeminiRecorded, traffic_of_both_hosts_decodes_and_its_errors_classify) {
    const std::vector<Exchange> all = recorded();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    std::size_t streams = 0;
    for (const Exchange& exchange : all) {
        if (exchange.status < 400) {
            expect_decodes(exchange);
            if (exchange.stream) expect_the_same_however_cut(exchange);
            streams += exchange.stream ? 1U : 0U;
            continue;
        }
        SCOPED_TRACE(exchange.name);
        const ErrorInfo error = dialects::gemini::Dialect().classify(gemini_call({user("Hello")}), head(exchange.status), exchange.body);
        EXPECT_EQ(error.http_status, exchange.status);
        EXPECT_FALSE(error.retryable);
        const bool key = exchange.body.find("API_KEY_INVALID") != std::string::npos;
        EXPECT_EQ(error.code, key ? ErrorCode::auth : exchange.status == 404 ? ErrorCode::model_not_found : ErrorCode::invalid_request) << error.message;
    }
    EXPECT_GT(all.size(), 100U);
    EXPECT_GT(streams, 30U);
}

TEST(GeminiRecorded, further_streams_and_answers_decode) {
    const std::vector<Exchange> all = fixtures();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    for (const Exchange& exchange : all) {
        expect_decodes(exchange);
        if (exchange.stream) expect_the_same_however_cut(exchange);
    }
    EXPECT_GT(all.size(), 8U);
}

}  // namespace
}  // namespace cortex::test
