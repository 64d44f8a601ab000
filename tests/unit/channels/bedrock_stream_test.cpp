#include "channels/bedrock_stream.hpp"
#include "core/base64.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "net/crc32.hpp"
#include "unit/channels/channel_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::channels {
namespace {

using testing::HasSubstr;

std::string number(std::uint32_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
    return out;
}

/// One frame, as the service sends it.
std::string frame(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view payload) {
    std::string block;
    for (const auto& [name, text] : headers)
        block += number(static_cast<std::uint32_t>(name.size()), 1) + name + '\x07' + number(static_cast<std::uint32_t>(text.size()), 2) + text;
    std::string out = number(static_cast<std::uint32_t>(16 + block.size() + payload.size()), 4) + number(static_cast<std::uint32_t>(block.size()), 4);
    out += number(net::crc32(out), 4);
    out += block;
    out += payload;
    return out + number(net::crc32(out), 4);
}

std::string chunk(std::string_view event) {
    return frame({{":event-type", "chunk"}, {":content-type", "application/json"}, {":message-type", "event"}},
                 "{\"bytes\":\"" + base64(event) + "\",\"p\":\"abcdefg\"}");
}
std::string exception(const std::string& type, std::string_view payload) {
    return frame({{":exception-type", type}, {":content-type", "application/json"}, {":message-type", "exception"}}, payload);
}

const std::string whole = chunk(R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":3,"output_tokens":1}}})") +
                          chunk(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})") + chunk("{}") +
                          frame({{":event-type", "initial-response"}, {":message-type", "event"}}, "{}") +
                          chunk(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hé"}})") +
                          chunk(R"({"type":"content_block_stop","index":0})") +
                          chunk(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})") +
                          chunk(R"({"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3}})");

struct Outcome {
    std::string text;
    bool done = false;
    std::optional<ErrorInfo> failed;
    std::optional<ErrorInfo> broken;
    Usage counted = {};   ///< Until it failed.
};

Outcome play(std::string_view bytes, std::size_t step) {
    const ModelCall call = call_of(true);
    BedrockStream stream(call);
    const auto decoder = dialects::anthropic::Dialect().decoder(call);
    std::vector<StreamEvent> events;
    Outcome out;
    for (std::size_t i = 0; i < bytes.size(); i += step)
        if (!stream.feed(bytes.substr(i, step), *decoder, events)) {
            out.broken = stream.error();
            break;
        }
    for (const StreamEvent& event : events) {
        if (const auto* text = std::get_if<TextDelta>(&event)) out.text += text->text;
        if (std::holds_alternative<MessageDone>(event)) out.done = true;
        if (const auto* failed = std::get_if<MessageFailed>(&event)) {
            out.failed = failed->error;
            out.counted = failed->usage;
        }
    }
    return out;
}

TEST(BedrockStream, gives_the_same_answer_however_the_bytes_are_cut) {
    for (std::size_t step = 1; step <= whole.size(); step += step < 300 ? 1 : 97) {
        const Outcome out = play(whole, step);
        ASSERT_EQ(out.text, "Hé") << step;
        ASSERT_TRUE(out.done) << step;
        ASSERT_FALSE(out.failed || out.broken) << step;
    }
}

TEST(BedrockStream, an_exception_after_http_200_is_the_error_that_it_would_be_as_an_answer) {
    struct Case {
        std::string type;
        ErrorCode code;
        bool retryable;
    };
    for (const Case& c : std::vector<Case>{{"throttlingException", ErrorCode::rate_limit, true},
                                           {"internalServerException", ErrorCode::unavailable, true},
                                           {"modelStreamErrorException", ErrorCode::unavailable, true},
                                           {"modelTimeoutException", ErrorCode::unavailable, true},
                                           {"serviceUnavailableException", ErrorCode::unavailable, true},
                                           {"validationException", ErrorCode::invalid_request, false},
                                           {"somethingNewException", ErrorCode::unavailable, true}}) {
        const Outcome out = play(exception(c.type, R"({"message":"the words"})"), 7);
        ASSERT_TRUE(out.failed) << c.type;
        EXPECT_EQ(out.failed->code, c.code) << c.type;
        EXPECT_EQ(out.failed->retryable, c.retryable) << c.type;
        EXPECT_THAT(out.failed->message, HasSubstr("the words"));
    }
}

TEST(BedrockStream, an_error_frame_carries_its_words_in_headers) {
    const Outcome out = play(frame({{":message-type", "error"}, {":error-code", "InternalFailure"}, {":error-message", "it broke"}}, {}), 5);
    ASSERT_TRUE(out.failed);
    EXPECT_THAT(out.failed->message, testing::AllOf(HasSubstr("it broke"), HasSubstr("InternalFailure")));
}

TEST(BedrockStream, what_is_no_frame_of_the_service_is_a_protocol_error_and_never_an_empty_answer) {
    std::string corrupt = whole;
    corrupt[corrupt.size() / 2] ^= 1;
    std::string huge = number(0xFFFFFFF0U, 4) + number(0, 4);
    huge += number(net::crc32(huge), 4);
    for (const std::string& bytes : {corrupt, huge, std::string("data: {\"type\":\"ping\"}\n\n"), frame({{":event-type", "chunk"}}, "{}"),
                                     frame({{":message-type", "event"}, {":event-type", "chunk"}}, "no json"),
                                     frame({{":message-type", "event"}, {":event-type", "chunk"}}, R"({"bytes":"***"})"), frame({{":message-type", "news"}}, {})}) {
        const Outcome out = play(bytes, 64);
        ASSERT_TRUE(out.broken);
        EXPECT_EQ(out.broken->code, ErrorCode::protocol);
        EXPECT_EQ(out.broken->provider, "p");
        EXPECT_FALSE(out.done);
    }
}

TEST(BedrockStream, what_an_answer_had_counted_before_an_exception_is_told) {
    const Outcome out = play(chunk(R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":3,"output_tokens":1}}})") +
                                 exception("modelStreamErrorException", "{}"),
                             9);
    ASSERT_TRUE(out.failed);
    EXPECT_EQ(out.counted.input, 3);
}

TEST(BedrockStream, nothing_counts_after_an_exception) {
    const Outcome out = play(exception("throttlingException", "{}") + whole, 1000);
    EXPECT_TRUE(out.failed);
    EXPECT_FALSE(out.done);
}

}  // namespace
}  // namespace cortex::channels
