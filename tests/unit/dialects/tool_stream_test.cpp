// Tool calls as they arrive: arguments that are cut, broken, huge, deep or doubled never break the decode nor the history.
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/turns.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

namespace json = boost::json;

std::string frame(std::string_view name, const std::string& data) {
    return (name.empty() ? "" : "event: " + std::string(name) + "\n") + "data: " + data + "\n\n";
}

std::string in_quotes(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// A stream of both dialects in which one tool is called with these arguments, in pieces of `piece` bytes.
struct Wire {
    std::unique_ptr<Dialect> dialect;
    std::string head;
    std::vector<std::string> deltas;
    std::string tail;

    std::string whole() const {
        std::string out = head;
        for (const std::string& delta : deltas) out += delta;
        return out + tail;
    }
};

Wire anthropic_wire(std::string_view arguments, std::size_t piece) {
    Wire wire{.dialect = std::make_unique<dialects::anthropic::Dialect>(), .head = {}, .deltas = {}, .tail = {}};
    wire.head =
        frame(
            "message_start",
            R"({"type":"message_start","message":{"id":"m","model":"x","content":[],"usage":{"input_tokens":1,"output_tokens":1}}})") +
        frame(
            "content_block_start",
            R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"look","input":{}}})");
    for (; !arguments.empty(); arguments.remove_prefix(std::min(piece, arguments.size())))
        wire.deltas.push_back(
            frame("content_block_delta",
                  R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":)" +
                      in_quotes(arguments.substr(0, piece)) + "}}"));
    wire.tail = frame("content_block_stop", R"({"type":"content_block_stop","index":0})") +
                frame("message_delta",
                      R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}})") +
                frame("message_stop", R"({"type":"message_stop"})");
    return wire;
}

Wire chat_wire(std::string_view arguments, std::size_t piece) {
    Wire wire{.dialect = std::make_unique<dialects::openai_chat::Dialect>(), .head = {}, .deltas = {}, .tail = {}};
    wire.head = frame(
        "",
        R"({"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"look","arguments":""}}]}}]})");
    for (; !arguments.empty(); arguments.remove_prefix(std::min(piece, arguments.size())))
        wire.deltas.push_back(
            frame("", R"({"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":)" +
                          in_quotes(arguments.substr(0, piece)) + "}}]}}]}"));
    wire.tail = frame("", R"({"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})") +
                frame("", "[DONE]");
    return wire;
}

std::vector<Wire> wires(std::string_view arguments, std::size_t piece = 7) {
    std::vector<Wire> out;
    out.push_back(anthropic_wire(arguments, piece));
    out.push_back(chat_wire(arguments, piece));
    return out;
}

const ToolUseBlock* call_in(const Played& played) {
    if (!played.done || played.done->message.content.size() != 1) return nullptr;
    return played.done->message.content.front().as<ToolUseBlock>();
}

/// The history goes on after such a call, to the model that made it and to any other.
void expect_encodable(const Played& played) {
    for (const Origin& origin : {Origin{"anthropic", "claude-sonnet-4-5", ""}, Origin{"other", "m", ""}}) {
        Message answer = played.done->message;
        answer.origin = origin;
        const ModelCall call =
            with_tools(call_of({user("a"), std::move(answer), results({result("toolu_1", "bad arguments", true)})}));
        const auto body = json::parse(*dialects::anthropic::Dialect().encode(call));
        EXPECT_TRUE(body.at("messages").at(1).at("content").at(0).at("input").is_object());
        const auto chat = json::parse(*dialects::openai_chat::Dialect().encode(call));
        const auto& arguments =
            chat.at("messages").at(1).at("tool_calls").at(0).at("function").at("arguments").as_string();
        EXPECT_TRUE(is_json_object(json_view(arguments)));
    }
}

TEST(ToolStream, keeps_what_the_model_wrote_byte_for_byte) {
    for (const std::string arguments :
         {R"({"q":"x"})", R"({ "q" : "ü\u00e9\ud83d\ude00" , "n": 1.0e2 })", R"({"q":1,"q":2})", "{}"})
        for (const Wire& wire : wires(arguments, 3)) {
            const Played played = play_stream(*wire.dialect, wire.whole());
            ASSERT_NE(call_in(played), nullptr);
            EXPECT_EQ(call_in(played)->input, arguments);
            EXPECT_EQ(played.done->stop, StopReason::tool_calls);
            expect_encodable(played);
        }
}

