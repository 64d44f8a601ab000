#include "routing/call_machine.hpp"

#include "support/fake_channel.hpp"
#include "support/scripted_rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cortex::routing {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr SteadyTime start_time{};
const std::string key = "sk-test-0123456789abcdef";

ModelInfo priced_model() {
    ModelInfo model{.id = "m", .provider = "anthropic"};
    model.prices.base = {.input = 3'000'000, .output = 15'000'000};
    return model;
}

/// A machine and everything that it asked for, in order.
struct Bench {
    explicit Bench(bool stream = true, RetryPolicy retry = {}, Deadline deadline = {}) : Bench(spec(stream, retry, deadline)) {}
    explicit Bench(CallSpec with) : machine(std::move(with), rng) {}
    Bench(const Bench&) = delete;   // the machine refers to the numbers beside it
    Bench& operator=(const Bench&) = delete;

    static CallSpec spec(bool stream, RetryPolicy retry, Deadline deadline) {
        auto message = std::make_shared<Message>();
        message->content.push_back({.value = TextBlock{"hi"}, .raw = {}});
        auto model = std::make_shared<ModelInfo>(priced_model());
        auto params = legalize({}, *model, {});
        return {.channel = std::make_shared<test::FakeChannel>(),
                .call = {.model = model, .wire_model = "m", .provider = "vendor", .prefix = std::make_shared<FrozenPrefix>(),
                         .messages = {message}, .params = *params, .stream = stream},
                .key_places = "KEY_VARIABLE",
                .retry = retry, .http = {}, .deadline = deadline};
    }

    void on(const CallEvent& event) {
        actions.clear();
        machine.on(event, now, actions);
    }
    void begin() {
        on(CallStarted{});
        credential();
    }
    void credential() { on(CredentialReady{Credential{.kind = Credential::Kind::api_key, .secret = key}}); }
    void head(int status, std::vector<HttpHeader> headers = {{"Content-Type", "text/event-stream"}}) {
        on(HeadArrived{HttpHead{.status = status, .headers = std::move(headers)}});
    }
    void event(const std::string& data) { on(BytesArrived{"data: " + data + "\n\n"}); }
    void end() { on(BodyEnded{Result<void>()}); }
    void fail_attempt(int status, std::vector<HttpHeader> headers = {}) {
        head(status, std::move(headers));
        on(BytesArrived{"no"});
        end();
    }

    template <class T>
    const T* first() const {
        for (const CallAction& action : actions)
            if (const T* found = std::get_if<T>(&action)) return found;
        return nullptr;
    }
    std::string delivered() const {
        std::string text;
        for (const CallAction& action : actions)
            if (const auto* deliver = std::get_if<Deliver>(&action))
                if (const auto* delta = std::get_if<TextDelta>(&deliver->event)) text += delta->text;
        return text;
    }

    test::ConstantRng rng;
    CallMachine machine;
    SteadyTime now = start_time;
    std::vector<CallAction> actions;
};

TEST(CallMachine, asks_for_a_credential_before_it_sends) {
    Bench b;
    b.on(CallStarted{});
    EXPECT_NE(b.first<FetchCredential>(), nullptr);
    EXPECT_EQ(b.first<SendRequest>(), nullptr);
    b.credential();
    ASSERT_NE(b.first<SendRequest>(), nullptr);
    EXPECT_EQ(b.first<SendRequest>()->request.url, "https://vendor.test/m");
    EXPECT_TRUE(b.first<SendRequest>()->request.streaming);
}

TEST(CallMachine, delivers_text_as_it_comes_and_ends_with_the_message) {
    Bench b;
    b.begin();
    b.head(200, {{"content-type", "text/event-stream; charset=utf-8"}, {"request-id", "req_1"}});
    b.event("text Hel");
    EXPECT_EQ(b.delivered(), "Hel");
    b.event("text lo");
    EXPECT_EQ(b.delivered(), "lo");
    b.now += 20ms;
    b.event("done");
    const auto* ended = b.first<CallEnded>();
    ASSERT_NE(ended, nullptr);
    ASSERT_TRUE(ended->result);
    EXPECT_EQ(text_of(ended->result->message), "Hello");
    EXPECT_EQ(ended->result->message.origin, (Origin{"vendor", "m", ""}));
    ASSERT_EQ(ended->attempts.size(), 1U);
    EXPECT_EQ(ended->attempts[0].outcome, "ok");
    EXPECT_EQ(ended->attempts[0].request_id, "req_1");
    EXPECT_EQ(ended->waited, 20ms);
    EXPECT_EQ(ended->cost, 10 * 3000 + 3 * 15000);
}

