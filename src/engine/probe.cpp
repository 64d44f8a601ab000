#include "engine/probe.hpp"

#include "core/mask.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <future>
#include <memory>
#include <utility>

namespace cortex {
namespace {

struct Answer {
    HttpHead head;
    std::string body;
    Result<void> end = {};
};

/// One small request, whole.
class OneShot final : public Resident, public HttpSink {
public:
    OneShot(Shard& shard, std::promise<Answer> promise) : shard_(shard), promise_(std::move(promise)) {}

    void on_head(HttpHead head) override { answer_.head = std::move(head); }
    void on_data(std::string_view bytes) override { answer_.body.append(bytes.substr(0, 64 * 1024)); }
    void on_end(Result<void> result) override {
        answer_.end = std::move(result);
        promise_.set_value(std::move(answer_));
        shard_.release(this);
    }

private:
    Shard& shard_;
    std::promise<Answer> promise_;
    Answer answer_;
};

Answer exchange(Shard& shard, HttpRequest request) {
    std::promise<Answer> promise;
    std::future<Answer> answer = promise.get_future();
    auto sink = std::make_shared<OneShot>(shard, std::move(promise));
    shard.post([&shard, sink = std::move(sink), request = std::move(request)]() mutable noexcept {
        shard.keep(sink);
        shard.transport().send(std::move(request), *sink);
    });
    return answer.get();
}

/// The credential that a request to the provider would have now.
Result<Credential> credential_for(const ProviderEntry& provider, World& world, const Secret& key) {
    if (!provider.from_run) return fetch_credential(provider, world);
    if (key.absent())
        return ErrorInfo{.code = ErrorCode::auth, .message = fmt::format("{}: the key comes from the run's consumer; pass it to verify() in `keys`.", provider.traits.name)};
    return provider.accept(std::string(SecretAccess::text(key)), "the key given to verify()");
}

/// Whether the answer refuses the credential, by the channel's own judgement: some vendors say so with a 400.
bool refuses(const ProviderEntry& provider, const Answer& answer) {
    if (answer.head.status < 400) return false;
    if (answer.head.status == 401 || answer.head.status == 403) return true;
    const auto model = std::make_shared<ModelInfo>();
    auto params = legalize({}, *model, {});
    const ModelCall call{.model = model, .wire_model = {}, .provider = provider.traits.name, .prefix = nullptr, .messages = {}, .params = *std::move(params)};
    return provider.channel->classify(call, answer.head, answer.body).code == ErrorCode::auth;
}

/// A service that cannot be reached says nothing of the credential.
bool out_of_reach(const ErrorInfo& error) noexcept {
    return error.code == ErrorCode::network || error.code == ErrorCode::timeout || error.code == ErrorCode::unavailable;
}

}  // namespace

void probe(Shard& shard, const World& world, const ProviderEntry& provider, Secret key, const EngineConfig& config, ProviderStatus& status) {
    World own = world;
    Answer answer;
    Result<Credential> credential = credential_for(provider, own, key);
    for (int tries = 0; credential && tries < 2; ++tries) {
        HttpRequest request = provider.channel->probe();
        request.deadlines = {.connect = config.connect_timeout, .idle_gap = config.idle_timeout, .total = std::chrono::milliseconds(30'000)};
        provider.channel->authorize(request, *credential, world.clock->wall());
        answer = exchange(shard, std::move(request));
        if (!answer.end || answer.head.status < 400) break;
        // What a turn would be cured by must not look like a refusal here.
        const Cure cure = provider.channel->cure(answer.head, answer.body);
        if (cure == Cure::none) break;
        if (cure == Cure::fresh_credential) {
            provider.source->refused(*credential);
            Result<Credential> another = credential_for(provider, own, key);
            if (another && no_news(*credential, *another)) break;
            credential = std::move(another);
        }
    }
    if (provider.report) {
        const CredentialReport report = provider.report(world);
        status.considered = report.considered;
        if (!report.auth_mode.empty()) status.auth_mode = report.auth_mode;
    }
    if (!credential) {
        const ErrorInfo& error = credential.error();
        status.detail = error.message;
        if (!out_of_reach(error)) status.status = error.http_status != 0 ? CredentialStatus::rejected : CredentialStatus::missing;
        return;
    }
    status.expires_at = credential->expires_at;
    if (!credential->source.empty()) status.credential_source = credential->source;

    const auto masked = [&](std::string text) {
        for (const Secret& secret : {credential->secret, credential->session_token}) text = mask_secret(text, SecretAccess::text(secret));
        return text;
    };
    if (!answer.end) {
        status.detail = masked(answer.end.error().message);   // unreachable says nothing of the key
    } else if (refuses(provider, answer)) {
        status.status = CredentialStatus::rejected;
        status.detail = fmt::format("{} refused the credential with HTTP {}. Check {}.", provider.traits.name, answer.head.status, credential->source);
    } else if (provider.channel->accepted(answer.head.status)) {
        status.status = CredentialStatus::verified;
        status.detail.clear();
    } else {
        status.detail = fmt::format("{} answered HTTP {} to a free request, which tells nothing of the credential.", provider.traits.name, answer.head.status);
    }
}

}  // namespace cortex
