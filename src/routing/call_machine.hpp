#pragma once

#include "core/catalog.hpp"
#include "core/channel.hpp"
#include "core/rng.hpp"
#include "core/stream_event.hpp"
#include "net/sse_decoder.hpp"
#include "routing/attempt_budget.hpp"
#include "routing/rate_limits.hpp"
#include "routing/retry.hpp"

#include <cortex/response.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cortex::routing {

/// One model call, with all that its attempts need.
struct CallSpec {
    std::shared_ptr<const Channel> channel;
    ModelCall call;
    std::string key_places;   ///< Variables that may hold the provider's key; for errors.
    RetryPolicy retry;
    std::shared_ptr<AttemptBudget> repeats = {};      ///< Of all calls of an engine; null: only `retry` bounds them.
    HttpDeadlines http;
    Deadline deadline;    ///< The turn's: no pause begins that would end behind it.
    std::optional<SteadyTime> not_before = {};        ///< The provider is known to refuse until then: nothing is sent before.
    std::shared_ptr<const Catalog> catalog = {};      ///< For the price of a model that served in another's place; may be null.
};

// What happens to a call. Bytes are only looked at while `on` runs.
struct CallStarted {};
struct CredentialReady { Result<Credential> credential; WallTime wall = {}; };   ///< `wall`: for dates in signatures.
struct HeadArrived { HttpHead head; };
struct BytesArrived { std::string_view bytes; };
struct BodyEnded { Result<void> result; };
struct PauseOver {};
struct CallCancelled { ErrorInfo reason; };
using CallEvent = std::variant<CallStarted, CredentialReady, HeadArrived, BytesArrived, BodyEnded, PauseOver, CallCancelled>;

/// Something that a server refused and a second try left out.
struct Repair {
    Remedy remedy = Remedy::none;
    std::string why;      ///< The refusal.
};

/// "the tools left out", ...: for a sentence in the log.
std::string_view what_was_left_out(Remedy remedy) noexcept;

// What it wants done.
struct FetchCredential { std::optional<Credential> refused = {}; };   ///< `refused`: the service took this one no more.
struct SendRequest { HttpRequest request; };
struct CancelRequest {};
struct PauseUntil { SteadyTime when; std::string why; };   ///< `why`: for the log.
struct CancelPause {};
struct Deliver { StreamEvent event; };            ///< MessageStarted, TextDelta, ThinkingDelta, as they come.
struct CallEnded {
    Result<MessageDone> result;
    std::string partial_text;                     ///< What was delivered before a failure.
    std::vector<Attempt> attempts;
    Usage usage;                                  ///< Of all attempts.
    std::optional<std::int64_t> cost = {};        ///< Nano-dollars of all attempts; nothing where a price is unknown.
    std::string request_id;                       ///< Of the last attempt.
    std::chrono::nanoseconds waited{0};           ///< Between sending and the last byte, and in pauses.
    std::vector<Repair> repairs = {};             ///< What later attempts left out, in order.
    std::vector<std::string> notices = {};        ///< For the user: what a refusal taught the channel.
    RateLimits limits = {};                       ///< As the last head told them.
    bool usage_known = true;                      ///< False where an attempt may have used more than `usage` says.
};
using CallAction = std::variant<FetchCredential, SendRequest, CancelRequest, PauseUntil, CancelPause, Deliver, CallEnded>;

/// One model call: credential, request, decoding, and repeats where nothing was delivered yet. The only place that retries.
/// A plain machine: never blocks, reads no clock, throws nothing; after CallEnded it ignores everything.
class CallMachine {
public:
    CallMachine(CallSpec spec, Rng& rng);

    void on(const CallEvent& event, SteadyTime now, std::vector<CallAction>& out);

    enum class State { idle, credential, waiting, streaming, collecting, failing, pausing, ended };
    State state() const noexcept { return state_; }

private:
    void begin(SteadyTime now, std::vector<CallAction>& out);
    void start_attempt(std::vector<CallAction>& out);
    void on_credential(const CredentialReady& ready, SteadyTime now, std::vector<CallAction>& out);
    void on_head(const HttpHead& head, SteadyTime now, std::vector<CallAction>& out);
    void on_bytes(std::string_view bytes, SteadyTime now, std::vector<CallAction>& out);
    void on_body_end(const Result<void>& result, SteadyTime now, std::vector<CallAction>& out);
    void take_decoded(SteadyTime now, std::vector<CallAction>& out);
    void attempt_done(MessageDone done, SteadyTime now, std::vector<CallAction>& out);
    void attempt_failed(ErrorInfo error, const Usage& usage, SteadyTime now, std::vector<CallAction>& out);
    /// Tries once to cure a refusal by leaving out what was refused.
    bool repair(const ErrorInfo& refusal, std::vector<CallAction>& out);
    /// Tries once to cure a refusal by another credential, or another clock.
    bool cure(const ErrorInfo& refusal, std::vector<CallAction>& out);
    ErrorInfo classify() const { return spec_.channel->classify(spec_.call, *head_, collected_); }
    void record(std::string outcome, const Usage& usage, bool usage_known, std::string_view served, SteadyTime now);
    /// What the running attempt has used, as far as it told: of one that is cut off now.
    Usage used_so_far();
    const Prices& prices(std::string_view served) const;
    void finish(Result<MessageDone> result, std::vector<CallAction>& out);
    ErrorInfo describe(ErrorInfo error) const;

    CallSpec spec_;
    Rng& rng_;
    State state_ = State::idle;
    Body body_;                               ///< Encoded once; a repeat sends the same bytes.
    std::optional<Credential> credential_;
    std::optional<HttpHead> head_;
    bool request_open_ = false;
    std::unique_ptr<StreamDecoder> decoder_;
    std::unique_ptr<net::SseDecoder> sse_;
    std::unique_ptr<Deframer> deframer_;      ///< For a framing of the channel's own.
    std::string collected_;                   ///< Body of an error, or of an answer that is no stream.
    std::vector<StreamEvent> decoded_;
    std::string delivered_;                   ///< Text handed on by the current attempt.
    bool answer_begun_ = false;               ///< It has sent something of its answer.
    int repeats_ = 0;
    bool tried_fresh_credential_ = false;
    bool tried_other_clock_ = false;
    /// A credential that was refused, and how: a new one must differ to be worth a request.
    std::optional<std::pair<Credential, ErrorInfo>> refused_;
    SteadyTime attempt_began_{};
    SteadyTime waiting_since_{};
    CallEnded ended_{.result = MessageDone{}, .partial_text = {}, .attempts = {}, .usage = {}, .cost = 0, .request_id = {}, .waited = {}};
};

}  // namespace cortex::routing
