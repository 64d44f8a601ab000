#include "agent/tool_round.hpp"

#include "agent/tool_result.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

/// More than any model writes in one answer (128,000 tokens of about 4 bytes); what is longer is not looked into.
constexpr std::size_t longest_arguments = std::size_t{1} << 20U;

bool blank(std::string_view arguments) { return trim(arguments).empty(); }

}  // namespace

ToolRound::ToolRound(const Message& answer, std::shared_ptr<const ToolSet> tools, Caps caps) : tools_(std::move(tools)), caps_(std::move(caps)) {
    for (const ContentBlock& block : answer.content) {
        const auto* use = block.as<ToolUseBlock>();
        if (use == nullptr) continue;
        calls_.push_back({.call = {.id = use->id,
                                   .name = use->name,
                                   .arguments = blank(use->input) ? "{}" : use->input,
                                   .session_id = caps_.session_id,
                                   .user_id = caps_.user_id,
                                   .stop = {}},
                          .entry = tools_->find(use->name),
                          .result = {}});
    }
    open_ = calls_.size();
}

std::optional<std::string> ToolRound::check(const ToolSet::Entry& entry, std::string& arguments) const {
    if (arguments.size() > longest_arguments)
        return fmt::format("The arguments of {} are {} bytes long; at most {} are taken. Call it again with less.", entry.tool.name, arguments.size(), longest_arguments);
    JsonParser parser;
    const JsonValue* value = parser.parse(arguments);
    if (value == nullptr)
        return fmt::format("The arguments of {} are not {}: {}. Call it again with a JSON object that fits its schema.", entry.tool.name,
                           parser.cut() ? "complete JSON" : "JSON (or nest more than 128 levels)", replace_invalid_utf8(utf8_prefix(arguments, 200)));
    if (const auto violation = entry.schema.check(*value))
        return fmt::format("The arguments of {} do not fit its schema: {}. Correct them and call it again.", entry.tool.name, violation->sentence());
    if (parser.source().data() != arguments.data()) arguments = std::string(parser.source());
    return std::nullopt;
}

void ToolRound::start(std::vector<RoundAction>& out) {
    StreamChunk chunk{.chunk_type = ChunkType::tool_execution};
    for (const Call& call : calls_) chunk.tools.push_back(call.call.name);
    out.emplace_back(ShowChunk{std::move(chunk)});
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        Call& call = calls_[i];
        if (call.entry == nullptr) {
            end(i, ToolOutcome::error(fmt::format("There is no tool named {}. The tools are: {}.", replace_invalid_utf8(utf8_prefix(call.call.name, 80)), tools_->names())),
                ToolEnding::refused, out);
        } else if (auto reason = check(*call.entry, call.call.arguments)) {
            end(i, ToolOutcome::error(*std::move(reason)), ToolEnding::refused, out);
        } else if (call.entry->tool.approve || call.entry->tool.ask_run) {
            call.phase = Phase::asking;
            out.emplace_back(AskApproval{i, tools_, &call.entry->tool, call.call});
        }
    }
    fill(out);
}

bool ToolRound::may_run(const Call& call) const {
    if (call.phase != Phase::waiting || running_ >= caps_.parallel) return false;
    const int own_cap = call.entry->tool.max_parallel;
    if (own_cap == 0) return true;
    return std::count_if(calls_.begin(), calls_.end(), [&](const Call& other) { return other.phase == Phase::running && other.entry == call.entry; }) < own_cap;
}

/// Starts what the caps allow, in order.
void ToolRound::fill(std::vector<RoundAction>& out) {
    for (std::size_t i = 0; i < calls_.size() && running_ < caps_.parallel; ++i)
        if (may_run(calls_[i])) run(i, out);
}

void ToolRound::run(std::size_t index, std::vector<RoundAction>& out) {
    Call& call = calls_[index];
    call.phase = Phase::running;
    call.began = true;
    ++running_;
    out.emplace_back(LogFact{ToolIntended{caps_.turn, call.call.id, call.call.name, call.call.arguments}});
    out.emplace_back(RunTool{index, tools_, &call.entry->tool, call.call});
}

