// Real traffic: every answer must decode to what a plain reading of the file shows, every error must find its class.
#include "dialects/anthropic/dialect.hpp"
#include "dialects/anthropic/encode.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <sstream>

namespace cortex::test {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Exchange {
    std::string name;
    int status = 0;
    std::string body;
    std::vector<HttpHeader> headers;
};

std::string text_at(const json::value& value, std::string_view name) {
    const json::value* member = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

/// The exchanges of all recordings whose URL ends like this.
std::vector<Exchange> exchanges(std::string_view url_end) {
    std::vector<Exchange> out;
    const fs::path root = fs::path(CORTEX_TESTDATA) / "recorded";
    if (!fs::exists(root)) return out;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".json" || entry.path().string().find("vercel-fixtures") != std::string::npos)
            continue;
        const json::value document = json::parse(read_file(entry.path()));
        if (!document.is_object() || !document.get_object().contains("interactions")) continue;
        int number = 0;
        for (const json::value& item : document.at("interactions").get_array()) {
            std::string url = text_at(item.at("request"), "url");
            url = url.substr(0, url.find('?'));
            const json::object& response = item.at("response").get_object();
            ++number;
            if (!url.ends_with(url_end)) continue;
            Exchange exchange;
            exchange.name = entry.path().filename().string() + "#" + std::to_string(number);
            exchange.status = static_cast<int>(response.at("status").to_number<std::int64_t>());
            if (const json::value* body = response.if_contains("body"))
                exchange.body = body->get_string().c_str();
            else if (const json::value* parsed = response.if_contains("json"))
                exchange.body = json::serialize(*parsed);
            if (const json::value* headers = response.if_contains("headers");
                headers != nullptr && headers->is_object())
                for (const auto& header : headers->get_object())
                    if (header.value().is_string())
                        exchange.headers.push_back(
                            {std::string(header.key()), std::string(header.value().get_string())});
            out.push_back(std::move(exchange));
        }
    }
    return out;
}

bool is_stream(const Exchange& exchange) {
    return exchange.body.find("data:") != std::string::npos && !exchange.body.starts_with("{");
}

/// The data of a stream, one JSON an element, read without the decoder under test.
std::vector<json::value> data_of(const std::string& sse) {
    std::vector<json::value> out;
    std::istringstream lines(sse);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("data:")) continue;
        boost::system::error_code failure;
        json::value value = json::parse(line.substr(5), failure);
        if (!failure) out.push_back(std::move(value));
    }
    return out;
}

const json::value* at(const json::value& value, std::initializer_list<std::string_view> path) {
    const json::value* here = &value;
    for (const std::string_view name : path) {
        if (here == nullptr || !here->is_object()) return nullptr;
        here = here->get_object().if_contains(name);
    }
    return here;
}

/// What a plain reading shows.
struct Reading {
    std::string text;
    std::vector<std::string> tools;
    std::int64_t output = -1;
    std::string stop;
    bool error = false;
    bool ended = false;
};

Reading read_anthropic(const Exchange& exchange) {
    Reading reading;
    const auto block = [&](const json::value& content) {
        if (text_at(content, "type") == "text") reading.text += text_at(content, "text");
        if (text_at(content, "type") == "tool_use") reading.tools.push_back(text_at(content, "name"));
    };
    const auto tail = [&](const json::value* usage, std::string stop) {
        if (usage != nullptr && usage->is_object())
            if (const json::value* n = usage->get_object().if_contains("output_tokens"); n != nullptr && n->is_int64())
                reading.output = n->get_int64();
        if (!stop.empty()) reading.stop = std::move(stop);
    };
    if (!is_stream(exchange)) {
        const json::value message = json::parse(exchange.body);
        for (const json::value& content : message.at("content").get_array()) block(content);
        tail(at(message, {"usage"}), text_at(message, "stop_reason"));
        reading.ended = true;
        return reading;
    }
    for (const json::value& event : data_of(exchange.body)) {
        const std::string type = text_at(event, "type");
        if (type == "content_block_start") block(event.at("content_block"));
        if (type == "content_block_delta" && text_at(event.at("delta"), "type") == "text_delta")
            reading.text += text_at(event.at("delta"), "text");
        if (type == "message_delta") tail(at(event, {"usage"}), text_at(event.at("delta"), "stop_reason"));
        if (type == "error") reading.error = true;
        if (type == "message_stop") reading.ended = true;
    }
    return reading;
}

