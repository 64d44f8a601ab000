#include <cortex/response.hpp>
#include <cortex/session.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>

namespace {

using namespace cortex;

constexpr const char* empty_metadata =
    R"({"model_used":"","provider":"","tokens_used":0,"input_tokens":0,"output_tokens":0,"cached_tokens":0,"cache_write_tokens":0,)"
    R"("thinking_tokens":0,"latency_ms":0,"overhead_ms":0,"finish_reason":"","cost_usd":null,"request_id":"","attempts":[],)"
    R"("thinking":{"enabled":false,"form":"","budget":0,"effort":"","tokens":0,"reasons":[]},)"
    R"("routing":{"path":"","role":"","kind":"","complexity":0,"uncertainty":0,"need":0,"threshold":0,"reasons":[]},"notices":[],"degraded":[],"steps_taken":0,"tools_called":[],)"
    R"("goal_progress":0,"drift_score":0,"loop_detected":false,"weights_delta":{}})";

TEST(ResponseJson, has_every_field_even_when_nothing_is_known) {
    EXPECT_EQ(to_json(ResponseMetadata{}), empty_metadata);
    EXPECT_EQ(to_json(Response{}), std::string(R"({"content":"","metadata":)") + empty_metadata + "}");
}

TEST(ResponseJson, writes_every_field_under_its_name) {
    Response response;
    response.content = "Hi \"you\"\n";
    ResponseMetadata& m = response.metadata;
    m.model_used = "claude-haiku-4-5-20251001";
    m.provider = "anthropic";
    m.tokens_used = 30;
    m.input_tokens = 10;
    m.output_tokens = 20;
    m.cached_tokens = 3;
    m.cache_write_tokens = 4;
    m.thinking_tokens = 5;
    m.latency_ms = 12.5;
    m.overhead_ms = 0.25;
    m.finish_reason = "stop";
    m.cost_usd = 0.00011;
    m.request_id = "req_2";
    m.attempts = {{.provider = "anthropic",
                   .model = "claude-haiku-4-5",
                   .outcome = "rate_limit",
                   .http_status = 429,
                   .duration_ms = 1.5,
                   .request_id = "req_1"},
                  {.provider = "anthropic",
                   .model = "claude-haiku-4-5",
                   .outcome = "ok",
                   .http_status = 200,
                   .duration_ms = 10,
                   .input_tokens = 10,
                   .output_tokens = 20,
                   .cost_usd = 0.00011,
                   .request_id = "req_2"}};
    m.thinking = {
        .enabled = true, .form = "budget", .budget = 2048, .effort = "high", .tokens = 5, .reasons = {"asked for"}};
    m.routing = {.path = "system2", .role = "orchestrator", .kind = "planning", .complexity = 0.75, .uncertainty = 0.5, .need = 0.875,
                 .threshold = 0.5, .reasons = {"r1", "r2"}};
    m.notices = {"n"};
    m.degraded = {"d"};
    m.steps_taken = 1;
    m.tools_called = {"search"};
    m.goal_progress = 0.5;
    m.drift_score = 0.125;
    m.loop_detected = true;
    EXPECT_EQ(
        to_json(response),
        R"({"content":"Hi \"you\"\n","metadata":{"model_used":"claude-haiku-4-5-20251001","provider":"anthropic","tokens_used":30,)"
        R"("input_tokens":10,"output_tokens":20,"cached_tokens":3,"cache_write_tokens":4,"thinking_tokens":5,"latency_ms":12.5,)"
        R"("overhead_ms":0.25,"finish_reason":"stop","cost_usd":0.00011,"request_id":"req_2","attempts":[{"provider":"anthropic",)"
        R"("model":"claude-haiku-4-5","outcome":"rate_limit","http_status":429,"duration_ms":1.5,"input_tokens":0,"output_tokens":0,)"
        R"("cost_usd":null,"request_id":"req_1"},{"provider":"anthropic","model":"claude-haiku-4-5","outcome":"ok","http_status":200,)"
        R"("duration_ms":10,"input_tokens":10,"output_tokens":20,"cost_usd":0.00011,"request_id":"req_2"}],"thinking":{"enabled":true,)"
        R"("form":"budget","budget":2048,"effort":"high","tokens":5,"reasons":["asked for"]},"routing":{"path":"system2",)"
        R"("role":"orchestrator","kind":"planning","complexity":0.75,"uncertainty":0.5,"need":0.875,"threshold":0.5,"reasons":["r1","r2"]},"notices":["n"],"degraded":["d"],"steps_taken":1,"tools_called":["search"],)"
        R"("goal_progress":0.5,"drift_score":0.125,"loop_detected":true,"weights_delta":{}}})");
}

TEST(ResponseJson, is_valid_json_whatever_bytes_a_server_sent) {
    Response response;
    response.content = "cut \xe4\xb8";
    response.metadata.request_id = "\xff";
    const auto parsed = boost::json::parse(to_json(response));
    EXPECT_EQ(std::string_view(parsed.at("content").as_string()), "cut \uFFFD");
    EXPECT_EQ(std::string_view(parsed.at("metadata").at("request_id").as_string()), "\uFFFD");
}

TEST(ChunkJson, a_piece_of_text_is_two_members_and_no_more) {
    EXPECT_EQ(to_json(StreamChunk{.content = "Grüße\n"}), R"({"chunk_type":"content","content":"Grüße\n"})");
}

TEST(ChunkJson, other_kinds_carry_their_own_members_and_no_content) {
    EXPECT_EQ(to_json(StreamChunk{.chunk_type = ChunkType::thinking, .thinking_delta = "hm"}),
              R"({"chunk_type":"thinking","content":"","thinking_delta":"hm"})");
    EXPECT_EQ(to_json(StreamChunk{.chunk_type = ChunkType::tool_execution, .tools = {"look", "find"}}),
              R"({"chunk_type":"tool_execution","content":"","tools":["look","find"]})");
    EXPECT_EQ(to_json(StreamChunk{.chunk_type = ChunkType::tool_result, .tool_name = "look", .tool_call_id = "c1", .success = true}),
              R"({"chunk_type":"tool_result","content":"","tool_name":"look","tool_call_id":"c1","success":true})");
}

TEST(StatsJson, decisions_are_counted_under_the_documented_names) {
    EXPECT_EQ(to_json(DualProcessStats{.system1_count = 3, .system2_count = 1, .system2_ratio = 0.25, .total_decisions = 4}),
              R"({"system1_count":3,"system2_count":1,"system2_ratio":0.25,"total_decisions":4})");
}

TEST(ChunkJson, the_last_line_tells_how_it_ended_and_carries_the_metadata) {
    const StreamChunk last{.is_final = true, .finish_reason = "stop", .model = "m"};
    const ResponseMetadata metadata;
    EXPECT_EQ(
        to_json(last, &metadata),
        std::string(
            R"({"chunk_type":"content","content":"","is_final":true,"finish_reason":"stop","model":"m","metadata":)") +
            empty_metadata + "}");
    EXPECT_EQ(to_json(last),
              R"({"chunk_type":"content","content":"","is_final":true,"finish_reason":"stop","model":"m"})");
}

TEST(ChunkJson, is_one_line) {
    ResponseMetadata metadata;
    metadata.notices = {"two\nlines"};
    EXPECT_EQ(to_json(StreamChunk{.content = "a\nb\r\n", .is_final = true}, &metadata).find_first_of("\r\n"),
              std::string::npos);
}

TEST(ChunkTypes, are_spelled_as_users_see_them) {
    EXPECT_EQ(to_string(ChunkType::content), "content");
    EXPECT_EQ(to_string(ChunkType::thinking), "thinking");
    EXPECT_EQ(to_string(ChunkType::tool_execution), "tool_execution");
    EXPECT_EQ(to_string(ChunkType::tool_result), "tool_result");
}

TEST(StatsJson, has_four_members) {
    EXPECT_EQ(to_json(SessionStats{.session_id = "sess_1", .turns = 2, .total_tokens = 300, .duration_seconds = 1.25}),
              R"({"session_id":"sess_1","turns":2,"total_tokens":300,"duration_seconds":1.25})");
}

TEST(PreviewJson, embeds_a_json_body_byte_for_byte) {
    const RequestPreview preview{.provider = "anthropic",
                                 .model = "claude-haiku-4-5",
                                 .method = "POST",
                                 .url = "https://x/v1/messages",
                                 .headers = {{"content-type", "application/json"}, {"x-api-key", "<redacted>"}},
                                 .body = R"({"n": 1.50, "b":[]})",
                                 .decisions = {"because"}};
    EXPECT_EQ(
        to_json(preview),
        R"({"method":"POST","url":"https://x/v1/messages","headers":{"content-type":"application/json","x-api-key":"<redacted>"},)"
        R"("body":{"n": 1.50, "b":[]},"decisions":["because"],"provider":"anthropic","model":"claude-haiku-4-5"})");
}

TEST(PreviewJson, quotes_a_body_that_is_no_json) {
    for (const std::string body : {"", "{", "{} {}", "a=b&c=\"d\""}) {
        RequestPreview preview;
        preview.body = body;
        const auto parsed = boost::json::parse(to_json(preview));
        EXPECT_EQ(std::string_view(parsed.at("body").as_string()), body);
    }
}

TEST(PreviewJson, embeds_a_body_however_deep_a_tool_nests_its_arguments) {
    RequestPreview preview;
    preview.body = std::string(200, '[') + std::string(200, ']');
    EXPECT_NE(to_json(preview).find("\"body\":[[["), std::string::npos);
}

TEST(PreviewJson, joins_headers_of_one_name) {
    RequestPreview preview;
    preview.headers = {{"anthropic-beta", "a"}, {"accept", "x"}, {"Anthropic-Beta", "b"}};
    EXPECT_NE(to_json(preview).find(R"("headers":{"anthropic-beta":"a, b","accept":"x"})"), std::string::npos);
}

}  // namespace
