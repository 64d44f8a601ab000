#pragma once

#include "core/channel.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::test {

/// A vendor of the tests' own with the simplest possible language, so that machines are tested without any real dialect.
/// A stream's events: `text X`, `thinking X`, `done`, `refuse`, `pause`, `fail CODE` (retryable) in `data`; a whole answer is
/// the same, one command a line. An error's body is its message; 401 auth, 404 model, 429 rate limit, 400 invalid, 5xx unavailable.
class FakeDialect final : public Dialect {
public:
    Body encode(const ModelCall& call) const override {
        std::string body = call.prefix ? "system " + call.prefix->system + "\n" : std::string();
        for (const MessagePtr& message : call.messages)
            body += (message->role == Role::user ? "user " : "assistant ") + text_of(*message) + "\n";
        body += "max_tokens " + std::to_string(call.params.max_tokens());
        return std::make_shared<const std::string>(std::move(body));
    }
    std::unique_ptr<StreamDecoder> decoder(const ModelCall& call) const override { return std::make_unique<Decoder>(call.wire_model); }
    ErrorInfo classify(const ModelCall&, const HttpHead& head, std::string_view body) const override {
        ErrorInfo error{.code = ErrorCode::provider, .message = std::string(body), .http_status = head.status};
        switch (head.status) {
            case 400: error.code = ErrorCode::invalid_request; break;
            case 401: error.code = ErrorCode::auth; break;
            case 404: error.code = ErrorCode::model_not_found; break;
            case 429: error.code = ErrorCode::rate_limit; error.retryable = true; break;
            default:
                if (head.status >= 500) {
                    error.code = ErrorCode::unavailable;
                    error.retryable = true;
                }
        }
        return error;
    }
    std::string request_id(const HttpHead& head) const override { return std::string(head.header("request-id").value_or("")); }

private:
    class Decoder final : public StreamDecoder {
    public:
        explicit Decoder(std::string model) : model_(std::move(model)) {}
        void on_event(const SseEvent& event, std::vector<StreamEvent>& out) override { command(event.data, out); }
        void on_document(std::string_view body, std::vector<StreamEvent>& out) override {
            while (!body.empty()) {
                const auto end = body.find('\n');
                command(body.substr(0, end), out);
                body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
            }
        }
        void on_end(std::vector<StreamEvent>& out) override {
            if (!std::exchange(over_, true))
                out.emplace_back(MessageFailed{{.code = ErrorCode::network, .message = "The stream ended early.", .retryable = true}, {}});
        }

    private:
        void command(std::string_view line, std::vector<StreamEvent>& out) {
            if (over_) return;
            const std::string_view word = line.substr(0, line.find(' '));
            const std::string rest(line.size() > word.size() ? line.substr(word.size() + 1) : std::string_view());
            if (word == "text") {
                text_ += rest;
                out.emplace_back(TextDelta{rest});
            } else if (word == "thinking") {
                out.emplace_back(ThinkingDelta{rest});
            } else if (word == "fail") {
                over_ = true;
                out.emplace_back(MessageFailed{{.code = ErrorCode::unavailable, .message = rest, .retryable = true}, {.input = 5}});
            } else if (word == "done" || word == "refuse" || word == "pause") {
                over_ = true;
                MessageDone done;
                if (!text_.empty()) done.message.content.push_back({.value = TextBlock{text_}, .raw = {}});
                done.stop = word == "done" ? StopReason::stop : word == "pause" ? StopReason::pause : StopReason::refusal;
                done.usage = {.input = 10, .output = 3};
                done.model = model_ + "-served";
                out.emplace_back(std::move(done));
            }
        }
        std::string model_;
        std::string text_;
        bool over_ = false;
    };
};

class FakeChannel final : public Channel {
public:
    const Dialect& dialect_for(const ModelInfo&) const override { return dialect_; }
    HttpRequest address(const ModelCall& call, Body body) const override {
        return {.url = "https://vendor.test/" + call.wire_model, .headers = {}, .body = std::move(body)};
    }
    Framing framing(const ModelCall& call) const noexcept override { return call.stream ? Framing::sse : Framing::json; }
    void authorize(HttpRequest& request, const Credential& credential, WallTime) const override;
    HttpRequest probe() const override { return {.method = HttpMethod::get, .url = "https://vendor.test/models"}; }
    Result<Placement> place(std::string_view id, const ModelInfo& model) const override {
        return Placement{.wire_model = std::string(id), .model = model, .notices = {}};
    }
    std::string base_url() const override { return "https://vendor.test"; }
    Cure cure(const HttpHead& head, std::string_view) const override {
        if (head.status == 418) return Cure::clock_corrected;
        return head.status == 401 && cures_401 ? Cure::fresh_credential : Cure::none;
    }
    std::string learned() const override { return "The clock was wrong."; }
    bool cures_401 = false;

private:
    FakeDialect dialect_;
};

}  // namespace cortex::test

#include "core/secret_access.hpp"

inline void cortex::test::FakeChannel::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    request.headers.push_back({"key", std::string(SecretAccess::text(credential.secret))});
}
