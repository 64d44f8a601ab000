#pragma once

#include "dialects/openai_responses/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cortex::test {

inline const Origin reasoner_origin{.provider = "openai", .model = "gpt-5.4", .account = {}};

/// A call of a model whose thinking goes by words, "none" unless it is asked.
inline ModelCall reasoner_call(std::vector<Message> messages, std::string system = {}, Need need = {}) {
    auto model = std::make_shared<ModelInfo>();
    model->id = "gpt-5.4";
    model->provider = "openai";
    model->max_output_tokens = 128'000;
    model->tool_use = true;
    model->vision = true;
    model->pdf = true;
    model->openai_api = OpenAiApi::responses;
    model->thinking.by_word = true;
    model->effort_levels = {"none", "low", "medium", "high", "xhigh"};
    model->default_effort = "none";
    ModelCall call = call_of(std::move(messages), std::move(system));
    call.model = model;
    call.wire_model = model->id;
    call.provider = "openai";
    call.params = legalize(need, *model, {}).value();
    return call;
}

/// Thinks hard, and shows it.
inline Need thinking_aloud() {
    Need need;
    need.level = ThinkingLevel::high;
    need.show_thinking = true;
    return need;
}

inline Message own(std::vector<ContentBlock> blocks) { return assistant(std::move(blocks), reasoner_origin); }

inline std::string encoded(const ModelCall& call) { return *dialects::openai_responses::Dialect().encode(call); }

// Output items as the service writes them.
inline ContentBlock reasoning_item(const std::string& id, const std::string& encrypted = "gAAA") {
    return block(RedactedThinkingBlock{encrypted}, R"({"id":")" + id + R"(","type":"reasoning","encrypted_content":")" +
                                                       encrypted + R"(","summary":[]})");
}
inline ContentBlock message_item(const std::string& id, const std::string& text) {
    return block(
        TextBlock{text},
        R"({"id":")" + id +
            R"(","type":"message","status":"completed","phase":"commentary","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":")" +
            text + R"("}],"role":"assistant"})");
}
inline ContentBlock call_item(const std::string& id, const std::string& call_id, const std::string& name = "look") {
    return block(ToolUseBlock{call_id, name, "{}"},
                 R"({"id":")" + id + R"(","type":"function_call","status":"completed","arguments":"{}","call_id":")" +
                     call_id + R"(","name":")" + name + R"("})");
}

}  // namespace cortex::test
