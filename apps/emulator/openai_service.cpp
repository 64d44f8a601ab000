#include "openai_service.hpp"

#include "openai_reply.hpp"
#include "openai_words.hpp"

namespace emulator {

namespace {

constexpr std::string_view prefix = "/v1/";
constexpr std::string_view chat_route = "chat/completions";
constexpr std::string_view responses_route = "responses";
constexpr std::string_view models_route = "models";

std::string model_of(const HttpRequest& request) {
    const std::optional<json::object> body = openai::parsed(request);
    return body ? text_of(*body, "model") : std::string();
}

bool generates(std::string_view route) { return route == chat_route || route == responses_route; }

void check_method(const HttpRequest& request, std::string_view wanted) {
    if (request.method != wanted) {
        throw Rejection(405, "invalid_request_error",
                        "Not allowed to " + request.method + " on " + std::string(request.path()) + ".", {},
                        "method_not_supported");
    }
}

void check_served(const OpenaiCall& call, std::string_view route) {
    const bool chat = route == chat_route;
    if (call.rules == nullptr && chat) {
        throw Rejection(404, "invalid_request_error",
                        "The model `" + call.model + "` does not exist or you do not have access to it.", {},
                        "model_not_found");
    }
    if (call.rules == nullptr) {
        openai::reject("The requested model '" + call.model + "' does not exist.", "model", "model_not_found");
    }
    if (call.rules->responses_only && chat) {
        throw Rejection(404, "invalid_request_error",
                        "This model is only supported in v1/responses and not in v1/chat/completions.", "model");
    }
}

}  // namespace

void OpenaiService::reset() {
    loaded_.clear();
    chat_.reset();
    responses_.reset();
}

bool OpenaiService::is_local(std::string_view model) const {
    return local_ || (!model.empty() && !is_openai_id(model) && !model.starts_with("missing"));
}

Reply OpenaiService::generate(std::string_view route, OpenaiCall call, const std::string& request_id, const Step* step,
                              bool& step_used) {
    const auto create = [&] {
        return route == chat_route ? chat_.create(std::move(call), request_id, step, step_used)
                                   : responses_.create(std::move(call), request_id, step, step_used);
    };
    if (!call.local) {
        return create();
    }
    const LocalServer server = call.server;
    try {
        loaded_.load(server, call.model);
        return create();
    } catch (const Rejection& rejection) {
        throw openai::ShapedRefusal{rejection.status(),
                                    local_error(server, rejection.status(), rejection.type(), rejection.what(),
                                                rejection.param(), rejection.code())};
    }
}

Reply OpenaiService::answer_openai(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                                   const Step* step, bool& step_used) {
    const std::string_view path = request.path();
    const std::string_view route = path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view();
    const bool lists = route == models_route || route.starts_with("models/");
    const bool named = route.starts_with("responses/");
    if (!generates(route) && !lists && !named) {
        throw Rejection(404, "invalid_request_error", "Invalid URL (" + request.method + " " + std::string(path) + ")");
    }
    if (named && (request.method == "GET" || request.method == "DELETE")) {
        (void)openai::authorize(request, keys, true);
        return responses_.stored(request.method, std::string(route.substr(responses_route.size() + 1)), request_id);
    }
    check_method(request, lists ? "GET" : "POST");
    if (lists) {
        (void)openai::authorize(request, keys, !local_ || keys.lists_keys());
        step_used = step != nullptr;
        return models(route == models_route ? std::string_view() : route.substr(models_route.size() + 1), request_id);
    }
    if (named) {
        throw Rejection(404, "invalid_request_error", "Invalid URL (POST " + std::string(path) + ")");
    }
    std::optional<json::object> body = openai::parsed(request);
    OpenaiCall call;
    call.model = body ? text_of(*body, "model") : std::string();
    call.local = is_local(call.model);
    call.caller = openai::authorize(request, keys, !call.local || keys.lists_keys());
    openai::check_body(request, body);
    call.body = std::move(*body);
    if (call.model.empty() && !local_) {
        throw Rejection(400, "invalid_request_error", "you must provide a model parameter");
    }
    if (call.local) {
        call.host = OpenaiHost::local;
        call.server = read_local_server(call.model);
        call.reasons = call.server.reasons;
    } else {
        call.rules = find_openai_model(call.model);
        check_served(call, route);
    }
    const bool local = call.local;
    Reply reply = generate(route, std::move(call), request_id, step, step_used);
    if (!local) {
        openai::add_rate_headers(reply);
    }
    return reply;
}

Reply OpenaiService::answer_azure(const AzurePath& path, const HttpRequest& request, const KeyRing& keys,
                                  const std::string& request_id, const Step* step, bool& step_used) {
    OpenaiCall call;
    call.host = path.host;
    call.caller = authorize_azure(request, keys);
    check_api_version(path);
    if (path.route.starts_with("responses/") && (request.method == "GET" || request.method == "DELETE")) {
        return responses_.stored(request.method, path.route.substr(responses_route.size() + 1), request_id);
    }
    if (path.route == models_route) {
        check_method(request, "GET");
        step_used = step != nullptr;
        return models({}, request_id);
    }
    check_method(request, "POST");
    if (!generates(path.route)) {
        throw openai::ShapedRefusal{404, {{"code", "404"}, {"message", "Resource not found"}}};
    }
    std::optional<json::object> body = openai::parsed(request);
    openai::check_body(request, body);
    call.body = std::move(*body);
    find_deployment(call, path.deployment.empty() ? text_of(call.body, "model") : path.deployment);
    check_served(call, path.route);
    check_prompt_filter(call.body);
    return generate(path.route, std::move(call), request_id, step, step_used);
}

Reply OpenaiService::models(std::string_view id, const std::string& request_id) const {
    json::array rows;
    const auto row = [](std::string_view name) {
        return json::object{{"id", name}, {"object", "model"}, {"created", 1'750'000'000}, {"owned_by", "emulator"}};
    };
    if (local_) {
        rows.push_back(row("local-model"));
    } else {
        for (const OpenaiRules& rules : listed_openai_models()) {
            rows.push_back(row(rules.prefix));
        }
    }
    if (id.empty()) {
        return openai::json_reply(200, json::serialize(json::object{{"object", "list"}, {"data", std::move(rows)}}),
                                  request_id);
    }
    if (!local_ && (!is_openai_id(id) || find_openai_model(id) == nullptr)) {
        throw Rejection(404, "invalid_request_error", "The model '" + std::string(id) + "' does not exist", "model",
                        "model_not_found");
    }
    return openai::json_reply(200, json::serialize(row(id)), request_id);
}

Reply OpenaiService::scripted(const HttpRequest& request, const ErrorAnswer& error, std::string_view message,
                              const std::string& request_id) const {
    const auto shaped = [&](json::object body) {
        return openai::json_reply(error.status, json::serialize(json::object{{"error", std::move(body)}}), request_id);
    };
    if (const std::optional<AzurePath> azure = read_azure_path(request)) {
        Reply reply = shaped(azure_error(error, message));
        add_azure_headers(reply, azure->deployment);
        return reply;
    }
    const std::string_view code = !error.code.empty()   ? std::string_view(error.code)
                                  : error.status == 429 ? "rate_limit_exceeded"
                                  : error.status == 503 ? "server_is_overloaded"
                                                        : "";
    const std::string_view type = !error.type.empty()                  ? std::string_view(error.type)
                                  : error.code == "insufficient_quota" ? error.code
                                                                       : openai::type_of(error.status);
    const std::string model = model_of(request);
    const LocalServer server = read_local_server(model);
    if (is_local(model) && server.kind != LocalServer::Kind::plain) {
        return shaped(local_error(server, error.status, type, message, {}, code));
    }
    return openai::error(error.status, type, message, request_id, {}, code);
}

Reply OpenaiService::answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                            const Step* step, bool& step_used) {
    const std::optional<AzurePath> azure = read_azure_path(request);
    Reply reply;
    try {
        reply = azure ? answer_azure(*azure, request, keys, request_id, step, step_used)
                      : answer_openai(request, keys, request_id, step, step_used);
    } catch (const openai::ShapedRefusal& refusal) {
        reply = openai::json_reply(refusal.status, json::serialize(json::object{{"error", refusal.error}}), request_id);
    } catch (const Rejection& rejection) {
        reply = openai::error(rejection.status(), rejection.type(), rejection.what(), request_id, rejection.param(),
                              rejection.code());
    }
    if (azure) {
        add_azure_headers(reply, azure->deployment.empty() ? model_of(request) : azure->deployment);
    }
    return reply;
}

}  // namespace emulator
