#include "calls.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace cortex::property {
namespace {

bool holds_result(const Message& message) {
    return std::any_of(message.content.begin(), message.content.end(),
                       [](const ContentBlock& block) { return block.as<ToolResultBlock>() != nullptr; });
}

/// Who began the tool loop that is under way; null where none is.
agent::ModelChoicePtr beginner(const std::vector<MessagePtr>& messages) {
    if (messages.empty() || messages.back()->role != Role::user || !holds_result(*messages.back())) return nullptr;
    agent::ModelChoicePtr first;
    for (auto at = messages.rbegin(); at != messages.rend(); ++at) {
        if ((*at)->role == Role::user && !holds_result(**at)) break;
        if ((*at)->role != Role::assistant) continue;
        agent::ModelChoice choice;
        choice.provider = (*at)->origin.provider;
        choice.wire_model = (*at)->origin.model;
        first = std::make_shared<agent::ModelChoice>(std::move(choice));
    }
    return first;
}

agent::SessionState state_of(const std::vector<MessagePtr>& messages) {
    agent::SessionState state;
    for (const MessagePtr& message : messages) {
        if (message->role == Role::assistant)
            state.apply(ModelOutputCommitted{.turn = 1, .message = message, .stop = StopReason::stop, .usage = {}});
        else if (holds_result(*message))
            state.apply(ToolResultsAdded{.turn = 1, .message = message});
        else
            state.apply(UserMessageAdded{.turn = 1, .message = message});
    }
    return state;
}

/// Drives one call to its end.
class Caller {
public:
    Caller(Vendors& vendors, const Target& target, routing::CallSpec spec, SeededRng& rng)
        : vendors_(vendors), target_(target), rng_(rng), machine_(std::move(spec), rng) {}

    Exchange run() {
        on(routing::CallStarted{});
        while (!over_) {
            now_ += std::chrono::seconds(1);
            if (std::exchange(wants_credential_, false))
                on(routing::CredentialReady{target_.credential, {}});
            else if (std::exchange(pausing_, false))
                on(routing::PauseOver{});
            else if (request_)
                answer(*std::exchange(request_, std::nullopt));
            else
                break;
        }
        return std::move(out_);
    }

private:
    void on(const routing::CallEvent& event) {
        std::vector<routing::CallAction> actions;
        machine_.on(event, now_, actions);
        for (routing::CallAction& action : actions) {
            if (std::holds_alternative<routing::FetchCredential>(action)) wants_credential_ = true;
            if (std::holds_alternative<routing::PauseUntil>(action)) pausing_ = true;
            if (auto* send = std::get_if<routing::SendRequest>(&action)) request_ = std::move(send->request);
            if (auto* ended = std::get_if<routing::CallEnded>(&action)) {
                over_ = true;
                if (ended->result)
                    out_.done = *std::move(ended->result);
                else
                    out_.error = ended->result.error().message;
            }
        }
    }

    void answer(const HttpRequest& request) {
        const Vendors::Reply reply = vendors_.answer(request);
        if (!reply.accepted() && out_.refusal.empty())
            out_.refusal = target_.name + ": " + sentence_of(reply) + "\n" + request.body->substr(0, 20'000);
        on(routing::HeadArrived{reply.head});
        std::string_view rest = reply.body;
        while (!rest.empty() && !over_) {
            const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + rng_.below(4'000));
            on(routing::BytesArrived{rest.substr(0, piece)});
            rest.remove_prefix(piece);
        }
        on(routing::BodyEnded{Result<void>{}});
    }

    Vendors& vendors_;
    const Target& target_;
    SeededRng& rng_;
    routing::CallMachine machine_;
    SteadyTime now_{};
    bool wants_credential_ = false;
    bool pausing_ = false;
    bool over_ = false;
    std::optional<HttpRequest> request_;
    Exchange out_;
};

}  // namespace

routing::CallSpec plan(const Target& target, const History& history, const Need& need, bool stream) {
    agent::TurnSpec spec;
    spec.prefix = history.prefix;
    spec.orchestrator = spec.worker = target.choice;
    spec.need = need;
    spec.streaming = stream;
    spec.session_id = "a session of which the name is longer than vendors take for a key of their caches: 0123456789";
    agent::CallContext context;
    context.began_with = beginner(history.messages);
    auto planned = agent::plan_call(spec, state_of(history.messages), context);
    if (!planned) throw std::runtime_error(target.name + ": " + planned.error().message);
    return std::move(planned->spec);
}

Exchange exchange(Vendors& vendors, const Target& target, routing::CallSpec spec, SeededRng& rng) {
    return Caller(vendors, target, std::move(spec), rng).run();
}

Need random_need(SeededRng& rng, const Target& target) {
    const ModelInfo& model = *target.choice->model;
    Need need;
    need.level = static_cast<ThinkingLevel>(rng.below(5));
    need.budget = need.level == ThinkingLevel::off ? 0 : static_cast<std::int64_t>(1'024 + rng.below(15'361));
    if (rng.chance(15)) need.thinking = Thinking(static_cast<int>(1'024 + rng.below(3'000)));
    if (rng.chance(10)) need.thinking = Thinking("off");
    need.allow_thinking = !rng.chance(5);
    need.show_thinking = rng.chance(30);
    const std::int64_t most = model.max_output_tokens > 0 ? model.max_output_tokens : 8'192;
    if (rng.chance(20)) need.max_tokens = static_cast<int>(1 + rng.below(static_cast<std::size_t>(std::min<std::int64_t>(most, 9'000))));
    if (rng.chance(20)) need.temperature = static_cast<double>(rng.below(11)) / 10.0;
    return need;
}

}  // namespace cortex::property