Reading read_chat(const Exchange& exchange) {
    Reading reading;
    std::vector<json::value> chunks;
    if (is_stream(exchange))
        chunks = data_of(exchange.body);
    else
        chunks.push_back(json::parse(exchange.body));
    reading.ended = !is_stream(exchange) || exchange.body.find("[DONE]") != std::string::npos;
    std::set<std::string> seen;
    for (const json::value& chunk : chunks) {
        if (const json::value* error = at(chunk, {"error"}); error != nullptr && !error->is_null())
            reading.error = true;
        if (const json::value* n = at(chunk, {"x_groq", "usage", "completion_tokens"}); n != nullptr && n->is_int64())
            reading.output = n->get_int64();
        if (const json::value* n = at(chunk, {"usage", "completion_tokens"}); n != nullptr && n->is_int64())
            reading.output = n->get_int64();
        const json::value* choices = at(chunk, {"choices"});
        if (choices == nullptr || !choices->is_array() || choices->get_array().empty()) continue;
        const json::value& choice = choices->get_array().front();
        if (const json::value* index = at(choice, {"index"});
            index != nullptr && index->is_int64() && index->get_int64() != 0)
            continue;
        if (!text_at(choice, "finish_reason").empty()) reading.stop = text_at(choice, "finish_reason");
        const json::value* message = at(choice, {"delta"});
        if (message == nullptr) message = at(choice, {"message"});
        if (message == nullptr) continue;
        reading.text += text_at(*message, "content");
        if (const json::value* parts = at(*message, {"content"}); parts != nullptr && parts->is_array())
            for (const json::value& part : parts->get_array())
                if (text_at(part, "type") == "text") reading.text += text_at(part, "text");
        if (const json::value* calls = at(*message, {"tool_calls"}); calls != nullptr && calls->is_array())
            for (const json::value& call : calls->get_array())
                if (const json::value* name = at(call, {"function", "name"});
                    name != nullptr && name->is_string() && !name->get_string().empty())
                    if (text_at(call, "id").empty() || seen.insert(text_at(call, "id")).second)
                        reading.tools.emplace_back(name->get_string());
    }
    return reading;
}

void expect_decodes(const Dialect& dialect, const Exchange& exchange, const Reading& reading) {
    SCOPED_TRACE(exchange.name);
    const Played played =
        is_stream(exchange) ? play_stream(dialect, exchange.body) : play_document(dialect, exchange.body);
    EXPECT_EQ(played.ends, 1);
    EXPECT_EQ(played.text, reading.text);
    if (reading.error || !reading.ended) {
        EXPECT_TRUE(played.failed);
        return;
    }
    ASSERT_TRUE(played.done) << (played.failed ? played.failed->error.message : "");
    std::vector<std::string> tools;
    for (const ContentBlock& content : played.done->message.content)
        if (const auto* use = content.as<ToolUseBlock>()) tools.push_back(use->name);
    EXPECT_EQ(tools, reading.tools);
    EXPECT_EQ(text_of(played.done->message), reading.text);
    EXPECT_EQ(played.done->vendor_stop, reading.stop);
    if (reading.output >= 0) {
        EXPECT_TRUE(played.done->usage_known);
        EXPECT_GE(played.done->usage.output, reading.output);  // more where reasoning is counted beside the completion
    }
    for (const ContentBlock& content : played.done->message.content)
        if (!content.raw.empty()) {
            boost::system::error_code failure;
            json::parse(content.raw, failure);
            EXPECT_FALSE(failure) << content.raw;
        }
}

bool fits(int status, ErrorCode code) {
    switch (status) {
        case 401:
        case 403: return code == ErrorCode::auth;
        case 404: return code == ErrorCode::model_not_found;
        case 429: return code == ErrorCode::rate_limit;
        case 400:
            return code == ErrorCode::invalid_request || code == ErrorCode::context_length ||
                   code == ErrorCode::content_filter;
        default: return status >= 500 && (code == ErrorCode::unavailable || code == ErrorCode::invalid_request);
    }
}

void expect_classified(const Dialect& dialect, const Exchange& exchange) {
    SCOPED_TRACE(exchange.name);
    const ErrorInfo error =
        dialect.classify(call_of({user("Hello")}), head(exchange.status, exchange.headers), exchange.body);
    EXPECT_EQ(error.http_status, exchange.status);
    EXPECT_NE(error.message.find("anthropic"), std::string::npos);  // the provider's registered name
    EXPECT_EQ(error.message.find('<'), std::string::npos) << error.message;
    EXPECT_LT(error.message.size(), 900U);
    EXPECT_TRUE(fits(exchange.status, error.code))
        << exchange.status << " " << to_string(error.code) << ": " << error.message;
    if (exchange.status < 429 && exchange.status != 408 && exchange.status != 409) {
        EXPECT_FALSE(error.retryable);
    }
}

TEST(Recorded, anthropic_traffic_decodes_and_its_errors_classify) {
    const std::vector<Exchange> all = exchanges("/v1/messages");
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    const dialects::anthropic::Dialect dialect;
    for (const Exchange& exchange : all) {
        if (exchange.status >= 400)
            expect_classified(dialect, exchange);
        else
            expect_decodes(dialect, exchange, read_anthropic(exchange));
    }
    EXPECT_GT(all.size(), 150U);
}

TEST(Recorded, chat_traffic_of_many_servers_decodes_and_its_errors_classify) {
    const std::vector<Exchange> all = exchanges("/chat/completions");
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    const dialects::openai_chat::Dialect dialect;
    for (const Exchange& exchange : all) {
        if (exchange.status >= 400)
            expect_classified(dialect, exchange);
        else
            expect_decodes(dialect, exchange, read_chat(exchange));
    }
    EXPECT_GT(all.size(), 250U);
}

TEST(Recorded, token_counts_are_read) {
    const std::vector<Exchange> all = exchanges("/v1/messages/count_tokens");
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    for (const Exchange& exchange : all) {
        const auto tokens = dialects::anthropic::decode_count(call_of({user("Hello")}), exchange.body);
        ASSERT_TRUE(tokens);
        EXPECT_EQ(*tokens, json::parse(exchange.body).at("input_tokens").get_int64());
    }
}

}  // namespace
}  // namespace cortex::test