TEST(CallMachine, a_whole_answer_to_a_streaming_request_is_delivered) {
    Bench b;
    b.begin();
    b.head(200, {{"content-type", "application/json"}});
    b.on(BytesArrived{"text Hello\ndo"});
    b.on(BytesArrived{"ne"});
    b.end();
    ASSERT_NE(b.first<CallEnded>(), nullptr);
    EXPECT_EQ(b.delivered(), "Hello");
}

TEST(CallMachine, a_stream_under_a_wrong_label_is_read_as_a_stream) {
    Bench b;
    b.begin();
    b.head(200, {{"content-type", "text/plain"}});
    b.on(BytesArrived{"da"});
    EXPECT_EQ(b.delivered(), "");
    b.on(BytesArrived{"ta: text Hello\n\n"});
    EXPECT_EQ(b.delivered(), "Hello");
    b.event("done");
    EXPECT_TRUE(b.first<CallEnded>()->result);
}

TEST(CallMachine, repeats_after_a_growing_pause_and_gives_up_after_two_repeats) {
    Bench b;
    b.begin();
    for (const auto pause : {500ms, 1000ms}) {
        b.fail_attempt(529);
        ASSERT_NE(b.first<PauseUntil>(), nullptr);
        EXPECT_EQ(b.first<PauseUntil>()->when, b.now + pause);
        b.now += pause;
        b.on(PauseOver{});
        EXPECT_NE(b.first<FetchCredential>(), nullptr) << "the key is asked for again";
        b.credential();
        EXPECT_NE(b.first<SendRequest>(), nullptr);
    }
    b.fail_attempt(529);
    const auto* ended = b.first<CallEnded>();
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(ended->result.error().code, ErrorCode::unavailable);
    EXPECT_EQ(ended->attempts.size(), 3U);
    EXPECT_EQ(ended->waited, 1500ms);
}

TEST(CallMachine, repeats_only_as_long_as_the_engine_has_repeats_in_hand) {
    CallSpec spec = Bench::spec(true, {}, {});
    spec.repeats = std::make_shared<AttemptBudget>(0.2, 0, 10);
    for (int call = 1; call <= 10; ++call) {   // each fifth call may be repeated
        Bench b(spec);
        b.begin();
        b.fail_attempt(503);
        const auto* ended = b.first<CallEnded>();
        ASSERT_EQ(ended == nullptr, call % 5 == 0) << call;
        if (ended == nullptr) continue;
        EXPECT_EQ(ended->result.error().code, ErrorCode::unavailable);
        EXPECT_THAT(ended->notices, testing::ElementsAre(HasSubstr("was not repeated")));
    }
}

TEST(CallMachine, sends_the_same_bytes_again) {
    Bench b;
    b.begin();
    const Body first = b.first<SendRequest>()->request.body;
    b.fail_attempt(500);
    b.on(PauseOver{});
    b.credential();
    EXPECT_EQ(b.first<SendRequest>()->request.body, first);
}

TEST(CallMachine, obeys_the_servers_pause_exactly) {
    Bench b;
    b.begin();
    b.fail_attempt(429, {{"retry-after", "7"}, {"Retry-After-Ms", "1250.5"}});
    EXPECT_EQ(b.first<PauseUntil>()->when, b.now + 1251ms);
}

TEST(CallMachine, a_wait_above_the_cap_is_not_slept) {
    Bench b;
    b.begin();
    b.fail_attempt(429, {{"retry-after", "3600"}});
    const auto* ended = b.first<CallEnded>();
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(ended->result.error().code, ErrorCode::rate_limit);
    EXPECT_EQ(ended->result.error().retry_after, 3600s);
}

TEST(CallMachine, a_pause_that_would_outlast_the_turn_does_not_begin) {
    Bench b(true, {}, Deadline::at(start_time + 400ms));
    b.begin();
    b.fail_attempt(529);
    EXPECT_EQ(b.first<PauseUntil>(), nullptr);
    EXPECT_NE(b.first<CallEnded>(), nullptr);
}

TEST(CallMachine, what_cannot_succeed_is_asked_once) {
    for (const int status : {400, 401, 404}) {
        Bench b;
        b.begin();
        b.fail_attempt(status);
        ASSERT_NE(b.first<CallEnded>(), nullptr) << status;
        EXPECT_EQ(b.first<CallEnded>()->attempts.size(), 1U) << status;
    }
}

