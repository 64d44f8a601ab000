#include "service.hpp"

#include "moved_clock.hpp"
#include "checks.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::string_view control_prefix = "/_emulator/";

Reply plain_json(int status, const json::value& value) {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", "application/json"}};
    reply.pieces = {json::serialize(value)};
    return reply;
}

bool speaks_anthropic(const HttpRequest& request) {
    const std::string_view path = request.path();
    return path.starts_with("/v1/messages") || find_header(request.headers, "anthropic-version") != nullptr ||
           find_header(request.headers, "x-api-key") != nullptr;
}

std::string model_of(const HttpRequest& request) {
    boost::system::error_code error;
    const json::value parsed = json::parse(request.body, error);
    return !error && parsed.is_object() ? text_of(parsed.get_object(), "model") : std::string();
}

std::string_view usual_message(int status) {
    switch (status) {
        case 400: return "Bad request";
        case 401: return "invalid x-api-key";
        case 403: return "Your API key does not have permission to use the specified resource.";
        case 404: return "Not Found";
        case 413: return "Request exceeds the maximum size";
        case 429: return "This request would exceed your rate limit. Please try again later.";
        case 500: return "Internal server error";
        case 503: return "Service unavailable";
        case 529: return "Overloaded";
        default: return "The request failed";
    }
}

void merge_delivery(Reply& reply, const Step& step) {
    reply.delivery = step.delivery;
    reply.headers.insert(reply.headers.end(), step.headers.begin(), step.headers.end());
}

}  // namespace

Service::Service(ServiceOptions options)
    : options_(std::move(options)),
      recorder_(options_.record_secrets),
      openai_(options_.local),
      aws_(options_.aws, anthropic_),
      google_(options_.google_tokens),
      vertex_(anthropic_, google_),
      gemini_(google_) {}

Reply Service::control(const HttpRequest& request, const ServerStats& stats) {
    const std::string_view path = request.path();
    const std::string_view name = path.substr(control_prefix.size());
    try {
        if (name == "script" && request.method == "POST") {
            boost::system::error_code error;
            const json::value script = json::parse(request.body, error);
            if (error) {
                refuse("script", "not valid JSON: " + error.message());
            }
            script_.add(read_steps(script));
            return plain_json(200, json::object{{"pending", script_.pending()}});
        }
        if (name == "script" && request.method == "DELETE") {
            script_.clear();
            return plain_json(200, json::object{{"pending", 0}});
        }
        if (name == "requests" && request.method == "GET") {
            return plain_json(200, recorder_.list());
        }
        if (name == "requests" && request.method == "DELETE") {
            recorder_.clear();
            return plain_json(200, json::object{{"requests", 0}});
        }
        if (name == "reset" && request.method == "POST") {
            script_.clear();
            recorder_.clear();
            anthropic_.reset();
            openai_.reset();
            aws_.reset();
            google_.reset();
            gemini_.reset();
            return plain_json(200, json::object{{"reset", true}});
        }
        if (name == "stats" && request.method == "GET") {
            json::object routes;
            for (const auto& [route, count] : recorder_.by_route()) {
                routes[route] = count;
            }
            return plain_json(200, json::object{{"connections", stats.connections},
                                                {"open_connections", stats.open},
                                                {"in_flight", stats.in_flight},
                                                {"in_flight_max", stats.in_flight_max},
                                                {"requests", recorder_.total()},
                                                {"disconnects", recorder_.disconnects()},
                                                {"script_pending", script_.pending()},
                                                {"routes", std::move(routes)}});
        }
        if (const std::optional<json::value> answer = aws_.control(request, name)) {
            return plain_json(200, *answer);
        }
        if (const std::optional<json::value> answer = google_.control(request, name)) {
            return plain_json(200, *answer);
        }
        return plain_json(404, json::object{{"error", "no such control route"}});
    } catch (const Rejection& rejection) {
        return plain_json(rejection.status(), json::object{{"error", rejection.what()}});
    }
}

// As the Messages API and what stands before it would.
Reply Service::answer_step(const Step& step) {
    const std::string request_id = "req_011Emu" + std::to_string(++next_request_id_);
    if (step.raw) {
        Reply reply;
        reply.status = step.raw->status;
        reply.headers = step.raw->headers;
        const std::string* type = find_header(reply.headers, "content-type");
        reply.stream = type != nullptr && type->starts_with("text/event-stream");
        reply.pieces = {step.raw->body};
        return reply;
    }
    if (step.error) {
        const ErrorAnswer& error = *step.error;
        const std::string message = error.message.empty() ? std::string(usual_message(error.status)) : error.message;
        return AnthropicApi::error(
            error.status, error.type.empty() ? AnthropicApi::type_of(error.status) : std::string_view(error.type),
            message, request_id, error.code);
    }
    return {};  // dropped before it is written
}

