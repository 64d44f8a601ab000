// What the chat dialect says to OpenAI, judged by the strict emulator: whole tool loops, every model, what a refusal teaches.
#include "core/catalog.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "in_process.hpp"
#include "unit/dialects/support.hpp"

#include <gtest/gtest.h>

namespace cortex::test {
namespace {

const Catalog& catalog() {
    static const auto loaded = Catalog::load({}, {}).value();
    return *loaded;
}

std::vector<const ModelInfo*> models_asked_by(OpenAiApi api) {
    std::vector<const ModelInfo*> out;
    for (const ModelInfo& model : catalog().models())
        if (model.provider == "openai" && model.lifecycle != Lifecycle::retired && model.openai_api == api) out.push_back(&model);
    return out;
}

/// A conversation with the emulator, as an engine holds it.
class Loop {
public:
    explicit Loop(const ModelInfo& model) : model_(std::make_shared<ModelInfo>(model)) {
        auto prefix = std::make_shared<FrozenPrefix>(*with_tools(call_of({})).prefix);
        prefix->system = "Be brief.";
        prefix_ = std::move(prefix);
    }

    ModelCall call(const Need& need) const {
        return {.model = model_,
                .wire_model = model_->id,
                .provider = "openai",
                .prefix = prefix_,
                .messages = messages_,
                .params = legalize(need, *model_, {}).value(),
                .cache_key = "session-1"};
    }

    void say(std::string text) { messages_.push_back(std::make_shared<const Message>(user(std::move(text)))); }
    void without_tools() { prefix_ = std::make_shared<const FrozenPrefix>(FrozenPrefix{.system = "Be brief.", .tools = {}}); }

    emulator::InProcess::Answer send(const ModelCall& request) { return service_.chat(*dialect_.encode(request)); }
    Remedy remedy(const ModelCall& request, const emulator::InProcess::Answer& refusal) const {
        return dialect_.remedy(request, head(refusal.status), refusal.body);
    }

    /// One request; false where the answer calls nothing.
    bool step(const ModelCall& request) {
        const emulator::InProcess::Answer answer = send(request);
        EXPECT_EQ(answer.status, 200) << model_->id << ": " << answer.body << "\n" << *dialect_.encode(request);
        if (answer.status != 200) return false;
        const Played played = request.stream ? play_stream(dialect_, answer.body) : play_document(dialect_, answer.body);
        if (!played.done) {
            ADD_FAILURE() << answer.body;
            return false;
        }
        EXPECT_TRUE(played.done->usage_known) << answer.body;
        Message message = played.done->message;
        message.origin = {"openai", model_->id, ""};
        std::vector<ContentBlock> answers;
        for (const ContentBlock& content : message.content)
            if (const auto* use = content.as<ToolUseBlock>()) answers.push_back(result(use->id, "5", answers.size() % 2 == 1));
        messages_.push_back(std::make_shared<const Message>(std::move(message)));
        if (answers.empty()) return false;
        messages_.push_back(std::make_shared<const Message>(results(std::move(answers))));
        return true;
    }

private:
    std::shared_ptr<const ModelInfo> model_;
    std::shared_ptr<const FrozenPrefix> prefix_;
    std::vector<MessagePtr> messages_ = {};
    dialects::openai_chat::Dialect dialect_{{.max_tokens_member = "max_completion_tokens", .system_role = "developer", .max_effort = "xhigh", .cache_key = true}};
    emulator::InProcess service_;
};

TEST(ChatStrict, tool_loops_are_taken_from_every_model_that_is_asked_by_chat) {
    for (const ModelInfo* model : models_asked_by(OpenAiApi::chat))
        for (const bool stream : {false, true}) {
            Loop loop(*model);
            loop.say("CALL_LOOK: it\nCALL_ADD: 2 3\nTHEN\nCALL_ADD: 5 6\nTHEN\nCALL_LOOK: that\n");
            int rounds = 0;
            for (bool more = true; more && rounds < 8; ++rounds) {
                ModelCall call = loop.call({.temperature = 0.5});
                call.stream = stream;
                more = loop.step(call);
            }
            EXPECT_EQ(rounds, 4) << model->id;
        }
}

TEST(ChatStrict, answers_without_tools_are_given_by_every_model_at_every_level) {
    for (const OpenAiApi api : {OpenAiApi::chat, OpenAiApi::responses})
        for (const ModelInfo* model : models_asked_by(api))
            for (const ThinkingLevel level : {ThinkingLevel::off, ThinkingLevel::low, ThinkingLevel::medium, ThinkingLevel::high, ThinkingLevel::max}) {
                Loop loop(*model);
                loop.without_tools();
                loop.say("Hello");
                EXPECT_FALSE(loop.step(loop.call({.level = level})));
            }
}

TEST(ChatStrict, an_effort_that_is_refused_beside_tools_is_left_out) {
    Loop loop(*catalog().find("gpt-5.4"));
    loop.say("Hello");
    ModelCall call = loop.call({.level = ThinkingLevel::high});
    const emulator::InProcess::Answer refusal = loop.send(call);
    ASSERT_EQ(refusal.status, 400) << refusal.body;
    ASSERT_EQ(loop.remedy(call, refusal), Remedy::drop_effort) << refusal.body;
    call.without_effort = true;
    EXPECT_FALSE(loop.step(call));
}

TEST(ChatStrict, the_answers_length_finds_its_other_name) {
    const dialects::openai_chat::Dialect older;
    Loop loop(*catalog().find("gpt-5.4"));
    loop.say("Hello");
    ModelCall call = loop.call({});
    emulator::InProcess service;
    const emulator::InProcess::Answer refusal = service.chat(*older.encode(call));
    ASSERT_EQ(refusal.status, 400) << refusal.body;
    ASSERT_EQ(older.remedy(call, head(400), refusal.body), Remedy::other_max_tokens) << refusal.body;
    call.other_max_tokens = true;
    EXPECT_EQ(service.chat(*older.encode(call)).status, 200);
}

TEST(ChatStrict, an_answer_by_schema_is_taken) {
    Loop loop(*catalog().find("gpt-4.1"));
    loop.without_tools();
    loop.say("Hello");
    for (const char* schema : {R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})",
                               R"({"type":"object","properties":{"n":{"type":"integer"}}})"}) {
        ModelCall call = loop.call({});
        call.answer = std::make_shared<const AnswerSchema>(AnswerSchema{.name = "sum", .schema = schema});
        EXPECT_EQ(loop.send(call).status, 200) << loop.send(call).body;
    }
}

}  // namespace
}  // namespace cortex::test
