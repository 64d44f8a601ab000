#include "core/json_slice.hpp"
#include "dialects/turns.hpp"
#include "unit/dialects/responses_support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace cortex::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string golden(const std::string& name) {
    std::string text = read_file(std::filesystem::path(CORTEX_WIRE_DIR) / "openai_responses" / name / "request.json");
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string member(const std::string& body, std::string_view name) {
    return std::string(slice_member(body, name).value_or(""));
}

std::vector<std::string> input_of(const ModelCall& call) {
    const std::string input = member(encoded(call), "input");
    std::vector<std::string> items;
    for (const std::string_view item : slice_elements(input)) items.emplace_back(item);
    return items;
}

ContentBlock picture() {
    return block(ImageBlock{"image/png", {.base64 = "iVBOR", .url = {}, .file_id = {}, .text = {}}});
}

/// Every kind of block of another vendor's conversation, and things to leave out.
std::vector<Message> foreign_history() {
    std::vector<Message> messages;
    messages.push_back(
        {.role = Role::user,
         .content =
             {block(TextBlock{"Look:\n\"this\""}), picture(), block(TextBlock{"  \n"}),
              block(ImageBlock{"image/png", {.base64 = {}, .url = "https://x.test/i.png", .file_id = {}, .text = {}}}),
              block(DocumentBlock{
                  "application/pdf", {.base64 = "JVBER", .url = {}, .file_id = {}, .text = {}}, "Report"}),
              block(DocumentBlock{
                  "application/pdf", {.base64 = {}, .url = "https://x.test/d.pdf", .file_id = {}, .text = {}}, ""}),
              block(DocumentBlock{"application/pdf", {.base64 = {}, .url = {}, .file_id = "file-1", .text = {}}, ""}),
              block(DocumentBlock{"text/plain", {.base64 = {}, .url = {}, .file_id = {}, .text = "plain"}, "Notes"})},
         .origin = {}});
    messages.push_back(
        assistant({block(ThinkingBlock{"Hm", "Sig=="}, R"({"signature":"Sig==","thinking":"Hm", "type":"thinking"})"),
                   block(RedactedThinkingBlock{"opaque"}), block(TextBlock{"I "}), block(TextBlock{"look"}),
                   block(TextBlock{""}), block(UnknownBlock{"server_tool_use"}, R"({"type":"server_tool_use"})"),
                   block(ToolUseBlock{"toolu_1", "look", R"({"a": 1.0})"},
                         R"({"type":"tool_use","id":"toolu_1","name":"look","input":{"a": 1.0}})"),
                   block(ToolUseBlock{"toolu_2", "look at", "nonsense"}), block(TextBlock{"and wait"})}));
    ToolResultBlock pictured{
        .tool_use_id = "toolu_1", .content = {block(TextBlock{"seen"}), picture()}, .is_error = false};
    messages.push_back(
        results({block(TextBlock{"and now?"}), block(std::move(pictured)), result("toolu_2", "broke", true)}));
    return messages;
}

/// The model's own loop: reasoning, commentary, two calls, and the answer.
std::vector<Message> own_history() {
    return {user("Both, please."),
            own({reasoning_item("rs_1"), message_item("msg_1", "I look."), reasoning_item("rs_2"),
                 call_item("fc_1", "call_1"), call_item("fc_2", "call_2", "add")}),
            results({result("call_1", "seen"), result("call_2", "")}),
            own({reasoning_item("rs_3"), message_item("msg_2", "Done.")}), user("Thanks.")};
}

TEST(ResponsesEncode, writes_a_plain_request_as_the_golden_file_has_it) {
    ModelCall call =
        reasoner_call({user("Hello"), assistant({block(TextBlock{"Hi"})}), user("Again")}, "You are brief.");
    call.stream = true;
    EXPECT_EQ(encoded(call), golden("request_plain"));
}

TEST(ResponsesEncode, tells_another_vendors_conversation_in_plain_items_as_the_golden_file_has_it) {
    EXPECT_EQ(encoded(reasoner_call(foreign_history(), "Be brief.")), golden("request_foreign_history"));
}

TEST(ResponsesEncode, sends_its_own_items_back_as_the_golden_file_has_it) {
    ModelCall call = with_tools(reasoner_call(own_history(), "Be brief.", thinking_aloud()));
    call.cache_key = "session-1";
    call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{
        "answer",
        R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})"});
    call.tool_choice = ToolChoice::none;
    EXPECT_EQ(encoded(call), golden("request_own_history"));
}