Reply Service::answer_google(const HttpRequest& request, Record& record) {
    const bool vertex = VertexApi::serves(request);
    if (!vertex && !options_.record_secrets) {
        GoogleServices::mask(record.request);
    }
    const std::string model = vertex ? VertexApi::read_path(request.path()).model : std::string();
    const Step* step = script_.pending() > 0 ? script_.find(request, model) : nullptr;
    const std::string request_id = "req_vrtx_011Emu" + std::to_string(++next_request_id_);
    bool used = false;
    Reply reply;
    if (step != nullptr && step->before_checks()) {
        const std::string_view message = step->error ? std::string_view(step->error->message) : "";
        reply = vertex && step->error ? vertex_.scripted(*step->error,
                                                         message.empty() ? usual_message(step->error->status) : message,
                                                         request_id)
                                      : answer_step(*step);
        used = true;
    } else {
        reply = vertex ? vertex_.answer(request, request_id, step, used) : google_.answer(request);
        reply.headers.emplace_back("date", http_time(google_.now()));
    }
    if (used) {
        record.scripted = true;
        merge_delivery(reply, *step);
        script_.used(step);
    }
    return reply;
}

Reply Service::answer_gemini(const HttpRequest& request, Record& record) {
    if (!options_.record_secrets) {
        GeminiApi::mask(record.request);
    }
    const GeminiAddress address = read_gemini_address(request.path());
    const Step* step = script_.pending() > 0 ? script_.find(request, address.model) : nullptr;
    bool used = step != nullptr && step->before_checks();
    Reply reply;
    if (used) {
        reply = step->error ? gemini_.scripted(*step->error, usual_message(step->error->status), address.host)
                            : answer_step(*step);
    } else {
        reply = gemini_.answer(request, KeyRing(options_.keys), step, used);
    }
    if (used) {
        record.scripted = true;
        merge_delivery(reply, *step);
        script_.used(step);
    }
    return reply;
}

Reply Service::answer_api(const HttpRequest& request, Record& record) {
    if (AwsService::serves(request)) {
        if (!options_.record_secrets) {
            AwsService::mask(record.request);
        }
        return aws_.answer(request, KeyRing(options_.keys), script_, record);
    }
    if (GeminiApi::serves(request)) {
        return answer_gemini(request, record);
    }
    if (VertexApi::serves(request) || GoogleServices::serves(request)) {
        return answer_google(request, record);
    }
    const bool anthropic = speaks_anthropic(request);
    const Step* step = script_.pending() > 0 ? script_.find(request, model_of(request)) : nullptr;
    Reply reply;
    if (step != nullptr && step->before_checks()) {
        record.scripted = true;
        if (step->error && !anthropic) {
            const std::string& message = step->error->message;
            reply = openai_.scripted(request, *step->error, message.empty() ? usual_message(step->error->status) : message,
                                     "req_" + std::to_string(++next_request_id_));
        } else {
            reply = answer_step(*step);
        }
        merge_delivery(reply, *step);
        script_.used(step);
        return reply;
    }
    const std::string request_id = (anthropic ? "req_011Emu" : "req_") + std::to_string(++next_request_id_);
    const KeyRing keys(options_.keys);
    bool used = false;
    reply = anthropic ? anthropic_.answer(request, keys, request_id, step, used)
                      : openai_.answer(request, keys, request_id, step, used);
    if (used) {
        record.scripted = true;
        merge_delivery(reply, *step);
        script_.used(step);
    }
    return reply;
}

Reply Service::answer(const HttpRequest& request, const ServerStats& stats, std::shared_ptr<Record>& record) {
    const std::string_view path = request.path();
    if (path.starts_with(control_prefix)) {
        return control(request, stats);
    }
    if (path == "/health") {
        return plain_json(200, json::object{{"status", "ok"}});
    }
    record = recorder_.begin(request);
    Reply reply = answer_api(request, *record);
    record->status = reply.status;
    if (options_.gzip) {
        reply.delivery.gzip = true;
    }
    if (reply.delivery.gzip && !reply.delivery.force_gzip) {
        const std::string* accepted = find_header(request.headers, "accept-encoding");
        reply.delivery.gzip = accepted != nullptr && lower(*accepted).find("gzip") != std::string::npos;
    }
    return reply;
}

}  // namespace emulator