void ToolRound::on_approval(std::size_t index, const Approval& approval, std::vector<RoundAction>& out) {
    if (index >= calls_.size() || calls_[index].phase != Phase::asking) return;
    Call& call = calls_[index];
    const std::string_view said = !approval.allowed ? "denied" : blank(approval.arguments) ? "allowed" : "allowed with other arguments";
    out.emplace_back(LogFact{DecisionTaken{caps_.turn, "approval",
                                           {fmt::format("{} ({}): {}{}{}", call.call.name, call.call.id, said, approval.reason.empty() ? "" : ": ", approval.reason)}}});
    if (!approval.allowed) {
        end(index, ToolOutcome::error(fmt::format("The call was not allowed{}{}", approval.reason.empty() ? "." : ": ", approval.reason)), ToolEnding::denied, out);
    } else if (std::string arguments = approval.arguments; blank(arguments)) {
        call.phase = Phase::waiting;
    } else if (auto reason = check(*call.entry, arguments)) {
        end(index, ToolOutcome::error("The call was allowed with other arguments, but they cannot be used. " + *reason), ToolEnding::denied, out);
    } else {
        call.edited = call.call.arguments != arguments;
        call.call.arguments = std::move(arguments);
        call.phase = Phase::waiting;
    }
    fill(out);
}

void ToolRound::on_outcome(std::size_t index, ToolOutcome outcome, std::vector<RoundAction>& out) {
    if (index >= calls_.size() || calls_[index].phase != Phase::running) return;
    const Call& call = calls_[index];
    // The model must know what was really done in its name.
    if (call.edited) outcome.content.insert(0, fmt::format("[The call was allowed with other arguments: {}]\n", call.call.arguments));
    const ToolEnding ending = outcome.is_error ? ToolEnding::failed : ToolEnding::succeeded;
    end(index, std::move(outcome), ending, out);
    fill(out);
}

void ToolRound::on_timeout(std::size_t index, std::vector<RoundAction>& out) {
    if (index >= calls_.size() || calls_[index].phase != Phase::running) return;
    const Call& call = calls_[index];
    out.emplace_back(StopTool{index});
    end(index, ToolOutcome::error(fmt::format("{} did not answer within {} ms and was given up. Whether it took effect is not known.", call.call.name,
                                              call.entry->tool.timeout.count())),
        ToolEnding::timed_out, out);
    fill(out);
}

void ToolRound::interrupt(std::vector<RoundAction>& out) {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        const Phase phase = calls_[i].phase;
        if (phase == Phase::done) continue;
        if (phase == Phase::asking || phase == Phase::running) out.emplace_back(StopTool{i});
        if (phase == Phase::running)
            end(i, ToolOutcome::error("The turn was stopped while this call ran. Whether it took effect is not known."), ToolEnding::interrupted, out);
        else
            end(i, ToolOutcome::error("The turn was stopped before this call ran."), ToolEnding::not_started, out);
    }
}

void ToolRound::end(std::size_t index, ToolOutcome outcome, ToolEnding ending, std::vector<RoundAction>& out) {
    Call& call = calls_[index];
    if (call.phase == Phase::running) --running_;
    call.phase = Phase::done;
    --open_;
    const bool success = !outcome.is_error;
    const std::size_t most = call.entry == nullptr ? Tool().max_result_bytes : call.entry->tool.max_result_bytes;
    call.result = tool_result(call.call.id, std::move(outcome), most);
    out.emplace_back(LogFact{ToolEnded{caps_.turn, call.call.id, call.call.name, ending}});
    out.emplace_back(ShowChunk{{.chunk_type = ChunkType::tool_result, .tool_name = call.call.name, .tool_call_id = call.call.id, .success = success}});
}

MessagePtr ToolRound::results() const {
    auto message = std::make_shared<Message>();
    message->role = Role::user;
    message->content.reserve(calls_.size());
    for (const Call& call : calls_) message->content.push_back({.value = call.result, .raw = {}});
    return message;
}

std::vector<std::string> ToolRound::ran() const {
    std::vector<std::string> names;
    for (const Call& call : calls_)
        if (call.began) names.push_back(call.call.name);
    return names;
}

}  // namespace cortex::agent
