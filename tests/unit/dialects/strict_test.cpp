// What is encoded, judged by the strict emulator: whole tool loops, over every Claude model, through changes of model.
#include "core/catalog.hpp"
#include "core/json.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "in_process.hpp"
#include "unit/dialects/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view three_rounds = "CALL_LOOK: it\nCALL_ADD: 2 3\nTHEN\nCALL_ADD: 5 6\nTHEN\nCALL_LOOK: that\n";

/// A conversation with the emulator, as an engine holds it: what is answered joins the history.
class Conversation {
public:
    explicit Conversation(std::string system = "Be brief.") {
        prefix_->system = std::move(system);
        prefix_->tools = with_tools(call_of({})).prefix->tools;
    }

    /// Adds a message of the user's, and runs the loop until an answer calls nothing; the models take turns.
    void ask(std::string text, const std::vector<std::string>& models, Need need = {}) {
        messages_.push_back(std::make_shared<const Message>(user(std::move(text))));
        for (std::size_t round = 0; round < 8; ++round) {
            const bool more = step(models[round % models.size()], need);
            if (testing::Test::HasFatalFailure() || !more) return;
        }
        ADD_FAILURE() << "the loop did not end";
    }

    FrozenPrefix& prefix() { return *prefix_; }
    int status = 200;
    std::string body;

    ModelCall call(const std::string& id, const Need& need) const {
        static const auto catalog = Catalog::load({}, {}).value();
        auto model = std::make_shared<ModelInfo>(*catalog->find(id));
        Limits limits;
        limits.loop_without_thinking = loop_without_thinking(id);
        return {.model = model,
                .wire_model = id,
                .provider = "anthropic",
                .prefix = prefix_,
                .messages = messages_,
                .params = legalize(need, *model, limits).value()};
    }

    emulator::InProcess::Answer send(const ModelCall& request) {
        const bool interleaved = request.model->thinking.interleaves_by_header && request.params.thinking_budget() > 0;
        return service_.messages(*dialect_.encode(request), interleaved ? "interleaved-thinking-2025-05-14" : "");
    }

    /// One request; false where the answer calls nothing.
    bool step(const std::string& id, const Need& need) {
        const ModelCall request = call(id, need);
        const emulator::InProcess::Answer answer = send(request);
        status = answer.status;
        body = answer.body;
        EXPECT_EQ(answer.status, 200) << id << ": " << answer.body << "\n" << *dialect_.encode(request);
        if (answer.status != 200) return false;
        std::vector<StreamEvent> events;
        dialect_.decoder(request)->on_document(answer.body, events);
        auto* done = std::get_if<MessageDone>(&events.back());
        if (done == nullptr) {
            ADD_FAILURE() << answer.body;
            return false;
        }
        done->message.origin = {"anthropic", id, ""};
        std::vector<ContentBlock> answers;
        for (const ContentBlock& content : done->message.content)
            if (const auto* use = content.as<ToolUseBlock>())
                answers.push_back(result(use->id, "5", answers.size() % 2 == 1));
        messages_.push_back(std::make_shared<const Message>(std::move(done->message)));
        if (answers.empty()) return false;
        messages_.push_back(std::make_shared<const Message>(results(std::move(answers))));
        return true;
    }

private:
    /// The running loop's first answer holds no thinking that this model wrote.
    bool loop_without_thinking(const std::string& id) const {
        const Message* first = nullptr;
        for (auto at = messages_.rbegin(); at != messages_.rend(); ++at) {
            if ((*at)->role == Role::assistant)
                first = at->get();
            else if ((*at)->content.front().as<ToolResultBlock>() == nullptr)
                break;
        }
        if (first == nullptr) return false;
        const ContentBlock& block = first->content.front();
        return first->origin.model != id ||
               (block.as<ThinkingBlock>() == nullptr && block.as<RedactedThinkingBlock>() == nullptr);
    }

    std::shared_ptr<FrozenPrefix> prefix_ = std::make_shared<FrozenPrefix>();
    std::vector<MessagePtr> messages_ = {};
    dialects::anthropic::Dialect dialect_;
    emulator::InProcess service_;
};

std::vector<std::string> claude_models() {
    std::vector<std::string> ids;
    const auto catalog = Catalog::load({}, {}).value();
    for (const ModelInfo& model : catalog->models())
        if (model.provider == "anthropic") ids.push_back(model.id);
    return ids;
}

std::vector<Need> needs() {
    std::vector<Need> out(5);
    out[0].thinking = Thinking("off");
    out[1].thinking = Thinking(2048);
    out[1].show_thinking = true;
    out[2].level = ThinkingLevel::max;
    out[2].budget = 16'000;
    out[3].temperature = 0.5;
    out[4].level = ThinkingLevel::low;
    out[4].budget = 1'024;
    return out;
}

