// What is encoded for the Responses API, judged by the strict emulator: whole tool loops over every OpenAI model that is
// asked this way, through changes of model, and the refusals that the remedies cure.
#include "core/catalog.hpp"
#include "in_process.hpp"
#include "unit/dialects/responses_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view three_rounds = "CALL_LOOK: it\nCALL_ADD: 2 3\nTHEN\nCALL_ADD: 5 6\nTHEN\nCALL_LOOK: that\n";

/// A conversation with the emulator, as an engine holds it.
class Conversation {
public:
    explicit Conversation(bool streams) : streams_(streams) {
        prefix_->system = "Be brief.";
        prefix_->tools = with_tools(call_of({})).prefix->tools;
        // One schema that binds, one that does not.
        prefix_->tools[0].input_schema =
            R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"],"additionalProperties":false})";
    }

    ModelCall call(const std::string& id, const Need& need) const {
        static const auto catalog = Catalog::load({}, {}).value();
        auto model = std::make_shared<ModelInfo>(*catalog->find(id));
        return {.model = model,
                .wire_model = id,
                .provider = "openai",
                .prefix = prefix_,
                .messages = messages_,
                .params = legalize(need, *model, {}).value(),
                .stream = streams_,
                .cache_key = "session-1"};
    }

    void add(Message message) { messages_.push_back(std::make_shared<const Message>(std::move(message))); }

    emulator::InProcess::Answer send(const ModelCall& request) { return service_.responses(*dialect_.encode(request)); }

    /// Adds a message of the user's, and runs the loop until an answer calls nothing; the models take turns.
    int ask(std::string text, const std::vector<std::string>& models, const Need& need = {}) {
        add(user(std::move(text)));
        for (int round = 0; round < 8; ++round)
            if (!step(call(models[static_cast<std::size_t>(round) % models.size()], need))) return round + 1;
        ADD_FAILURE() << "the loop did not end";
        return 0;
    }

    int reasoned = 0;  ///< Answers that held reasoning.

private:
    bool step(const ModelCall& request) {
        const auto answer = send(request);
        EXPECT_EQ(answer.status, 200) << answer.body << "\n" << *dialect_.encode(request);
        if (answer.status != 200) return false;
        Played played = streams_ ? play_stream(dialect_, answer.body) : play_document(dialect_, answer.body);
        if (!played.done) {
            ADD_FAILURE() << answer.body;
            return false;
        }
        Message message = std::move(played.done->message);
        message.origin = {"openai", request.wire_model, ""};
        std::vector<ContentBlock> answers;
        bool reasons = false;
        for (const ContentBlock& content : message.content) {
            reasons =
                reasons || content.as<RedactedThinkingBlock>() != nullptr || content.as<ThinkingBlock>() != nullptr;
            if (const auto* use = content.as<ToolUseBlock>())
                answers.push_back(result(use->id, "5", answers.size() % 2 == 1));
        }
        reasoned += reasons ? 1 : 0;
        add(std::move(message));
        if (answers.empty()) return false;
        add(results(std::move(answers)));
        return true;
    }

    bool streams_;
    std::shared_ptr<FrozenPrefix> prefix_ = std::make_shared<FrozenPrefix>();
    std::vector<MessagePtr> messages_ = {};
    dialects::openai_responses::Dialect dialect_;
    emulator::InProcess service_;
};

std::vector<std::string> responses_models() {
    std::vector<std::string> ids;
    const auto catalog = Catalog::load({}, {}).value();
    for (const ModelInfo& model : catalog->models())
        if (model.provider == "openai" && model.openai_api == OpenAiApi::responses &&
            model.lifecycle != Lifecycle::retired)
            ids.push_back(model.id);
    return ids;
}

std::vector<Need> needs() {
    std::vector<Need> out(5);
    out[0].thinking = Thinking("off");
    out[1].thinking = Thinking(2048);
    out[1].show_thinking = true;
    out[2].level = ThinkingLevel::max;
    out[3].temperature = 0.5;
    out[4].level = ThinkingLevel::low;
    out[4].max_tokens = 1;
    return out;
}

