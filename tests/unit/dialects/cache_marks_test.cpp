// Where cache marks stand, on which models, and that they change nothing else.
#include "dialects/anthropic/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string encode(const ModelCall& call) { return *dialects::anthropic::Dialect().encode(call); }

/// Enough for every known model, in one text.
std::string long_text() {
    std::string text;
    while (text.size() < 20'000) text += "All work and no play. ";
    return text;
}

void find_marks(const boost::json::value& value, const std::string& path, std::vector<std::string>& out) {
    if (const auto* object = value.if_object()) {
        if (object->contains("cache_control")) out.push_back(path);
        for (const auto& member : *object) find_marks(member.value(), path + "/" + std::string(member.key()), out);
    } else if (const auto* list = value.if_array()) {
        for (std::size_t i = 0; i < list->size(); ++i) find_marks((*list)[i], path + "/" + std::to_string(i), out);
    }
}

/// The places of a body's marks, in order.
std::vector<std::string> marks(const ModelCall& call) {
    std::vector<std::string> out;
    find_marks(boost::json::parse(encode(call)), "", out);
    return out;
}

ModelCall with_minimum(ModelCall call, std::int64_t tokens, bool keeps_earlier = true) {
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->min_cacheable_tokens = tokens;
    model->thinking.keeps_earlier = keeps_earlier;
    call.model = model;
    return call;
}

Message call_round(int n) { return assistant({block(ToolUseBlock{"t" + std::to_string(n), "look", "{}"})}); }

TEST(CacheMarks, stand_on_tools_system_and_the_newest_message) {
    EXPECT_THAT(marks(with_minimum(with_tools(call_of({user("a")}, long_text())), 1)),
                ElementsAre("/tools/1", "/system/0", "/messages/0/content/0"));
}

TEST(CacheMarks, stand_on_the_message_answered_last_too_and_move_with_the_conversation) {
    std::vector<Message> messages{user("a"), assistant({block(TextBlock{"b"})}), user("c")};
    EXPECT_THAT(marks(with_minimum(call_of(messages, long_text()), 1)),
                ElementsAre("/system/0", "/messages/0/content/0", "/messages/2/content/0"));
    messages.push_back(assistant({block(TextBlock{"d"})}));
    messages.push_back(user("e"));
    EXPECT_THAT(marks(with_minimum(call_of(messages, long_text()), 1)),
                ElementsAre("/system/0", "/messages/2/content/0", "/messages/4/content/0"));
}

TEST(CacheMarks, look_for_the_entry_of_the_model_that_is_asked_and_not_of_another) {
    const std::vector<Message> messages{user("a"), assistant({block(TextBlock{"b"})}), user("c"),
                                        assistant({block(TextBlock{"d"})}, {"anthropic", "claude-haiku-4-5", ""}),
                                        user("e")};
    EXPECT_THAT(marks(with_minimum(call_of(messages, long_text()), 1)),
                ElementsAre("/system/0", "/messages/0/content/0", "/messages/4/content/0"));
}

TEST(CacheMarks, stand_only_where_enough_is_read_for_the_model) {
    const std::vector<Message> messages{user("short"), assistant({block(TextBlock{"b"})}), user(long_text())};
    EXPECT_THAT(marks(with_minimum(with_tools(call_of(messages, "Be brief.")), 1024)),
                ElementsAre("/messages/2/content/0"));
    EXPECT_THAT(marks(with_minimum(with_tools(call_of(messages, "Be brief.")), 4096)),
                ElementsAre("/messages/2/content/0"));
    EXPECT_THAT(marks(with_minimum(with_tools(call_of(messages, "Be brief.")), 9000)), IsEmpty());
    EXPECT_THAT(marks(with_minimum(call_of({user("Hello")}, "Be brief."), 512)), IsEmpty());
}

TEST(CacheMarks, are_guessed_for_unknown_models_of_the_vendor_and_left_out_for_those_of_others) {
    ModelCall call = with_minimum(call_of({user(long_text())}), 0);
    EXPECT_THAT(marks(call), ElementsAre("/messages/0/content/0"));
    auto model = std::make_shared<ModelInfo>(*call.model);
    model->provider = "somewhere";
    call.model = model;
    EXPECT_THAT(marks(call), IsEmpty());
}

TEST(CacheMarks, stand_on_the_last_result_that_says_something) {
    std::vector<Message> messages{
        user("a"), assistant({block(ToolUseBlock{"t1", "look", "{}"}), block(ToolUseBlock{"t2", "look", "{}"})}),
        results({result("t1", "x"), result("t2", " ")})};
    EXPECT_THAT(marks(with_minimum(call_of(messages, long_text()), 1)),
                ElementsAre("/system/0", "/messages/0/content/0", "/messages/2/content/0"));
    messages.back() = results({});
    messages.push_back(user("b"));
    EXPECT_THAT(marks(with_minimum(call_of(messages, long_text()), 1)),
                ElementsAre("/system/0", "/messages/0/content/0", "/messages/3/content/0"));
}

TEST(CacheMarks, keep_the_turns_beginning_where_a_long_loop_leaves_it_behind_and_thinking_is_forgotten) {
    std::vector<Message> messages{user("question")};
    for (int n = 0; n < 12; ++n) {
        messages.push_back(call_round(n));
        messages.push_back(results({result("t" + std::to_string(n), "r")}));
    }
    const auto call = [&](bool keeps_earlier) {
        return with_minimum(with_tools(call_of(messages, long_text())), 1, keeps_earlier);
    };
    EXPECT_THAT(marks(call(true)),
                ElementsAre("/tools/1", "/system/0", "/messages/22/content/0", "/messages/24/content/0"));
    EXPECT_THAT(marks(call(false)),
                ElementsAre("/system/0", "/messages/0/content/0", "/messages/22/content/0", "/messages/24/content/0"));
    messages.resize(9);
    EXPECT_THAT(marks(call(false)),
                ElementsAre("/tools/1", "/system/0", "/messages/6/content/0", "/messages/8/content/0"));
}

TEST(CacheMarks, are_at_most_four_and_change_nothing_but_themselves) {
    std::vector<Message> messages{user(long_text())};
    std::string before;
    for (int n = 0; n < 40; ++n) {
        const ModelCall call = with_minimum(with_tools(call_of(messages, long_text())), 1024, n % 2 == 0);
        const std::string body = encode(call);
        EXPECT_LE(marks(call).size(), 4U);
        std::string now = without_marks(body);
        now.resize(now.find(",\"max_tokens\":") - 1);
        ASSERT_TRUE(now.starts_with(before));
        before = std::move(now);
        messages.push_back(call_round(n));
        messages.push_back(n % 5 == 4 ? user("go on") : results({result("t" + std::to_string(n), "r")}));
    }
}

}  // namespace
}  // namespace cortex::test
