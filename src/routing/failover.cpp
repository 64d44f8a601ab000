#include "routing/failover.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::routing {

FailoverDecision may_fail_over(const ErrorInfo& error, const FailedCall& call, const FailoverOptions& options) noexcept {
    if (!options.failover) return {false, "failover is switched off"};
    if (call.turn_over) return {false, "the turn's time is over"};
    if (call.content_delivered) return {false, "part of the answer was delivered"};
    if (call.effects_begun) return {false, "a tool that the answer called was started"};
    switch (error.code) {
        case ErrorCode::network: return {true, "the provider was not reached"};
        case ErrorCode::timeout: return {true, "the call took too long"};
        case ErrorCode::unavailable:
            if (error.retryable || error.http_status >= 500) return {true, "the provider is overloaded or broken"};
            return {false, "asking again does not cure it"};
        case ErrorCode::rate_limit:
            if (error.retryable) return {true, "the provider's rate limit is reached"};
            return {false, "the quota is used up"};
        case ErrorCode::auth:
            if (options.on_auth_error) return {true, "the credential was refused, and failover_on_auth_error is set"};
            return {false, "the credential was refused"};
        case ErrorCode::model_not_found: return {false, "the model's name is wrong, or not served there"};
        case ErrorCode::config: return {false, "the configuration is wrong"};
        case ErrorCode::invalid_request: return {false, "the request was refused"};
        case ErrorCode::context_length: return {false, "the conversation is too long"};
        case ErrorCode::content_filter: return {false, "the answer was refused"};
        case ErrorCode::cancelled: return {false, "it was cancelled"};
        case ErrorCode::budget_exceeded: return {false, "a budget was reached"};
        case ErrorCode::session_busy: return {false, "the session is busy"};
        case ErrorCode::storage: return {false, "a file or store failed"};
        case ErrorCode::unknown:
        case ErrorCode::provider:
        case ErrorCode::protocol:
            if (error.retryable || error.http_status >= 500) return {true, "the provider failed"};
            return {false, "asking again does not cure it"};
    }
    return {false, "the failure is of no known kind"};
}

Result<void> check_chain(std::span<const ChainEntry> roles, std::span<const ChainEntry> fallbacks) {
    const auto same = [](const ChainEntry& a) {
        return [&a](const ChainEntry& b) { return a.provider == b.provider && a.model == b.model; };
    };
    const auto wrong = [](const ChainEntry& entry, std::string message) {
        return ErrorInfo{.code = ErrorCode::config, .message = std::move(message), .provider = entry.provider, .model = entry.model};
    };
    for (std::size_t i = 0; i < fallbacks.size(); ++i) {
        const ChainEntry& entry = fallbacks[i];
        const auto earlier = static_cast<std::size_t>(std::find_if(fallbacks.begin(), fallbacks.end(), same(entry)) - fallbacks.begin());
        if (earlier != i)
            return wrong(entry, fmt::format("fallback_models[{}] (\"{}\") is the same model of {} as fallback_models[{}] (\"{}\"). Name each model once.", i,
                                            entry.written, entry.provider, earlier, fallbacks[earlier].written));
        if (!roles.empty() && std::all_of(roles.begin(), roles.end(), same(entry)))
            return wrong(entry, fmt::format("fallback_models[{}] (\"{}\") is the very model that it would stand in for. Take it out, or name another.", i,
                                            entry.written));
    }
    return {};
}

std::optional<std::string> fits(const ModelInfo& model, const Requirements& needs) {
    if (model.context_window > 0 && needs.prompt_tokens > model.context_window)
        return fmt::format("{} takes {} tokens; the conversation has at least {}.", model.id, model.context_window, needs.prompt_tokens);
    if (!model.known) return std::nullopt;
    if (needs.tools && !model.tool_use && !model.tools_by_schema) return fmt::format("{} calls no tools.", model.id);
    if (needs.vision && !model.vision) return fmt::format("{} takes no pictures.", model.id);
    if (needs.pdf && !model.pdf) return fmt::format("{} takes no PDF files.", model.id);
    return std::nullopt;
}

ErrorInfo all_failed(std::span<const ErrorInfo> attempts) {
    if (attempts.empty()) return {.code = ErrorCode::unavailable, .message = "No model could be asked.", .retryable = true};
    if (attempts.size() == 1) return attempts.front();
    ErrorInfo out = attempts.back().retryable ? attempts.front() : attempts.back();
    out.message = fmt::format("{} models were asked, and none answered.", attempts.size());
    out.retry_after.reset();
    out.partial_content = attempts.back().partial_content;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        const ErrorInfo& error = attempts[i];
        out.message += fmt::format(" ({}) {} on {}: {}", i + 1, error.model.empty() ? "?" : error.model, error.provider.empty() ? "?" : error.provider,
                                   error.message.empty() ? to_string(error.code) : std::string_view(error.message));
        out.retryable = out.retryable || error.retryable;
        if (error.retry_after && (!out.retry_after || *error.retry_after < *out.retry_after)) out.retry_after = error.retry_after;
    }
    return out;
}

}  // namespace cortex::routing