TEST(ResponsesEncode, sends_every_own_item_verbatim_and_in_order) {
    const std::vector<Message> messages = own_history();
    const std::vector<std::string> items = input_of(reasoner_call(messages));
    std::vector<std::string> raw;
    for (const std::size_t i : {1U, 3U})
        for (const ContentBlock& content : messages[i].content) raw.push_back(content.raw);
    EXPECT_THAT(items,
                ElementsAre(HasSubstr("Both"), raw[0], raw[1], raw[2], raw[3], raw[4],
                            R"({"type":"function_call_output","call_id":"call_1","output":"seen"})",
                            R"({"type":"function_call_output","call_id":"call_2","output":"The result is empty."})",
                            raw[5], raw[6], HasSubstr("Thanks")));
}

TEST(ResponsesEncode, drops_reasoning_and_ids_for_any_other_origin) {
    for (const Origin& origin : {Origin{"openai", "gpt-5.5", ""}, Origin{"azure", "gpt-5.4", ""}, Origin{}}) {
        std::vector<Message> messages = own_history();
        messages[1].origin = messages[3].origin = origin;
        EXPECT_THAT(input_of(reasoner_call(messages)),
                    ElementsAre(HasSubstr("Both"), R"({"role":"assistant","content":"I look."})",
                                R"({"type":"function_call","call_id":"call_1","name":"look","arguments":"{}"})",
                                R"({"type":"function_call","call_id":"call_2","name":"add","arguments":"{}"})",
                                HasSubstr("seen"), HasSubstr("empty"), R"({"role":"assistant","content":"Done."})",
                                HasSubstr("Thanks")));
    }
}

TEST(ResponsesEncode, leaves_all_reasoning_and_the_ids_that_depend_on_it_out_where_the_call_goes_without) {
    ModelCall call = reasoner_call(own_history());
    call.without_thinking_blocks = true;
    const std::string body = encoded(call);
    EXPECT_THAT(body, Not(HasSubstr("reasoning")));
    EXPECT_THAT(body, Not(HasSubstr(R"("id":)")));
    EXPECT_THAT(body, HasSubstr(R"("phase":"commentary")"));
    EXPECT_THAT(
        body,
        HasSubstr(
            R"({"type":"function_call","status":"completed","arguments":"{}","call_id":"call_1","name":"look"})"));
}

TEST(ResponsesEncode, never_sends_reasoning_without_the_item_that_followed_it) {
    // Cut while thinking; followed by what is not the model's item; without anything that can be read again.
    const ContentBlock bare = block(
        ThinkingBlock{"Hm", ""},
        R"({"id":"rs_9","type":"reasoning","encrypted_content":null,"content":[],"summary":[{"type":"summary_text","text":"Hm"}]})");
    for (const std::vector<ContentBlock>& blocks :
         {std::vector{message_item("msg_1", "a"), reasoning_item("rs_1")}, std::vector{reasoning_item("rs_1")},
          std::vector{reasoning_item("rs_1"), block(TextBlock{"edited"})},
          std::vector{bare, message_item("msg_1", "a")},
          std::vector{reasoning_item("rs_1"), bare, message_item("msg_1", "a")},
          std::vector{block(ThinkingBlock{"Hm", "x"}), message_item("msg_1", "a")}}) {
        const std::string body = encoded(reasoner_call({user("a"), own(blocks), user("b")}));
        EXPECT_THAT(body, Not(HasSubstr("rs_")));
        // What came of reasoning that stays out must not be named either.
        const auto* first = blocks.front().as<TextBlock>();
        EXPECT_EQ(body.find("msg_1") != std::string::npos, first != nullptr) << body;
    }
    const ContentBlock open =
        block(ThinkingBlock{"Hm", ""},
              R"({"id":"rs_9","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"Hm"}]})");
    EXPECT_THAT(encoded(reasoner_call({user("a"), own({open, message_item("msg_1", "a")}), user("b")})),
                HasSubstr(open.raw + ",{\"id\":\"msg_1\""));
}

