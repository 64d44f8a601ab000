#include "channels/bedrock.hpp"

#include "auth/aws/service_error.hpp"
#include "auth/aws/sigv4.hpp"
#include "channels/authorization.hpp"
#include "channels/aws_failure.hpp"
#include "channels/base_url.hpp"
#include "channels/bedrock_names.hpp"
#include "channels/bedrock_stream.hpp"
#include "channels/betas.hpp"
#include "channels/path_segment.hpp"
#include "core/base64.hpp"
#include "core/date_time.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::channels {
namespace {

/// The same fields of options that headers carry.
Result<void> check_header_value(std::string_view field, std::string_view value) {
    const bool fits = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (fits) return {};
    return ErrorInfo{.code = ErrorCode::config, .message = fmt::format("{} holds a character that a header cannot carry. Use letters, digits and -._:/ alone.", field)};
}

dialects::anthropic::BodyForm invoke_form(const Bedrock::Options& options) {
    return {.version = options.version, .names_model = false, .tells_stream = false, .lists_betas = true, .betas = options.betas, .holds_to_schema = false, .fetches_urls = false};
}

}  // namespace

Result<std::shared_ptr<const Bedrock>> Bedrock::create(Options options) {
    for (auto [url, field] : {std::pair(&options.base_url, &options.base_url_field), std::pair(&options.messages_url, &options.messages_url_field)}) {
        auto checked = checked_base_url(*url, *field);
        if (!checked) return std::move(checked).error();
        *url = *std::move(checked);
    }
    for (const auto& [field, value] : {std::pair<std::string_view, const std::string&>{"guardrail_id", options.guardrail_id},
                                       {"guardrail_version", options.guardrail_version}, {"service_tier", options.service_tier}, {"api_version", options.version}})
        if (auto checked = check_header_value(field, value); !checked) return std::move(checked).error();
    if (!options.guardrail_version.empty() && options.guardrail_id.empty())
        return ErrorInfo{.code = ErrorCode::config, .message = "guardrail_version is set without guardrail_id. Set both, or neither."};
    if (options.version.empty()) options.version = default_version;
    return std::shared_ptr<const Bedrock>(new Bedrock(std::move(options)));
}

Bedrock::Bedrock(Options options) : options_(std::move(options)), invoke_(invoke_form(options_)) {}

bool Bedrock::by_messages(const ModelInfo& model) noexcept { return model.bedrock_id.empty() && !model.bedrock_mantle_id.empty(); }

const Dialect& Bedrock::dialect_for(const ModelInfo& model) const { return by_messages(model) ? messages_ : invoke_; }

HttpRequest Bedrock::invoke(std::string_view model, std::string_view verb, Body body, bool streaming) const {
    HttpRequest request;
    request.url = fmt::format("{}/model/{}/{}", options_.base_url, path_segment(model), verb);
    request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "application/vnd.amazon.eventstream" : "application/json"});
    request.body = std::move(body);
    request.streaming = streaming;
    return request;
}

HttpRequest Bedrock::address(const ModelCall& call, Body body) const {
    HttpRequest request;
    if (by_messages(*call.model)) {
        request.url = options_.messages_url + "/v1/messages";
        request.headers.push_back({"anthropic-version", options_.version == default_version ? "2023-06-01" : options_.version});
        request.headers.push_back({"content-type", "application/json"});
        request.headers.push_back({"accept", call.stream ? "text/event-stream" : "application/json"});
        for (const std::string& beta : options_.betas) add_beta(request.headers, beta);
        for (const std::string_view beta : dialects::anthropic::needed_betas(call)) add_beta(request.headers, beta);
        request.body = std::move(body);
        request.streaming = call.stream;
    } else {
        request = invoke(call.wire_model, call.stream ? "invoke-with-response-stream" : "invoke", std::move(body), call.stream);
    }
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) request.headers.push_back({std::string(name), value});
    };
    add("x-amzn-bedrock-guardrailidentifier", options_.guardrail_id);
    add("x-amzn-bedrock-guardrailversion", options_.guardrail_version);
    add("x-amzn-bedrock-service-tier", options_.service_tier);
    return request;
}

Framing Bedrock::framing(const ModelCall& call) const noexcept {
    if (!call.stream) return Framing::json;
    return by_messages(*call.model) ? Framing::sse : Framing::aws_event_stream;
}

std::unique_ptr<Deframer> Bedrock::deframer(const ModelCall& call) const { return std::make_unique<BedrockStream>(call); }

void Bedrock::authorize(HttpRequest& request, const Credential& credential, WallTime now) const {
    if (credential.kind != Credential::Kind::aws_keys) {
        add_secret(request, credential, {});
        return;
    }
    const bool messages = request.url.starts_with(options_.messages_url + "/v1/");
    auth::aws::sign(request, credential, {.region = options_.region, .service = messages ? options_.messages_service : "bedrock"}, options_.clock->apply(now));
}

ErrorInfo Bedrock::classify(const ModelCall& call, const HttpHead& head, std::string_view body) const {
    JsonParser parser;
    const JsonObject* object = parser.parse_object(body);
    const bool envelope = object != nullptr && json_text_or_empty(*object, "type") == "error" && !head.header("x-amzn-errortype");
    if (!envelope) return classify_aws(call, head, body);
    ErrorInfo error = dialect_for(*call.model).classify(call, head, body);
    if (error.request_id.empty()) error.request_id = request_id(call, head);
    return error;
}

std::string Bedrock::request_id(const ModelCall&, const HttpHead& head) const {
    for (const std::string_view name : {"x-amzn-requestid", "request-id"})
        if (const auto id = head.header(name)) return std::string(*id);
    return {};
}

Cure Bedrock::cure(const HttpHead& head, std::string_view body) const {
    const auth::aws::ServiceError said = auth::aws::read_json_error(head, body);
    if (auth::aws::clock_doubt(said.code) != auth::aws::ClockDoubt::none)
        for (const HttpHeader& header : head.headers) {   // a proxy may have put a date of its own before the service's
            const auto server = iequals(header.name, "date") ? parse_http_date(header.value) : std::nullopt;
            if (server && options_.clock->learn(*server, head.received_at)) return Cure::clock_corrected;
        }
    return auth::aws::credentials_expired(said.code) ? Cure::fresh_credential : Cure::none;
}

std::string Bedrock::learned() const {
    const auto minutes = std::chrono::round<std::chrono::minutes>(options_.clock->value()).count();
    return fmt::format("This machine's clock is {} minutes {} that of Amazon Bedrock; requests are signed by the server's time. Set the clock.",
                       minutes < 0 ? -minutes : minutes, minutes < 0 ? "ahead of" : "behind");
}

HttpRequest Bedrock::probe() const {
    constexpr std::string_view model = "anthropic.claude-haiku-4-5-20251001-v1:0";
    JsonWriter question;
    question.begin_object().field("anthropic_version", default_version).field("max_tokens", 1);
    question.key("messages").begin_array().begin_object().field("role", "user").field("content", "Hi").end_object().end_array().end_object();
    JsonWriter body;
    body.begin_object().key("input").begin_object().key("invokeModel").begin_object();
    body.field("body", base64(question.text())).end_object().end_object().end_object();
    return invoke(model, "count-tokens", std::make_shared<const std::string>(std::move(body).take()), false);
}

bool Bedrock::accepted(int status) const noexcept { return (status >= 200 && status <= 299) || status == 400 || status == 404 || status == 429; }

Result<Placement> Bedrock::place(std::string_view id, const ModelInfo& model) const { return place_on_bedrock(id, model, options_.region, options_.region_source); }

}  // namespace cortex::channels
