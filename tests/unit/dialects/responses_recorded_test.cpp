// Real traffic of the Responses API and of servers that imitate it: every answer must decode to what a plain reading of the
// file shows, however its bytes are cut, and what it holds must go back as it came.
#include "core/json_slice.hpp"
#include "unit/dialects/responses_support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace cortex::test {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Exchange {
    std::string name;
    int status = 0;
    std::string body;
};

std::string text_at(const json::value& value, std::string_view name) {
    const json::value* member = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::vector<Exchange> recorded() {
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
            const std::string url = text_at(item.at("request"), "url");
            ++number;
            if (!url.substr(0, url.find('?')).ends_with("/responses")) continue;
            const json::object& response = item.at("response").get_object();
            Exchange exchange{.name = entry.path().filename().string() + "#" + std::to_string(number),
                              .status = static_cast<int>(response.at("status").to_number<std::int64_t>()),
                              .body = {}};
            if (const json::value* body = response.if_contains("body"))
                exchange.body = body->get_string().c_str();
            else if (const json::value* parsed = response.if_contains("json"))
                exchange.body = json::serialize(*parsed);
            out.push_back(std::move(exchange));
        }
    }
    std::sort(out.begin(), out.end(), [](const Exchange& a, const Exchange& b) { return a.name < b.name; });
    return out;
}

/// Answers that were kept as a response, or as one event's data a line.
std::vector<Exchange> fixtures() {
    std::vector<Exchange> out;
    for (const std::string folder : {"openai", "azure", "xai"}) {
        const fs::path root = fs::path(CORTEX_TESTDATA) / "recorded" / "vercel-fixtures" / folder;
        if (!fs::exists(root)) continue;
        for (const auto& entry : fs::directory_iterator(root)) {
            std::string text = read_file(entry.path());
            Exchange exchange{.name = folder + "/" + entry.path().filename().string(), .status = 200, .body = {}};
            if (entry.path().extension() == ".json") {
                json::error_code failure;
                const json::value value = json::parse(text, failure);
                if (failure || !value.is_object() || !value.get_object().contains("output")) continue;
                exchange.body = std::move(text);
            } else {
                if (text.find("\"response.created\"") == std::string::npos) continue;
                std::istringstream lines(text);
                for (std::string line; std::getline(lines, line);)
                    if (!line.empty()) exchange.body += "data: " + line + "\n\n";
            }
            out.push_back(std::move(exchange));
        }
    }
    return out;
}

bool is_stream(const Exchange& exchange) { return !exchange.body.starts_with('{'); }

/// The finished response of an exchange, read without the decoder under test; null where it never finished.
json::value final_response(const Exchange& exchange) {
    if (!is_stream(exchange)) return json::parse(exchange.body);
    json::value last;
    std::istringstream lines(exchange.body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("data:")) continue;
        json::error_code failure;
        const json::value event = json::parse(line.substr(5), failure);
        const std::string type = failure ? std::string() : text_at(event, "type");
        if (type == "response.completed" || type == "response.incomplete" || type == "response.failed")
            last = event.at("response");
    }
    return last;
}

std::string parts(const json::value& item, std::string_view list, std::string_view member) {
    std::string out;
    const json::value* all = item.get_object().if_contains(list);
    if (all == nullptr || !all->is_array()) return out;
    for (const json::value& part : all->get_array()) out += text_at(part, member);
    return out;
}

std::string without_blank_lines(std::string text) {
    for (std::size_t at = text.find("\n\n"); at != std::string::npos; at = text.find("\n\n", at)) text.erase(at, 2);
    return text;
}