TEST(ResponsesEncode, keeps_hosted_items_their_ids_even_without_the_reasoning) {
    const std::string hosted = R"({"id":"ws_1","type":"web_search_call","status":"completed"})";
    ModelCall call = reasoner_call(
        {user("a"),
         own({reasoning_item("rs_1"), block(UnknownBlock{"web_search_call"}, hosted), message_item("msg_1", "b")}),
         user("c")});
    EXPECT_THAT(encoded(call), HasSubstr(hosted));
    call.without_thinking_blocks = true;
    EXPECT_THAT(encoded(call), HasSubstr(hosted));
}

TEST(ResponsesEncode, keeps_a_refusal_or_a_blank_message_behind_its_reasoning) {
    const std::string raw =
        R"({"id":"msg_1","type":"message","content":[{"type":"refusal","refusal":"No."}],"role":"assistant"})";
    EXPECT_THAT(input_of(reasoner_call(
                    {user("a"), own({reasoning_item("rs_1"), block(UnknownBlock{"message"}, raw)}), user("b")})),
                ElementsAre(HasSubstr("a"), reasoning_item("rs_1").raw, raw, HasSubstr("b")));
}

TEST(ResponsesEncode, answers_calls_that_nobody_answered_and_drops_results_that_nobody_asked_for) {
    const std::vector<std::string> items =
        input_of(reasoner_call({user("a"), own({call_item("fc_1", "call_1"), call_item("fc_2", "call_2")}),
                                results({block(TextBlock{"go on"}), result("call_2", "ok"), result("t9", "stray")})}));
    EXPECT_THAT(
        items,
        ElementsAre(
            HasSubstr("\"a\""), HasSubstr("fc_1"), HasSubstr("fc_2"),
            R"({"type":"function_call_output","call_id":"call_1","output":"Error: This call was not executed."})",
            R"({"type":"function_call_output","call_id":"call_2","output":"ok"})", HasSubstr("go on")));
}

TEST(ResponsesEncode, gives_calls_ids_that_fit_and_that_no_two_share) {
    const std::string longest(64, 'a');
    const std::string longer(65, 'a');
    // One server numbers the calls of each answer anew; another writes long ids.
    const std::vector<std::string> items = input_of(
        reasoner_call({user("a"), own({call_item("fc_1", "call_0"), call_item("fc_2", "call_0")}),
                       results({result("call_0", "one"), result("call_0", "two")}), own({call_item("fc_3", "call_0")}),
                       results({result("call_0", "three")}),
                       assistant({block(ToolUseBlock{longest, "f", "{}"}), block(ToolUseBlock{longer, "f", "{}"})}),
                       results({result(longer, "five"), result(longest, "four")})}));
    std::map<std::string, std::string> outputs;
    std::vector<std::string> calls;
    for (const std::string& item : items) {
        const json::value value = json::parse(item);
        const json::object& object = value.get_object();
        if (!object.contains("call_id")) continue;
        const std::string id(object.at("call_id").get_string());
        EXPECT_LE(id.size(), 64U);
        if (object.at("type").get_string() == "function_call")
            calls.push_back(id);
        else
            EXPECT_TRUE(outputs.emplace(id, object.at("output").get_string()).second) << id;
    }
    ASSERT_EQ(calls.size(), 5U);
    EXPECT_EQ(calls[0], "call_0");
    EXPECT_EQ(calls[3], longest);
    EXPECT_EQ(outputs[calls[0]], "one");
    EXPECT_EQ(outputs[calls[1]], "two");
    EXPECT_EQ(outputs[calls[2]], "three");
    EXPECT_EQ(outputs[calls[3]], "four");
    EXPECT_EQ(outputs[calls[4]], "five");
    EXPECT_EQ(outputs.size(), 5U);
}

TEST(ResponsesEncode, writes_a_result_with_pictures_as_a_list) {
    ToolResultBlock pictured{.tool_use_id = "call_1", .content = {picture()}, .is_error = true};
    EXPECT_THAT(
        encoded(reasoner_call({user("a"), own({call_item("fc_1", "call_1")}), results({block(std::move(pictured))})})),
        HasSubstr(
            R"({"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"Error."},)"
            R"({"type":"input_image","detail":"auto","image_url":"data:image/png;base64,iVBOR"}]})"));
}