TEST(ResponsesStrict, every_model_takes_a_tool_loop_and_the_turns_after_it_whatever_its_thinking) {
    const std::vector<std::string> models = responses_models();
    EXPECT_GT(models.size(), 5U);
    int reasoned = 0;
    for (const std::string& model : models) {
        for (const bool streams : {false, true}) {
            Conversation conversation(streams);
            for (const Need& need : needs()) {
                SCOPED_TRACE(model);
                const bool short_of_words = need.max_tokens.has_value();
                EXPECT_EQ(conversation.ask(short_of_words ? "Hello" : std::string(three_rounds), {model}, need),
                          short_of_words ? 1 : 4);
                conversation.ask("Thanks.", {model}, need);
                if (testing::Test::HasFailure()) return;
            }
            reasoned += conversation.reasoned;
        }
    }
    EXPECT_GT(reasoned, 20);
}

TEST(ResponsesStrict, models_and_vendors_may_change_within_a_loop_and_between_turns) {
    const std::vector<std::string> models = responses_models();
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::string& one = models[i];
        const std::string& other = models[(i + 3) % models.size()];
        Conversation conversation(i % 2 == 0);
        for (const Need& need : needs()) {
            SCOPED_TRACE(one + " and " + other);
            if (need.max_tokens) continue;
            conversation.ask(std::string(three_rounds), {one, other}, need);
            conversation.add(user("And you?"));
            conversation.add(
                assistant({block(ThinkingBlock{"Hm", "Sig=="}), block(ToolUseBlock{"toolu_1", "look", "{}"})}));
            conversation.add(results({result("toolu_1", "seen")}));
            conversation.ask(std::string(three_rounds), {other, other, one}, need);
            if (testing::Test::HasFailure()) return;
        }
    }
}

TEST(ResponsesStrict, reasoning_that_another_account_wrote_is_cured_by_the_remedy) {
    Conversation conversation(false);
    Need need;
    need.level = ThinkingLevel::high;
    conversation.ask(std::string(three_rounds), {"gpt-5.4"}, need);
    ASSERT_GT(conversation.reasoned, 0);
    ModelCall call = conversation.call("gpt-5.4", need);
    call.messages.push_back(std::make_shared<const Message>(user("Go on.")));
    emulator::InProcess elsewhere;
    const dialects::openai_responses::Dialect dialect;
    const auto refused = elsewhere.responses(*dialect.encode(call), "sk-of-another-account");
    ASSERT_EQ(refused.status, 400) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("invalid_encrypted_content"));
    ASSERT_EQ(dialect.remedy(call, head(400), refused.body), Remedy::drop_thinking_blocks);
    call.without_thinking_blocks = true;
    EXPECT_EQ(elsewhere.responses(*dialect.encode(call), "sk-of-another-account").status, 200);
    EXPECT_EQ(conversation.send(call).status, 200);  // also where the service knows which reasoning led to what
}

TEST(ResponsesStrict, an_effort_that_the_model_does_not_know_is_cured_by_the_remedy) {
    const dialects::openai_responses::Dialect dialect;
    emulator::InProcess service;
    Need need;
    need.level = ThinkingLevel::high;
    need.show_thinking = true;
    ModelCall call = reasoner_call({user("Hello")}, "", need);
    call.wire_model = "gpt-4.1";
    const auto refused = service.responses(*dialect.encode(call));
    ASSERT_EQ(refused.status, 400) << refused.body;
    ASSERT_EQ(dialect.remedy(call, head(400), refused.body), Remedy::drop_effort) << refused.body;
    call.without_effort = true;
    const auto taken = service.responses(*dialect.encode(call));
    EXPECT_EQ(taken.status, 200) << taken.body;
}

TEST(ResponsesStrict, an_answer_in_a_schema_is_taken) {
    const dialects::openai_responses::Dialect dialect;
    emulator::InProcess service;
    for (const std::string schema :
         {R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})",
          R"({"type":"object","properties":{"n":{"type":"integer","default":3}}})"}) {
        ModelCall call = reasoner_call({user("Hello")});
        call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{"answer", schema});
        const auto answer = service.responses(*dialect.encode(call));
        EXPECT_EQ(answer.status, 200) << answer.body;
    }
}

}  // namespace
}  // namespace cortex::test
