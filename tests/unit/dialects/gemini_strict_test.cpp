// What is encoded for Gemini, judged by the strict emulator: whole tool loops, over every Gemini of the catalogue, streamed and
// not, through changes of model.
#include "core/catalog.hpp"
#include "dialects/gemini/dialect.hpp"
#include "in_process.hpp"
#include "net/sse_decoder.hpp"
#include "unit/dialects/gemini_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view three_rounds = "CALL_LOOK: it\nCALL_ADD: 2 3\nTHEN\nCALL_ADD: 5 6\nTHEN\nCALL_LOOK: that\n";

/// A conversation with the emulator, as an engine holds it: what is answered joins the history.
class Conversation {
public:
    /// Adds a message of the user's, and runs the loop until an answer calls nothing; the models take turns.
    void ask(std::string text, const std::vector<std::string>& models, const Need& need = {}) {
        messages_.push_back(std::make_shared<const Message>(user(std::move(text))));
        for (std::size_t round = 0; round < 8; ++round) {
            const bool more = step(call(models[round % models.size()], need, round % 2 == 1));
            if (testing::Test::HasFailure() || !more) return;
        }
        ADD_FAILURE() << "the loop did not end";
    }

    void add(Message message) { messages_.push_back(std::make_shared<const Message>(std::move(message))); }

    ModelCall call(const std::string& id, const Need& need, bool stream) const {
        static const auto catalog = Catalog::load({}, {}).value();
        ModelCall out = with_system(with_tools(gemini_call({}, {}, id)), "Be brief.");
        auto model = std::make_shared<ModelInfo>(*catalog->find(id));
        out.params = legalize(need, *model, {}).value();
        out.model = std::move(model);
        out.messages = messages_;
        out.stream = stream;
        return out;
    }

    emulator::InProcess::Answer send(const ModelCall& request) {
        return service_.gemini(request.wire_model + (request.stream ? ":streamGenerateContent?alt=sse" : ":generateContent"), *dialect_.encode(request));
    }

    /// One request; false where the answer calls nothing.
    bool step(const ModelCall& request) {
        const emulator::InProcess::Answer answer = send(request);
        EXPECT_EQ(answer.status, 200) << request.wire_model << ": " << answer.body << "\n" << *dialect_.encode(request);
        if (answer.status != 200) return false;
        std::vector<StreamEvent> events;
        const auto decoder = dialect_.decoder(request);
        if (request.stream) {
            net::SseDecoder sse;
            EXPECT_TRUE(sse.feed(answer.body, [&](const SseEvent& event) { decoder->on_event(event, events); }));
            decoder->on_end(events);
        } else {
            decoder->on_document(answer.body, events);
        }
        auto* done = events.empty() ? nullptr : std::get_if<MessageDone>(&events.back());
        if (done == nullptr) {
            ADD_FAILURE() << answer.body;
            return false;
        }
        done->message.origin = {request.provider, request.wire_model, ""};
        std::vector<ContentBlock> answers;
        for (const ContentBlock& content : done->message.content)
            if (const auto* use = content.as<ToolUseBlock>()) answers.push_back(result(use->id, "5", answers.size() % 2 == 1));
        add(std::move(done->message));
        if (answers.empty()) return false;
        add(results(std::move(answers)));
        return true;
    }

private:
    std::vector<MessagePtr> messages_ = {};
    dialects::gemini::Dialect dialect_;
    emulator::InProcess service_;
};

std::vector<std::string> gemini_models() {
    std::vector<std::string> ids;
    const auto catalog = Catalog::load({}, {}).value();
    for (const ModelInfo& model : catalog->models())
        if (model.provider == "gemini" && model.lifecycle != Lifecycle::retired) ids.push_back(model.id);
    return ids;
}

std::vector<Need> needs() {
    std::vector<Need> out(4);
    out[0].thinking = Thinking("off");
    out[1].thinking = Thinking(2048);
    out[1].show_thinking = true;
    out[2].level = ThinkingLevel::max;
    out[2].budget = 16'000;
    out[2].show_thinking = true;
    out[3].temperature = 0.5;
    return out;
}

TEST(GeminiStrict, every_gemini_takes_a_tool_loop_and_the_turns_after_it_whatever_its_thinking) {
    ASSERT_GT(gemini_models().size(), 8U);
    for (const std::string& model : gemini_models()) {
        Conversation conversation;
        for (const Need& need : needs()) {
            SCOPED_TRACE(model);
            conversation.ask(std::string(three_rounds), {model}, need);
            conversation.ask("Thanks.", {model}, need);
            if (HasFailure()) return;
        }
    }
}

TEST(GeminiStrict, models_may_change_within_a_loop_and_between_turns) {
    const std::vector<std::string> models = gemini_models();
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::string& one = models[i];
        const std::string& other = models[(i + 5) % models.size()];
        SCOPED_TRACE(one + " and " + other);
        Conversation conversation;
        conversation.ask(std::string(three_rounds), {one, other});
        conversation.ask(std::string(three_rounds), {other, other, one});
        if (HasFailure()) return;
    }
}

TEST(GeminiStrict, a_loop_that_another_vendors_model_began_goes_on) {
    for (const std::string& model : gemini_models()) {
        Conversation conversation;
        conversation.add(user("Look it up."));
        conversation.add(assistant({block(ThinkingBlock{"hm", "claude's"}), block(TextBlock{"I look."}), block(ToolUseBlock{"toolu_1", "look", R"({"q":"a"})"}),
                                    block(ToolUseBlock{"toolu_2", "look", R"({"q":"b"})"})}));
        conversation.add(results({result("toolu_2", "4")}));
        conversation.step(conversation.call(model, {}, false));
        if (HasFailure()) return;
    }
}

TEST(GeminiStrict, signatures_of_another_place_are_refused_and_the_remedy_cures_it) {
    Conversation conversation;
    conversation.add(user("Look it up."));
    Message stale = gemini_said({block(ToolUseBlock{"call_1", "look", R"({"q":"a"})"}, R"({"functionCall":{"name":"look","args":{"q":"a"}},"thoughtSignature":"AAAA"})")});
    conversation.add(std::move(stale));
    conversation.add(results({result("call_1", "4")}));
    ModelCall call = conversation.call(std::string(gemini_model), {}, false);
    const auto refused = conversation.send(call);
    ASSERT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("thought signature"));
    const dialects::gemini::Dialect dialect;
    EXPECT_EQ(dialect.remedy(call, head(400), refused.body), Remedy::drop_thinking_blocks);
    call.without_thinking_blocks = true;
    conversation.step(call);
}

}  // namespace
}  // namespace cortex::test