TEST(Strict, every_claude_takes_a_tool_loop_and_the_turns_after_it_whatever_its_thinking) {
    for (const std::string& model : claude_models()) {
        Conversation conversation;
        for (const Need& need : needs()) {
            SCOPED_TRACE(model);
            ASSERT_NO_FATAL_FAILURE(conversation.ask(std::string(three_rounds), {model}, need));
            ASSERT_NO_FATAL_FAILURE(conversation.ask("Thanks.", {model}, need));
            ASSERT_EQ(conversation.status, 200);
        }
    }
}

TEST(Strict, models_may_change_within_a_loop_and_between_turns) {
    const std::vector<std::string> models = claude_models();
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::string& one = models[i];
        const std::string& other = models[(i + 7) % models.size()];
        Conversation conversation;
        for (const Need& need : needs()) {
            SCOPED_TRACE(one + " and " + other);
            ASSERT_NO_FATAL_FAILURE(conversation.ask(std::string(three_rounds), {one, other}, need));
            ASSERT_NO_FATAL_FAILURE(conversation.ask(std::string(three_rounds), {other, other, one}, need));
            ASSERT_EQ(conversation.status, 200);
        }
    }
}

TEST(Strict, the_cache_is_read_in_every_round_of_a_loop) {
    std::string system;
    while (system.size() < 30'000) system += "Read the manual before you answer. ";
    Conversation conversation(system);
    Need need;
    need.level = ThinkingLevel::low;
    std::string loop = "CALL_LOOK: it\n";
    for (int i = 0; i < 6; ++i) loop += "THEN\nCALL_ADD: 1 2\nCALL_ADD: 3 4\nCALL_ADD: 5 6\n";
    conversation.ask(loop, {"claude-opus-4-6"}, need);
    ASSERT_EQ(conversation.status, 200);
    JsonParser parser;
    const JsonObject* answer = parser.parse_object(conversation.body);
    ASSERT_NE(answer, nullptr);
    const JsonObject& usage = *json_object(*answer, "usage");
    // All but the newest round comes out of the cache, and that round goes into it.
    EXPECT_GT(json_integer(usage, "cache_read_input_tokens").value_or(0), 7'500);
    EXPECT_GT(json_integer(usage, "cache_creation_input_tokens").value_or(0), 0);
    EXPECT_LT(json_integer(usage, "input_tokens").value_or(1'000), 50);
}

TEST(Strict, thinking_that_a_new_prefix_broke_is_cured_by_the_remedy) {
    Conversation conversation;
    conversation.ask("Hello", {"claude-opus-5-5"}, {});
    ASSERT_EQ(conversation.status, 200);
    conversation.prefix().system = "Be long.";
    ModelCall call = conversation.call("claude-opus-5-5", {});
    call.messages.push_back(std::make_shared<const Message>(user("Go on.")));
    const dialects::anthropic::Dialect dialect;
    const auto refused = conversation.send(call);
    ASSERT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("bound to a different conversation"));
    EXPECT_EQ(dialect.remedy(call, head(400), refused.body), Remedy::drop_thinking_blocks);
    call.without_thinking_blocks = true;
    EXPECT_EQ(conversation.send(call).status, 200);
    EXPECT_EQ(dialect.remedy(call, head(400), refused.body), Remedy::none);
}

TEST(Strict, chat_completions_take_tool_loops_natively_and_told) {
    emulator::InProcess service;
    const dialects::openai_chat::Dialect dialect;
    for (const bool told : {false, true}) {
        ModelCall call = with_tools(call_of({user(std::string(three_rounds))}, "Be brief."));
        call.wire_model = "llama3.2:1b";
        call.provider = "ollama";
        call.without_tools = told;
        int rounds = 0;
        for (bool more = true; more && rounds < 8; ++rounds) {
            const auto answer = service.chat(*dialect.encode(call));
            ASSERT_EQ(answer.status, 200) << answer.body;
            std::vector<StreamEvent> events;
            dialect.decoder(call)->on_document(answer.body, events);
            auto& done = std::get<MessageDone>(events.back());
            std::vector<ContentBlock> answers;
            for (const ContentBlock& content : done.message.content)
                if (const auto* use = content.as<ToolUseBlock>()) answers.push_back(result(use->id, "5"));
            call.messages.push_back(std::make_shared<const Message>(std::move(done.message)));
            more = !answers.empty();
            if (more) call.messages.push_back(std::make_shared<const Message>(results(std::move(answers))));
        }
        EXPECT_EQ(rounds, told ? 1 : 4);
    }
}

}  // namespace
}  // namespace cortex::test
