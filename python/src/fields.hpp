#pragma once

#include <cortex/cortex.hpp>

#include <tuple>

namespace cortex::py {

/// One public field of a value type: its name in Python and where it lives.
template <class T, class M>
struct Field {
    const char* name;
    M T::* member;
};

/// The one description of a value type. Attributes, item access, `to_dict` and `repr` are all made from it.
template <class T>
struct Fields;

template <class T>
concept Described = requires { Fields<T>::list; };

template <>
struct Fields<Attempt> {
    static constexpr auto list = std::tuple{
        Field{"provider", &Attempt::provider},
        Field{"model", &Attempt::model},
        Field{"outcome", &Attempt::outcome},
        Field{"http_status", &Attempt::http_status},
        Field{"duration_ms", &Attempt::duration_ms},
        Field{"input_tokens", &Attempt::input_tokens},
        Field{"output_tokens", &Attempt::output_tokens},
        Field{"cost_usd", &Attempt::cost_usd},
        Field{"request_id", &Attempt::request_id},
    };
};

template <>
struct Fields<ThinkingReport> {
    static constexpr auto list = std::tuple{
        Field{"enabled", &ThinkingReport::enabled}, Field{"form", &ThinkingReport::form},
        Field{"budget", &ThinkingReport::budget},   Field{"effort", &ThinkingReport::effort},
        Field{"tokens", &ThinkingReport::tokens},   Field{"reasons", &ThinkingReport::reasons},
    };
};

template <>
struct Fields<RoutingReport> {
    static constexpr auto list = std::tuple{
        Field{"path", &RoutingReport::path},
        Field{"role", &RoutingReport::role},
        Field{"kind", &RoutingReport::kind},
        Field{"complexity", &RoutingReport::complexity},
        Field{"uncertainty", &RoutingReport::uncertainty},
        Field{"need", &RoutingReport::need},
        Field{"threshold", &RoutingReport::threshold},
        Field{"reasons", &RoutingReport::reasons},
    };
};

template <>
struct Fields<ResponseMetadata> {
    static constexpr auto list = std::tuple{
        Field{"model_used", &ResponseMetadata::model_used},
        Field{"provider", &ResponseMetadata::provider},
        Field{"tokens_used", &ResponseMetadata::tokens_used},
        Field{"input_tokens", &ResponseMetadata::input_tokens},
        Field{"output_tokens", &ResponseMetadata::output_tokens},
        Field{"cached_tokens", &ResponseMetadata::cached_tokens},
        Field{"cache_write_tokens", &ResponseMetadata::cache_write_tokens},
        Field{"thinking_tokens", &ResponseMetadata::thinking_tokens},
        Field{"latency_ms", &ResponseMetadata::latency_ms},
        Field{"overhead_ms", &ResponseMetadata::overhead_ms},
        Field{"finish_reason", &ResponseMetadata::finish_reason},
        Field{"cost_usd", &ResponseMetadata::cost_usd},
        Field{"request_id", &ResponseMetadata::request_id},
        Field{"attempts", &ResponseMetadata::attempts},
        Field{"thinking", &ResponseMetadata::thinking},
        Field{"routing", &ResponseMetadata::routing},
        Field{"notices", &ResponseMetadata::notices},
        Field{"degraded", &ResponseMetadata::degraded},
        Field{"steps_taken", &ResponseMetadata::steps_taken},
        Field{"tools_called", &ResponseMetadata::tools_called},
        Field{"goal_progress", &ResponseMetadata::goal_progress},
        Field{"drift_score", &ResponseMetadata::drift_score},
        Field{"loop_detected", &ResponseMetadata::loop_detected},
    };
};

template <>
struct Fields<Response> {
    static constexpr auto list = std::tuple{
        Field{"content", &Response::content},
        Field{"metadata", &Response::metadata},
    };
};

template <>
struct Fields<SessionStats> {
    static constexpr auto list = std::tuple{
        Field{"session_id", &SessionStats::session_id},
        Field{"turns", &SessionStats::turns},
        Field{"total_tokens", &SessionStats::total_tokens},
        Field{"duration_seconds", &SessionStats::duration_seconds},
    };
};

template <>
struct Fields<DualProcessStats> {
    static constexpr auto list = std::tuple{
        Field{"system1_count", &DualProcessStats::system1_count},
        Field{"system2_count", &DualProcessStats::system2_count},
        Field{"system2_ratio", &DualProcessStats::system2_ratio},
        Field{"total_decisions", &DualProcessStats::total_decisions},
    };
};

template <>
struct Fields<CostLine> {
    static constexpr auto list = std::tuple{
        Field{"provider", &CostLine::provider},
        Field{"model", &CostLine::model},
        Field{"user_id", &CostLine::user_id},
        Field{"calls", &CostLine::calls},
        Field{"input_tokens", &CostLine::input_tokens},
        Field{"output_tokens", &CostLine::output_tokens},
        Field{"cached_tokens", &CostLine::cached_tokens},
        Field{"cache_write_tokens", &CostLine::cache_write_tokens},
        Field{"cost_usd", &CostLine::cost_usd},
        Field{"unknown_cost_calls", &CostLine::unknown_cost_calls},
    };
};

template <>
struct Fields<CostReport> {
    static constexpr auto list = std::tuple{
        Field{"total", &CostReport::total},
        Field{"by_provider", &CostReport::by_provider},
        Field{"by_model", &CostReport::by_model},
        Field{"by_user", &CostReport::by_user},
        Field{"lines", &CostReport::lines},
    };
};

template <>
struct Fields<ProviderStatus> {
    static constexpr auto list = std::tuple{
        Field{"name", &ProviderStatus::name},
        Field{"auth_mode", &ProviderStatus::auth_mode},
        Field{"credential_source", &ProviderStatus::credential_source},
        Field{"base_url", &ProviderStatus::base_url},
        Field{"default_model", &ProviderStatus::default_model},
        Field{"status", &ProviderStatus::status},
        Field{"detail", &ProviderStatus::detail},
        Field{"considered", &ProviderStatus::considered},
        Field{"expires_at", &ProviderStatus::expires_at},
        Field{"health", &ProviderStatus::health},
    };
};

template <>
struct Fields<ModelSummary> {
    static constexpr auto list = std::tuple{
        Field{"id", &ModelSummary::id},
        Field{"provider", &ModelSummary::provider},
        Field{"display_name", &ModelSummary::display_name},
        Field{"status", &ModelSummary::status},
        Field{"standing", &ModelSummary::standing},
        Field{"context_window", &ModelSummary::context_window},
        Field{"max_output_tokens", &ModelSummary::max_output_tokens},
        Field{"input_usd_per_mtok", &ModelSummary::input_usd_per_mtok},
        Field{"output_usd_per_mtok", &ModelSummary::output_usd_per_mtok},
        Field{"retires_at", &ModelSummary::retires_at},
        Field{"successor", &ModelSummary::successor},
        Field{"aliases", &ModelSummary::aliases},
    };
};

template <>
struct Fields<RequestPreview> {
    static constexpr auto list = std::tuple{
        Field{"provider", &RequestPreview::provider},   Field{"model", &RequestPreview::model},
        Field{"method", &RequestPreview::method},       Field{"url", &RequestPreview::url},
        Field{"headers", &RequestPreview::headers},     Field{"body", &RequestPreview::body},
        Field{"decisions", &RequestPreview::decisions},
    };
};

}  // namespace cortex::py
