#include "agent/turn_machine.hpp"
#include "agent/turn_report.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {

bool TurnMachine::accept_structured(const MessageDone& done, SteadyTime now, std::vector<TurnAction>& out) {
    const auto& content = done.message.content;
    if (done.stop == StopReason::pause || std::any_of(content.begin(), content.end(), [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; })) return true;
    const std::string text = text_of(done.message);
    const std::string_view json = StructuredAnswer::json_of(text);
    const std::string fault = spec_.answer->fault(json);
    if (fault.empty()) {
        text_ = json;
        context_.wrong_answer.clear();
        return true;
    }
    const bool cut = done.stop == StopReason::length;
    log_.append(CallFailed{turn(), std::string(cortex::to_string(ErrorCode::protocol)), {}});
    log_.append(DecisionTaken{turn(), "answer", {fmt::format("the answer of {} does not fit the schema: {}", current_->wire_model, fault)}});
    // Once, and not where the user has seen it already. What was cut at its limit would be cut again.
    if (state_ == State::calling && !spec_.streaming && !cut && context_.wrong_answer.empty() && !trim(text).empty()) {
        add_once(response_.metadata.degraded, fmt::format("the first answer did not fit the schema ({}), so {} was asked again", fault, current_->wire_model));
        text_.resize(text_.size() - std::min(text_.size(), call_text_.size()));
        call_text_.clear();
        context_.wrong_answer = text;
        context_.correction = StructuredAnswer::correction(fault);
        start_call(now, out);
        return false;
    }
    ended_badly({.code = ErrorCode::protocol,
                 .message = fmt::format("The answer of {} does not fit answer_schema: {}{}", current_->wire_model, fault,
                                        cut ? ". It was cut at its limit of tokens: raise max_tokens." : ". Ask again, simplify the schema, or choose another model."),
                 .retryable = !cut,
                 .provider = current_->provider,
                 .model = current_->wire_model,
                 .http_status = 200,
                 .request_id = response_.metadata.request_id},
                out);
    return false;
}

}  // namespace cortex::agent
