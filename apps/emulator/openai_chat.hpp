#pragma once
// Chat Completions: OpenAI's own service, Azure's deployments, and lenient local servers.

#include "http.hpp"
#include "openai_cache.hpp"
#include "openai_call.hpp"
#include "prompt.hpp"
#include "script.hpp"

#include <string>
#include <vector>

namespace emulator {

/// One checked request.
struct ChatCall : OpenaiCall {
    bool include_usage = false;
};

/// Everything the service refuses, as OpenAI's sentences. Fills the call's fields.
void check_chat(ChatCall& call);

/// The part of it that looks at the messages: roles, content, and a tool message for every call.
void check_chat_messages(const ChatCall& call);

[[nodiscard]] Prompt prompt_of(const ChatCall& call);

struct ChatFrame {
    std::string id;
    std::int64_t created = 0;
};

[[nodiscard]] std::string chat_json(const Answer& answer, const ChatCall& call, const ChatFrame& frame);
[[nodiscard]] std::vector<std::string> chat_events(const Answer& answer, const ChatCall& call, const ChatFrame& frame,
                                                   const StreamFaults& faults);

/// The answers' side of the route; who may ask and for what model is settled before.
class OpenaiChatApi {
public:
    void reset() { prefixes_.clear(); }

    /// Throws Rejection and ShapedRefusal.
    [[nodiscard]] Reply create(OpenaiCall request, const std::string& request_id, const Step* step, bool& step_used);

private:
    std::uint64_t next_id_ = 0;
    PromptPrefixes prefixes_;
};

}  // namespace emulator
