#include "conversation.hpp"

#include <algorithm>
#include <utility>

namespace cortex::property {
void Conversation::run_turn(agent::TurnSpec spec, bool faults) {
    faults_ = faults;
    finished_ = false;
    call_.reset();
    request_.reset();
    tools_.clear();
    wants_credential_ = pausing_ = false;
    down_.clear();
    for (const Target& target : among_)
        if (faults_ && rng_.chance(15)) down_.insert(target.choice->provider);
    const auto sent_before = sent_;
    const std::size_t facts_before = log_.facts().size();
    turn_.emplace(std::move(spec), log_);
    on_turn(agent::TurnStarted{});
    for (int steps = 0; !finished_; ++steps) {
        if (steps > 10'000) {
            complain("the turn does not end");
            return;
        }
        if (faults_ && rng_.chance(3)) {
            on_turn(agent::TurnCancelled{{.code = rng_.chance(50) ? ErrorCode::cancelled : ErrorCode::timeout, .message = "enough"}});
            continue;
        }
        step();
    }
    bool failed = false;
    bool new_prefix = false;
    for (std::size_t i = facts_before; i < log_.facts().size(); ++i) {
        if (const auto* ended = std::get_if<TurnEnded>(&log_.facts()[i])) failed = ended->outcome == TurnOutcome::failed;
        if (std::holds_alternative<ThinkingDropped>(log_.facts()[i])) new_prefix = true;
    }
    if (failed) sent_ = sent_before;   // a failed turn leaves the conversation
    if (new_prefix) sent_.clear();
}

void Conversation::step() {
    now_ += std::chrono::milliseconds(10);
    if (wants_credential_) {
        wants_credential_ = false;
        on_call(routing::CredentialReady{asked().credential, {}});
    } else if (pausing_) {
        pausing_ = false;
        on_call(routing::PauseOver{});
    } else if (request_) {
        answer(*std::exchange(request_, std::nullopt));
    } else if (!tools_.empty()) {
        act_on_a_tool();
    } else {
        complain("nothing is under way and the turn is not over");
        finished_ = true;
    }
}

void Conversation::act_on_a_tool() {
    auto at = std::next(tools_.begin(), static_cast<std::ptrdiff_t>(rng_.below(tools_.size())));
    const std::size_t index = at->first;
    const bool asked = at->second;
    tools_.erase(at);
    if (asked)
        on_turn(agent::ApprovalGiven{index, rng_.chance(60) ? Approval::allow() : rng_.chance(50) ? Approval::deny("no") : Approval::edit(R"({"q":"edited"})")});
    else if (faults_ && rng_.chance(10))
        on_turn(agent::ToolTimedOut{index});
    else
        on_turn(agent::ToolReturned{index, luck()});
}

ToolOutcome Conversation::luck() {
    switch (rng_.below(6)) {
        case 0: return ToolOutcome::error("it broke");
        case 1: return ToolOutcome::text("");
        case 2: return ToolOutcome::image("image/png", "not really a picture");
        case 3: return ToolOutcome::text("bytes \xFF\xC3 that are no text");
        case 4: return ToolOutcome::text(std::string(rng_.below(20'000), 'x'));
        default: return ToolOutcome::json(R"({"found":3})");
    }
}

void Conversation::on_turn(const agent::TurnEvent& event) {
    std::vector<agent::TurnAction> actions;
    turn_->on(event, now_, actions);
    for (agent::TurnAction& action : actions) {
        if (auto* start = std::get_if<agent::StartCall>(&action)) {
            const ModelCall& call = start->spec.call;
            switches_ += !model_.wire_model.empty() && (model_.provider != call.provider || model_.wire_model != call.wire_model);
            model_.provider = call.provider;
            model_.wire_model = call.wire_model;
            asking_ = call.messages;
            call_.emplace(std::move(start->spec), rng_);
            on_call(routing::CallStarted{});
        } else if (auto* cancel = std::get_if<agent::CancelCall>(&action)) {
            on_call(routing::CallCancelled{std::move(cancel->reason)});
        } else if (const auto* ask = std::get_if<agent::AskApproval>(&action)) {
            tools_[ask->index] = true;
        } else if (const auto* run = std::get_if<agent::RunTool>(&action)) {
            tools_[run->index] = false;
        } else if (const auto* stop = std::get_if<agent::StopTool>(&action)) {
            tools_.erase(stop->index);
        } else if (std::holds_alternative<agent::TurnFinished>(action)) {
            finished_ = true;
        }
    }
}

void Conversation::on_call(const routing::CallEvent& event) {
    std::vector<routing::CallAction> actions;
    call_->on(event, now_, actions);
    for (routing::CallAction& action : actions) {
        if (std::holds_alternative<routing::FetchCredential>(action)) wants_credential_ = true;
        if (auto* send = std::get_if<routing::SendRequest>(&action)) request_ = std::move(send->request);
        if (std::holds_alternative<routing::CancelRequest>(action)) request_.reset();
        if (std::holds_alternative<routing::PauseUntil>(action)) pausing_ = true;
        if (std::holds_alternative<routing::CancelPause>(action)) pausing_ = false;
        if (auto* deliver = std::get_if<routing::Deliver>(&action)) on_turn(agent::CallDelivered{std::move(deliver->event)});
        if (auto* ended = std::get_if<routing::CallEnded>(&action)) {
            request_.reset();
            wants_credential_ = pausing_ = false;
            on_turn(agent::CallReturned{std::move(*ended)});
        }
    }
}

const Target& Conversation::asked() const {
    return *std::find_if(among_.begin(), among_.end(), [&](const Target& target) { return target.choice->same_model(model_); });
}

void Conversation::answer(const HttpRequest& request) {
    Vendors::Reply reply;
    const bool down = down_.contains(model_.provider);
    if (down || (faults_ && rng_.chance(4))) {
        reply.head = {.status = 503, .headers = {{"content-type", "application/json"}}};
        reply.body = R"({"type":"error","error":{"type":"overloaded_error","code":503,"status":"UNAVAILABLE","message":"Overloaded"}})";
    } else {
        reply = vendors_.answer(request);
        judge(request, reply);
    }
    on_call(routing::HeadArrived{reply.head});
    std::string_view rest = reply.body;
    if (faults_ && request.streaming && reply.accepted() && rng_.chance(5)) rest = rest.substr(0, rng_.below(rest.size()));   // the connection breaks
    const bool broken = rest.size() < reply.body.size();
    while (!rest.empty() && call_->state() != routing::CallMachine::State::ended) {
        const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + rng_.below(4'000));
        on_call(routing::BytesArrived{rest.substr(0, piece)});
        rest.remove_prefix(piece);
    }
    if (broken)
        on_call(routing::BodyEnded{ErrorInfo{.code = ErrorCode::network, .message = "cut", .retryable = true}});
    else
        on_call(routing::BodyEnded{Result<void>{}});
}

void Conversation::judge(const HttpRequest& request, const Vendors::Reply& reply) {
    ++requests_;
    if (!reply.accepted()) complain(model_.wire_model + " was refused a request: " + sentence_of(reply) + "\n" + request.body->substr(0, 20'000));
    // What one model goes on with that another began is put together anew once it is whole.
    if (asking_.size() != log_.state().messages().size()) return;
    Sent now{.wire = wire_of(*request.body), .messages = asking_.size()};
    if (now.wire.messages.empty()) complain("a request without messages: " + request.body->substr(0, 2'000));
    Sent& before = sent_[model_.provider + "/" + model_.wire_model];
    // Where a user's message came right behind another, some dialects make one of both.
    const bool joined = before.messages < asking_.size() && asking_[before.messages]->role == Role::user;
    if (const std::string what = breach(before.wire, now.wire, joined); before.messages > 0 && !what.empty())
        complain("the request does not begin with what " + model_.wire_model + " was sent before: " + what);
    before = std::move(now);
}

void Conversation::complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
}

}  // namespace cortex::property