TEST(ResponsesEncode, tells_calls_and_results_as_text_where_the_server_takes_no_tools) {
    std::vector<Message> messages = own_history();
    ToolResultBlock pictured{
        .tool_use_id = "call_1", .content = {block(TextBlock{"seen"}), picture()}, .is_error = false};
    messages[2] = results({block(std::move(pictured)), result("call_2", "7")});
    ModelCall call = with_tools(reasoner_call(messages));
    call.without_tools = true;
    EXPECT_EQ(member(encoded(call), "tools"), "");
    EXPECT_THAT(
        input_of(call),
        ElementsAre(HasSubstr("Both"), R"({"role":"assistant","content":"I look."})",
                    R"({"role":"assistant","content":"[Called the tool look with {}]"})",
                    R"({"role":"assistant","content":"[Called the tool add with {}]"})",
                    R"({"role":"user","content":[{"type":"input_text","text":"[Result of the tool look]\nseen"},)"
                    R"({"type":"input_image","detail":"auto","image_url":"data:image/png;base64,iVBOR"},)"
                    R"({"type":"input_text","text":"[Result of the tool add]\n7"}]})",
                    R"({"role":"assistant","content":"Done."})", HasSubstr("Thanks")));
}

TEST(ResponsesEncode, asks_for_thinking_in_the_models_words) {
    const std::string aloud = encoded(reasoner_call({user("a")}, "", thinking_aloud()));
    EXPECT_EQ(member(aloud, "reasoning"), R"({"effort":"high","summary":"auto"})");
    EXPECT_EQ(member(aloud, "include"), R"(["reasoning.encrypted_content"])");
    Need quiet = thinking_aloud();
    quiet.show_thinking = false;
    EXPECT_EQ(member(encoded(reasoner_call({user("a")}, "", quiet)), "reasoning"), R"({"effort":"high"})");
    const std::string off = encoded(reasoner_call({user("a")}));
    EXPECT_EQ(member(off, "reasoning"), "");
    EXPECT_EQ(member(off, "include"), "");
    ModelCall refused = reasoner_call({user("a")}, "", thinking_aloud());
    refused.without_effort = true;
    EXPECT_EQ(member(encoded(refused), "reasoning"), "");
    EXPECT_EQ(member(encoded(refused), "include"), "");
    for (const std::string& body : {aloud, off}) EXPECT_EQ(member(body, "store"), "false");
}

TEST(ResponsesEncode, asks_for_no_fewer_tokens_than_the_service_takes) {
    Need need;
    need.max_tokens = 1;
    EXPECT_EQ(member(encoded(reasoner_call({user("a")}, "", need)), "max_output_tokens"), "16");
    need.max_tokens = 17;
    EXPECT_EQ(member(encoded(reasoner_call({user("a")}, "", need)), "max_output_tokens"), "17");
}

TEST(ResponsesEncode, says_of_each_tool_whether_its_schema_binds) {
    ModelCall call = with_tools(reasoner_call({user("a")}));
    auto prefix = std::make_shared<FrozenPrefix>(*call.prefix);
    prefix->tools[0].input_schema =
        R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"],"additionalProperties":false})";
    call.prefix = prefix;
    EXPECT_EQ(member(encoded(call), "tools"),
              R"([{"type":"function","name":"look","description":"Looks something up.","parameters":)" +
                  prefix->tools[0].input_schema + R"(,"strict":true},{"type":"function","name":"add","parameters":)" +
                  prefix->tools[1].input_schema + R"(,"strict":false}])");
    EXPECT_EQ(member(encoded(call), "tool_choice"), "");
}

TEST(ResponsesEncode, shortens_a_cache_key_that_is_too_long_and_leaves_an_empty_one_out) {
    ModelCall call = reasoner_call({user("a")});
    EXPECT_EQ(member(encoded(call), "prompt_cache_key"), "");
    call.cache_key = std::string(63, 'k') + "1";
    EXPECT_EQ(member(encoded(call), "prompt_cache_key"), "\"" + call.cache_key + "\"");
    call.cache_key += "2";
    const std::string first = member(encoded(call), "prompt_cache_key");
    EXPECT_EQ(first.size(), 66U);
    call.cache_key.back() = '3';
    EXPECT_NE(member(encoded(call), "prompt_cache_key"), first);
    // No character is cut in two.
    std::string umlauts;
    for (int i = 0; i < 40; ++i) umlauts += "ü";
    EXPECT_LE(dialects::fitting_id(umlauts, 64).size(), 64U);
    EXPECT_EQ(dialects::fitting_id(umlauts, 64).find_first_not_of("ü"), 46U);
}

