#pragma once

#include "agent/turn_machine.hpp"

#include "support/fake_channel.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cortex::agent::test {

inline MessagePtr user(const std::string& text) {
    auto message = std::make_shared<Message>();
    message->content.push_back({.value = TextBlock{text}, .raw = {}});
    return message;
}

inline MessageDone done(const std::string& text, StopReason stop = StopReason::stop) {
    MessageDone out;
    out.message.role = Role::assistant;
    if (!text.empty()) out.message.content.push_back({.value = TextBlock{text}, .raw = {}});
    out.stop = stop;
    out.model = "m-served";
    return out;
}

struct Asked {
    std::string id;
    std::string name;
    std::string arguments = "{}";
};

/// An answer that calls tools.
inline MessageDone calls(const std::vector<Asked>& asked, const std::string& text = {}) {
    MessageDone out = done(text, StopReason::tool_calls);
    for (const Asked& call : asked) out.message.content.push_back({.value = ToolUseBlock{call.id, call.name, call.arguments}, .raw = {}});
    return out;
}

/// A model that can do what any request asks of it.
inline ModelInfo able(const std::string& id, const std::string& vendor) {
    return {.id = id, .provider = vendor, .context_window = 200'000, .max_output_tokens = 64'000, .vision = true, .pdf = true, .tool_use = true};
}

inline ModelChoicePtr choice(ModelInfo model, const std::string& provider = "vendor") {
    ModelChoice out;
    out.channel = std::make_shared<cortex::test::FakeChannel>();
    out.wire_model = model.id;
    out.model = std::make_shared<ModelInfo>(std::move(model));
    out.provider = provider;
    out.reason = "configured";
    return std::make_shared<ModelChoice>(std::move(out));
}

inline TurnSpec spec_for(const std::string& text) {
    TurnSpec spec;
    spec.user_message = user(text);
    spec.prefix = std::make_shared<FrozenPrefix>();
    spec.orchestrator = spec.worker = choice({.id = "m", .provider = "anthropic"});
    spec.assessment.hard = true;
    spec.streaming = true;
    spec.notices = {"a notice"};
    return spec;
}

inline void give_tools(TurnSpec& spec, std::vector<Tool> tools) {
    auto set = ToolSet::create(std::move(tools));
    if (!set) throw std::runtime_error(set.error().message);
    spec.tools = *set;
    spec.prefix = std::make_shared<FrozenPrefix>(FrozenPrefix{.system = {}, .tools = (*set)->definitions()});
}

/// A turn machine on a table: events go in, and what it wants done lies in `actions` until the next event.
struct Bench {
    explicit Bench(SessionLog& session_log, const std::string& text = "hi") : Bench(session_log, spec_for(text)) {}
    Bench(SessionLog& session_log, TurnSpec spec) : log(session_log), machine(std::move(spec), session_log) {}

    void on(const TurnEvent& event) {
        actions.clear();
        machine.on(event, now, actions);
    }
    void text(const std::string& piece) { on(CallDelivered{TextDelta{piece}}); }
    void returned(MessageDone message, Usage usage = {.input = 10, .output = 3}) {
        message.usage = usage;
        message.message.origin = {.provider = "vendor", .model = last_model, .account = {}};
        on(CallReturned{routing::CallEnded{std::move(message), {}, {Attempt{.provider = "vendor"}}, usage, 7, "req_1", std::chrono::milliseconds(5)}});
        if (const auto* start = first<StartCall>()) last_model = start->spec.call.wire_model;
    }
    void failed(ErrorCode code) {
        on(CallReturned{routing::CallEnded{ErrorInfo{.code = code, .message = "no"}, {}, {}, {}, 0, {}, std::chrono::nanoseconds(0)}});
    }
    void run(const std::string& answer) {
        on(TurnStarted{});
        text(answer);
        returned(done(answer));
    }
    template <class T>
    const T* first() const {
        for (const TurnAction& action : actions)
            if (const T* found = std::get_if<T>(&action)) return found;
        return nullptr;
    }
    template <class T>
    std::vector<const T*> all() const {
        std::vector<const T*> out;
        for (const TurnAction& action : actions)
            if (const T* found = std::get_if<T>(&action)) out.push_back(found);
        return out;
    }

    SessionLog& log;
    TurnMachine machine;
    SteadyTime now{};
    std::vector<TurnAction> actions;
    std::string last_model = "m";
};

}  // namespace cortex::agent::test