void expect_decodes(const Exchange& exchange) {
    SCOPED_TRACE(exchange.name);
    const dialects::openai_responses::Dialect dialect;
    const Played played =
        is_stream(exchange) ? play_stream(dialect, exchange.body) : play_document(dialect, exchange.body);
    ASSERT_EQ(played.ends, 1);
    const json::value response = final_response(exchange);
    if (response.is_null()) {
        ASSERT_TRUE(played.failed);
        return;
    }
    ASSERT_TRUE(played.done) << (played.failed ? played.failed->error.message : "");
    const MessageDone& done = *played.done;

    const json::array& items = response.at("output").get_array();
    ASSERT_EQ(done.message.content.size(), items.size());
    std::string text;
    std::string thinking;
    std::string refusal;
    bool calls = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ContentBlock& content = done.message.content[i];
        const std::string type = text_at(items[i], "type");
        EXPECT_TRUE(json::parse(content.raw).is_object());
        EXPECT_EQ(text_at(json::parse(content.raw), "id"), text_at(items[i], "id"));
        if (type == "message") {
            text += parts(items[i], "content", "text");
            refusal += parts(items[i], "content", "refusal");
        } else if (type == "reasoning") {
            thinking += parts(items[i], "summary", "text") + parts(items[i], "content", "text");
            EXPECT_TRUE(content.as<ThinkingBlock>() != nullptr || content.as<RedactedThinkingBlock>() != nullptr);
        } else if (type == "function_call") {
            calls = true;
            const auto* use = content.as<ToolUseBlock>();
            ASSERT_TRUE(use);
            EXPECT_EQ(use->id, text_at(items[i], "call_id"));
            EXPECT_EQ(use->name, text_at(items[i], "name"));
            EXPECT_EQ(use->input, text_at(items[i], "arguments"));
        } else {
            ASSERT_TRUE(content.as<UnknownBlock>());
            EXPECT_EQ(content.as<UnknownBlock>()->type, type);
        }
    }
    EXPECT_EQ(played.text, text);
    EXPECT_EQ(text_of(done.message), text);
    EXPECT_EQ(without_blank_lines(played.thinking), without_blank_lines(thinking));
    EXPECT_EQ(done.explanation, refusal);
    EXPECT_EQ(done.id, text_at(response, "id"));
    EXPECT_EQ(done.model, text_at(response, "model"));
    const std::string status = text_at(response, "status");
    EXPECT_EQ(done.stop, status == "incomplete" ? StopReason::length
                         : calls                ? StopReason::tool_calls
                         : !refusal.empty()     ? StopReason::refusal
                                                : StopReason::stop);
    const json::value* usage = response.get_object().if_contains("usage");
    ASSERT_EQ(done.usage_known, usage != nullptr && usage->is_object());
    if (done.usage_known) {
        EXPECT_EQ(done.usage.total_input(), usage->at("input_tokens").to_number<std::int64_t>());
        EXPECT_EQ(done.usage.output, usage->at("output_tokens").to_number<std::int64_t>());
    }

    // What the answer holds goes back in order and as it came, reasoning only if something followed it.
    ModelCall next = reasoner_call({user("a"), own(done.message.content), user("b")});
    const std::string body = encoded(next);
    const std::string_view input = slice_member(body, "input").value_or("");
    std::vector<std::string_view> sent = slice_elements(input);
    std::size_t at = 1;
    for (const ContentBlock& content : done.message.content) {
        const bool reasoning = content.as<ThinkingBlock>() != nullptr || content.as<RedactedThinkingBlock>() != nullptr;
        ASSERT_LT(at, sent.size());
        if (sent[at] == content.raw)
            ++at;
        else if (!reasoning && slice_member(sent[at], "type") == slice_member(content.raw, "type"))
            ++at;  // unnamed, as its reasoning cannot be read again
        else
            EXPECT_TRUE(reasoning) << content.raw;
    }
    EXPECT_FALSE(json::parse(body).is_null());
}

TEST(ResponsesRecorded, traffic_decodes_and_goes_back_as_it_came) {
    const std::vector<Exchange> all = recorded();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    std::size_t streams = 0;
    for (const Exchange& exchange : all) {
        if (exchange.status >= 400) continue;
        streams += is_stream(exchange) ? 1U : 0U;
        expect_decodes(exchange);
    }
    EXPECT_GT(all.size(), 140U);
    EXPECT_GT(streams, 30U);
}

TEST(ResponsesRecorded, answers_of_other_collections_decode_too) {
    const std::vector<Exchange> all = fixtures();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    for (const Exchange& exchange : all) expect_decodes(exchange);
    EXPECT_GT(all.size(), 25U);
}

TEST(ResponsesRecorded, streams_come_to_the_same_cut_at_every_byte) {
    std::vector<Exchange> all = recorded();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    for (Exchange& more : fixtures()) all.push_back(std::move(more));
    const dialects::openai_responses::Dialect dialect;
    for (const Exchange& exchange : all) {
        if (exchange.status >= 400 || !is_stream(exchange)) continue;
        SCOPED_TRACE(exchange.name);
        const Played played = play_stream(dialect, exchange.body);
        const std::string whole = render(played);
        std::vector<std::size_t> every;
        for (std::size_t cut = 1; cut < exchange.body.size(); ++cut) every.push_back(cut);
        ASSERT_EQ(render(play_stream(dialect, exchange.body, every)), whole);
        if (!played.done) continue;  // one collection holds a stream whose JSON is broken
        // Ended anywhere before its last event, a stream is no answer.
        const std::size_t last = exchange.body.rfind("data:");
        for (std::size_t size = 1; size < last; size += 997) {
            const Played cut = play_stream(dialect, std::string_view(exchange.body).substr(0, size));
            ASSERT_EQ(cut.ends, 1) << size;
            ASSERT_TRUE(cut.failed) << size;
            ASSERT_EQ(cut.failed->error.code, ErrorCode::network) << size;
        }
    }
}

TEST(ResponsesRecorded, errors_find_their_class) {
    const std::vector<Exchange> all = recorded();
    if (all.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    std::size_t seen = 0;
    for (const Exchange& exchange : all) {
        if (exchange.status < 400) continue;
        ++seen;
        const ErrorInfo error = dialects::openai_responses::Dialect().classify(reasoner_call({user("a")}),
                                                                               head(exchange.status), exchange.body);
        const bool key = exchange.body.find("Incorrect API key") != std::string::npos;
        const bool model = exchange.body.find("model_not_found") != std::string::npos;
        EXPECT_EQ(error.code, key     ? ErrorCode::auth
                              : model ? ErrorCode::model_not_found
                                      : ErrorCode::invalid_request)
            << exchange.name;
        EXPECT_FALSE(error.retryable) << exchange.name;
    }
    EXPECT_GT(seen, 7U);
}

}  // namespace
}  // namespace cortex::test