/// A message of any kind that an engine may hold.
Message random_message(std::mt19937& random, std::size_t number, const std::vector<std::string>& open_calls) {
    const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const std::string id = std::to_string(number);
    if (number % 2 == 0) {
        std::vector<ContentBlock> content;
        for (const std::string& call : open_calls)
            if (pick(8) != 0) content.push_back(result(call, pick(4) == 0 ? "" : "r" + id, pick(4) == 0));
        if (content.empty() || pick(3) == 0) content.push_back(block(TextBlock{pick(6) == 0 ? " " : "u" + id}));
        return results(std::move(content));
    }
    std::vector<ContentBlock> content;
    const bool mine = pick(3) != 0;
    for (unsigned i = 0, n = pick(6); i < n; ++i) {
        const std::string name = id + "_" + std::to_string(i);
        switch (pick(mine ? 5U : 4U)) {
            case 0: content.push_back(mine ? reasoning_item("rs_" + name) : block(ThinkingBlock{"t", "s"})); break;
            case 1:
                content.push_back(mine ? message_item("msg_" + name, "t" + name) : block(TextBlock{"t" + name}));
                break;
            case 2:
                content.push_back(mine ? call_item("fc_" + name, "call_" + std::to_string(pick(4)))
                                       : block(ToolUseBlock{"t|" + name, "f", "{}"}));
                break;
            case 3: content.push_back(block(TextBlock{pick(2) == 0 ? "" : "plain"})); break;
            default: content.push_back(reasoning_item("rs_" + name)); break;
        }
    }
    return mine ? own(std::move(content)) : assistant(std::move(content));
}

TEST(ResponsesEncode, begins_each_request_with_the_bytes_of_the_one_before_and_never_orphans_reasoning) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        std::vector<Message> messages;
        std::vector<std::string> open_calls;
        std::string before;
        std::string head;
        for (std::size_t n = 0; n < 12; ++n) {
            messages.push_back(random_message(random, n, open_calls));
            open_calls.clear();
            for (const ContentBlock& content : messages.back().content)
                if (const auto* use = content.as<ToolUseBlock>()) open_calls.push_back(use->id);
            const std::string body = encoded(with_tools(reasoner_call(messages, "Be brief.")));
            const std::string input = member(body, "input");
            const std::string start = body.substr(0, body.find(R"("input":)"));
            if (n > 0) {
                ASSERT_EQ(start, head) << seed;
                ASSERT_THAT(input, StartsWith(before)) << seed;
            }
            head = start;
            before = input.substr(0, input.size() - 1);

            std::set<std::string> calls;
            std::set<std::string> answered;
            const json::value parsed = json::parse(input);
            const json::array& items = parsed.get_array();
            for (std::size_t i = 0; i < items.size(); ++i) {
                const json::object& item = items[i].get_object();
                const json::value* type = item.if_contains("type");
                if (type == nullptr) continue;
                if (type->get_string() == "reasoning") {
                    ASSERT_LT(i + 1, items.size()) << seed;
                    const json::object& next = items[i + 1].get_object();   // as the model wrote it
                    ASSERT_TRUE(next.contains("status") || next.contains("encrypted_content")) << seed << input;
                }
                if (type->get_string() == "function_call") {
                    ASSERT_TRUE(calls.insert(std::string(item.at("call_id").get_string())).second) << seed << input;
                }
                if (type->get_string() == "function_call_output") {
                    const std::string id(item.at("call_id").get_string());
                    ASSERT_TRUE(calls.contains(id)) << seed << input;
                    ASSERT_TRUE(answered.insert(id).second) << seed << input;
                }
            }
            if (messages.back().role == Role::user) {
                ASSERT_EQ(calls, answered) << seed << input;
            }
        }
    }
}

TEST(ResponsesEncode, sends_back_whatever_the_golden_answers_hold) {
    const dialects::openai_responses::Dialect dialect;
    std::size_t tried = 0;
    for (const auto& folder : cases("openai_responses", "response.sse")) {
        const Played played = play_stream(dialect, read_file(folder / "response.sse"));
        if (!played.done) continue;
        const std::string body = encoded(reasoner_call({user("a"), own(played.done->message.content), user("b")}));
        json::error_code failure;
        json::parse(body, failure);
        EXPECT_FALSE(failure) << folder << body;
        ++tried;
    }
    EXPECT_GT(tried, 8U);
}

}  // namespace
}  // namespace cortex::test