TEST(CallMachine, an_error_in_the_stream_is_repeated_only_before_the_first_text) {
    Bench before;
    before.begin();
    before.head(200);
    before.event("thinking hm");
    before.event("fail overloaded");
    EXPECT_NE(before.first<PauseUntil>(), nullptr);

    Bench after;
    after.begin();
    after.head(200);
    after.event("text Half");
    after.event("fail overloaded");
    const auto* ended = after.first<CallEnded>();
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(ended->result.error().code, ErrorCode::unavailable);
    EXPECT_EQ(ended->partial_text, "Half");
    EXPECT_EQ(ended->result.error().partial_content, "Half");
    EXPECT_EQ(ended->usage.input, 5) << "what was counted before the failure is paid";
}

TEST(CallMachine, a_cut_connection_is_repeated_before_the_first_text_and_surfaces_after_it) {
    const ErrorInfo cut{.code = ErrorCode::network, .message = "cut", .retryable = true};
    Bench before;
    before.begin();
    before.on(BodyEnded{cut});
    EXPECT_NE(before.first<PauseUntil>(), nullptr);

    Bench after;
    after.begin();
    after.head(200);
    after.event("text Half");
    after.on(BodyEnded{cut});
    ASSERT_NE(after.first<CallEnded>(), nullptr);
    EXPECT_EQ(after.first<CallEnded>()->result.error().code, ErrorCode::network);
}

TEST(CallMachine, a_stream_that_ends_without_its_end_is_an_error) {
    Bench b(true, {.max_retries = 0});
    b.begin();
    b.head(200);
    b.event("text Half");
    b.end();
    EXPECT_EQ(b.first<CallEnded>()->result.error().code, ErrorCode::network);
}

TEST(CallMachine, a_credential_that_is_missing_costs_no_request) {
    Bench b;
    b.on(CallStarted{});
    b.on(CredentialReady{ErrorInfo{.code = ErrorCode::auth, .message = "no key"}});
    EXPECT_EQ(b.first<SendRequest>(), nullptr);
    EXPECT_EQ(b.first<CallEnded>()->result.error().code, ErrorCode::auth);
    EXPECT_TRUE(b.first<CallEnded>()->attempts.empty());
}

TEST(CallMachine, masks_a_key_that_the_vendor_repeats) {
    Bench b;
    b.begin();
    b.head(401, {{"request-id", "id-" + key}});
    b.on(BytesArrived{"invalid key " + key.substr(0, 12) + " or " + key});
    b.end();
    const ErrorInfo& error = b.first<CallEnded>()->result.error();
    for (std::size_t i = 0; i + 8 <= key.size(); ++i) {
        EXPECT_THAT(error.message, Not(HasSubstr(key.substr(i, 8))));
        EXPECT_THAT(error.request_id, Not(HasSubstr(key.substr(i, 8))));
    }
    EXPECT_THAT(error.message, HasSubstr("invalid key"));
    EXPECT_THAT(error.message, HasSubstr("KEY_VARIABLE"));
}

TEST(CallMachine, cancelling_closes_the_request_and_ends_the_call) {
    Bench b;
    b.begin();
    b.head(200);
    b.event("text Half");
    b.on(CallCancelled{{.code = ErrorCode::cancelled, .message = "stop"}});
    EXPECT_NE(b.first<CancelRequest>(), nullptr);
    ASSERT_NE(b.first<CallEnded>(), nullptr);
    EXPECT_EQ(b.first<CallEnded>()->partial_text, "Half");
    b.event("text more");
    EXPECT_TRUE(b.actions.empty());
}

TEST(CallMachine, cancelling_a_pause_ends_it) {
    Bench b;
    b.begin();
    b.fail_attempt(529);
    b.on(CallCancelled{{.code = ErrorCode::timeout, .message = "late"}});
    EXPECT_NE(b.first<CancelPause>(), nullptr);
    EXPECT_EQ(b.first<CallEnded>()->result.error().code, ErrorCode::timeout);
    b.on(PauseOver{});
    EXPECT_TRUE(b.actions.empty());
}

/// Every event in every state: nothing crashes, and after the end nothing comes any more.
Credential another(std::string text) { return {.kind = Credential::Kind::bearer, .secret = Secret(std::move(text)), .source = "somewhere"}; }

CallSpec curing_spec() {
    CallSpec spec = Bench::spec(true, {}, {});
    auto channel = std::make_shared<test::FakeChannel>();
    channel->cures_401 = true;
    spec.channel = std::move(channel);
    return spec;
}

