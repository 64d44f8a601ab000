#pragma once
// Responses: OpenAI's own service, Azure's, and the stateless route of local servers.

#include "http.hpp"
#include "openai_cache.hpp"
#include "openai_call.hpp"
#include "prompt.hpp"
#include "reasoning_seal.hpp"
#include "responses_store.hpp"
#include "script.hpp"

#include <optional>
#include <string>
#include <vector>

namespace emulator {

/// One checked request.
struct ResponsesCall : OpenaiCall {
    json::array items{};  ///< the whole input: what came before, then the request's own, a string as a message
    std::size_t first_own = 0;  ///< where the request's own items begin
    std::string effort{};  ///< that is used; empty: no reasoning model
    std::optional<std::string> summary{};  ///< asked for
    bool store = true;
    json::array transformations{};  ///< what was left out of the history, and why
};

/// Everything but the items. Fills the call's fields.
void check_responses(ResponsesCall& call);

/// `tools` and `tool_choice`.
void check_response_tools(const ResponsesCall& call);

/// The request's own items, each for itself.
void check_items(const ResponsesCall& call);

/// Calls and their outputs over the whole input.
void check_item_pairs(const ResponsesCall& call);

/// "message" for an item that has only a role.
[[nodiscard]] std::string item_type(const json::object& item);
/// What the model itself wrote: its messages and calls.
[[nodiscard]] bool is_output_item(const json::object& item);

[[nodiscard]] Prompt prompt_of(const ResponsesCall& call);

/// One answer in this dialect.
struct ResponseFrame {
    std::string id;
    std::int64_t created = 0;
    std::string status = "completed";
    json::array output;
    json::object usage;
    json::value incomplete_details;  ///< null: none
    json::value error;  ///< null: none
};

/// The answer's items, with ids made of `number`, and its status.
[[nodiscard]] ResponseFrame frame_of(const Answer& answer, const ResponsesCall& call, const ReasoningSealer& sealer,
                                     const std::string& number);

/// The response object; before the end it has no output and no usage.
[[nodiscard]] json::object response_object(const ResponseFrame& frame, const ResponsesCall& call, bool ended);
[[nodiscard]] std::vector<std::string> response_events(const ResponseFrame& frame, const ResponsesCall& call,
                                                       const StreamFaults& faults);

class ResponsesApi {
public:
    void reset();

    /// Throws Rejection and ShapedRefusal.
    [[nodiscard]] Reply create(OpenaiCall request, const std::string& request_id, const Step* step, bool& step_used);

    /// GET and DELETE of a stored response.
    [[nodiscard]] Reply stored(const std::string& method, const std::string& id, const std::string& request_id);

private:
    void resolve(ResponsesCall& call) const;

    std::uint64_t next_id_ = 0;
    PromptPrefixes prefixes_;
    ReasoningSealer sealer_;
    ResponseStore store_;
};

}  // namespace emulator