TEST(ToolStream, blank_arguments_are_an_empty_object) {
    for (const std::string_view arguments : {"", " ", "\n"})
        for (const Wire& wire : wires(arguments)) {
            const Played played = play_stream(*wire.dialect, wire.whole());
            ASSERT_NE(call_in(played), nullptr);
            EXPECT_EQ(call_in(played)->input, "{}");
        }
}

TEST(ToolStream, arguments_that_are_no_object_are_kept_as_they_are_and_the_history_stays_legal) {
    for (const std::string_view arguments :
         {"{\"q\": tru", "[1,2]", "null ", "5", "\"text\"", "{\"q\":1}}", "{'q': 1}", "{\"q\": 1,}"})
        for (const Wire& wire : wires(arguments, 2)) {
            const Played played = play_stream(*wire.dialect, wire.whole());
            ASSERT_NE(call_in(played), nullptr) << arguments;
            EXPECT_EQ(call_in(played)->input, arguments);
            expect_encodable(played);
        }
}

TEST(ToolStream, five_megabytes_of_arguments_arrive_whole) {
    const std::string arguments = "{\"q\":\"" + std::string(5'000'000, 'x') + "\"}";
    for (const Wire& wire : wires(arguments, 64 * 1024)) {
        const Played played = play_stream(*wire.dialect, wire.whole());
        ASSERT_NE(call_in(played), nullptr);
        EXPECT_TRUE(call_in(played)->input == arguments);
        expect_encodable(played);
    }
}

TEST(ToolStream, arguments_nested_ten_thousand_deep_are_kept_and_sent_back_as_a_text) {
    std::string arguments = "{\"q\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
    for (const Wire& wire : wires(arguments, 4096)) {
        const Played played = play_stream(*wire.dialect, wire.whole());
        ASSERT_NE(call_in(played), nullptr);
        EXPECT_TRUE(call_in(played)->input == arguments);
        expect_encodable(played);
        EXPECT_TRUE(dialects::legal_tool_input(arguments).starts_with(R"({"INVALID_JSON":)"));
    }
}

TEST(ToolStream, cut_inside_the_arguments_is_an_error_and_never_a_call) {
    for (const Wire& wire : wires(R"({"q":"a long question"})", 4)) {
        std::string stream = wire.head;
        for (const std::string& delta : wire.deltas) {
            const Played played = play_stream(*wire.dialect, stream);
            EXPECT_FALSE(played.done);
            ASSERT_TRUE(played.failed);
            EXPECT_EQ(played.failed->error.code, ErrorCode::network);
            stream += delta;
        }
        for (std::size_t size = wire.head.size(); size < stream.size(); ++size) {
            const Played played = play_stream(*wire.dialect, std::string_view(stream).substr(0, size));
            ASSERT_FALSE(played.done) << size;
            ASSERT_EQ(played.ends, 1) << size;
        }
    }
}

TEST(ToolStream, a_call_cut_by_the_output_limit_says_so) {
    Wire anthropic = anthropic_wire("{\"q\": \"cut", 3);
    anthropic.tail.replace(anthropic.tail.find("tool_use"), 8, "max_tokens");
    Wire chat = chat_wire("{\"q\": \"cut", 3);
    chat.tail.replace(chat.tail.find("tool_calls"), 10, "length");
    for (const Wire* wire : {&anthropic, &chat}) {
        const Played played = play_stream(*wire->dialect, wire->whole());
        ASSERT_NE(call_in(played), nullptr);
        EXPECT_EQ(played.done->stop, StopReason::length);
        expect_encodable(played);
    }
}

TEST(ToolStream, a_server_that_says_stop_to_a_call_has_called_all_the_same) {
    for (const std::string_view word : {"stop", "", "function_call"}) {
        Wire wire = chat_wire("{}", 2);
        wire.tail.replace(wire.tail.find("tool_calls"), 10, word);
        const Played played = play_stream(*wire.dialect, wire.whole());
        ASSERT_NE(call_in(played), nullptr) << word;
        EXPECT_EQ(played.done->stop, StopReason::tool_calls) << word;
    }
    for (const std::string_view word : {"end_turn", "tea_time"}) {
        Wire wire = anthropic_wire("{}", 2);
        wire.tail.replace(wire.tail.find("tool_use"), 8, word);
        const Played played = play_stream(*wire.dialect, wire.whole());
        ASSERT_NE(call_in(played), nullptr) << word;
        EXPECT_EQ(played.done->stop, StopReason::tool_calls) << word;
    }
}

}  // namespace
}  // namespace cortex::test
