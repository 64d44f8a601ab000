#pragma once
// Chat Completions: OpenAI's own service for OpenAI's ids, a lenient local server for any other id.

#include "http.hpp"
#include "keys.hpp"
#include "openai_models.hpp"
#include "prompt.hpp"
#include "script.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace emulator {

/// One checked request.
struct ChatCall {
    json::object body;
    std::string model;
    const OpenaiRules* rules = nullptr;  ///< null: a local model, or an OpenAI id newer than the table
    bool local = false;
    bool stream = false;
    bool include_usage = false;
    bool obfuscation = false;
    bool reasons = false;                ///< reasoning tokens are spent, and shown by local servers
    std::size_t prompt_tokens = 0;
    std::size_t cached_tokens = 0;       ///< of prompt_tokens
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

class OpenaiChatApi {
public:
    /// `local`: no key is needed and every model is a local server's.
    explicit OpenaiChatApi(bool local) : local_(local) {}

    void reset() { prefixes_.clear(); }

    [[nodiscard]] Reply answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                               const Step* step, bool& step_used);

    [[nodiscard]] static Reply error(int status, std::string_view type, std::string_view message,
                                     const std::string& request_id, std::string_view param = {},
                                     std::string_view code = {});
    [[nodiscard]] static std::string_view type_of(int status) noexcept;

private:
    [[nodiscard]] Reply create(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                               const Step* step, bool& step_used);
    [[nodiscard]] Reply models(const HttpRequest& request, const KeyRing& keys, std::string_view id,
                               const std::string& request_id) const;
    void authorize(const HttpRequest& request, const KeyRing& keys, bool needs_key) const;

    /// Remembers this prompt and counts how much of it an earlier one began with.
    void charge_cache(ChatCall& call, const std::string& owner);

    bool local_;
    std::uint64_t next_id_ = 0;
    std::unordered_set<std::string> prefixes_;  ///< digests of key, model, tools and the first messages
};

}  // namespace emulator