TEST(CallMachine, a_refused_token_is_replaced_once_and_at_once) {
    Bench bench(curing_spec());
    bench.begin();
    bench.fail_attempt(401);
    ASSERT_NE(bench.first<FetchCredential>(), nullptr);
    ASSERT_TRUE(bench.first<FetchCredential>()->refused) << "so that no memory of it answers";
    EXPECT_EQ(bench.first<PauseUntil>(), nullptr);
    bench.on(CredentialReady{another("fresh-0123456789")});
    ASSERT_NE(bench.first<SendRequest>(), nullptr);
    bench.fail_attempt(401);
    ASSERT_NE(bench.first<CallEnded>(), nullptr) << "a second refusal is final";
    EXPECT_EQ(bench.first<CallEnded>()->result.error().code, ErrorCode::auth);
    EXPECT_EQ(bench.first<CallEnded>()->attempts.size(), 2U);
}

TEST(CallMachine, where_there_is_no_other_token_no_second_request_is_made) {
    Bench bench(curing_spec());
    bench.begin();
    bench.fail_attempt(401);
    bench.credential();
    EXPECT_EQ(bench.first<SendRequest>(), nullptr);
    ASSERT_NE(bench.first<CallEnded>(), nullptr);
    EXPECT_EQ(bench.first<CallEnded>()->result.error().http_status, 401);
}

TEST(CallMachine, a_token_that_was_issued_anew_is_tried_though_it_reads_the_same) {
    Bench bench(curing_spec());
    bench.begin();
    bench.fail_attempt(401);
    Credential issued{.kind = Credential::Kind::api_key, .secret = key};
    issued.expires_at = WallTime(std::chrono::hours(1));
    bench.on(CredentialReady{issued});
    EXPECT_NE(bench.first<SendRequest>(), nullptr);
}

TEST(CallMachine, a_corrected_clock_is_worth_one_more_try_and_the_user_is_told) {
    Bench bench;
    bench.begin();
    bench.fail_attempt(418);
    ASSERT_NE(bench.first<FetchCredential>(), nullptr);
    EXPECT_FALSE(bench.first<FetchCredential>()->refused) << "the credential was good";
    bench.credential();
    ASSERT_NE(bench.first<SendRequest>(), nullptr);
    bench.fail_attempt(418);
    ASSERT_NE(bench.first<CallEnded>(), nullptr);
    EXPECT_THAT(bench.first<CallEnded>()->notices, testing::ElementsAre("The clock was wrong."));
}

TEST(CallMachine, masks_all_parts_of_a_cloud_credential) {
    Bench bench;
    bench.on(CallStarted{});
    bench.on(CredentialReady{Credential{.kind = Credential::Kind::aws_keys, .secret = Secret("wJalrXUtnFEMI/K7MDENG"), .access_key_id = "AKIDEXAMPLE", .session_token = Secret("FwoGZXIvYXdzEBYaDH")}});
    bench.head(403);
    bench.on(BytesArrived{"signed with AKIDEXAMPLE FwoGZXIvYXdzEBYaDH wJalrXUtnFEMI/K7MDENG"});
    bench.end();
    const std::string& message = bench.first<CallEnded>()->result.error().message;
    for (const char* part : {"AKIDEXAM", "FwoGZXIv", "wJalrXUt"}) EXPECT_THAT(message, Not(HasSubstr(part)));
}

TEST(CallMachine, survives_every_event_in_every_state) {
    const std::vector<std::function<void(Bench&)>> events{
        [](Bench& b) { b.on(CallStarted{}); },          [](Bench& b) { b.credential(); },
        [](Bench& b) { b.head(200); },                  [](Bench& b) { b.head(529); },
        [](Bench& b) { b.event("text x"); },            [](Bench& b) { b.event("done"); },
        [](Bench& b) { b.event("fail x"); },            [](Bench& b) { b.end(); },
        [](Bench& b) { b.on(BodyEnded{ErrorInfo{.code = ErrorCode::network, .retryable = true}}); },
        [](Bench& b) { b.on(PauseOver{}); },            [](Bench& b) { b.on(CallCancelled{{.code = ErrorCode::cancelled}}); },
        [](Bench& b) { b.on(CredentialReady{ErrorInfo{.code = ErrorCode::auth}}); }};
    std::mt19937 random(7);
    for (int walk = 0; walk < 3000; ++walk) {
        Bench b;
        int ends = 0;
        for (int step = 0; step < 14; ++step) {
            const bool was_over = b.machine.state() == CallMachine::State::ended;
            events[random() % events.size()](b);
            if (was_over) {
                EXPECT_TRUE(b.actions.empty());
            }
            if (b.first<CallEnded>() != nullptr) ++ends;
        }
        EXPECT_LE(ends, 1);
    }
}

}  // namespace
}  // namespace cortex::routing
