#include "channels/openai_server.hpp"

#include "channels/authorization.hpp"
#include "channels/base_url.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

namespace cortex::channels {
namespace {

/// DeepSeek's own service refuses a history whose tool calls come without the reasoning that led to them.
bool demands_reasoning(std::string_view base_url) {
    const auto parts = net::parse_url(base_url);
    const std::string host = parts ? to_lower(parts->host) : std::string();
    return host == "deepseek.com" || host.ends_with(".deepseek.com");
}

}  // namespace

Result<std::shared_ptr<const OpenAiServer>> OpenAiServer::create(Options options) {
    auto base = checked_base_url(options.base_url, options.base_url_field);
    if (!base) return std::move(base).error();
    options.base_url = std::move(base).value();
    if (demands_reasoning(options.base_url)) options.dialect.reasoning_with_tool_calls = true;
    return std::shared_ptr<const OpenAiServer>(new OpenAiServer(std::move(options)));
}

const Dialect& OpenAiServer::dialect_for(const ModelInfo&) const { return dialect_; }

HttpRequest OpenAiServer::request(HttpMethod method, std::string_view path, Body body, bool streaming) const {
    HttpRequest request;
    request.method = method;
    request.url = options_.base_url;
    request.url += path;
    if (body) request.headers.push_back({"content-type", "application/json"});
    request.headers.push_back({"accept", streaming ? "text/event-stream" : "application/json"});
    request.body = std::move(body);
    request.deadlines = options_.deadlines;
    request.streaming = streaming;
    return request;
}

HttpRequest OpenAiServer::address(const ModelCall& call, Body body) const {
    return request(HttpMethod::post, "/chat/completions", std::move(body), call.stream);
}

Framing OpenAiServer::framing(const ModelCall& call) const noexcept {
    return call.stream ? Framing::sse : Framing::json;
}

void OpenAiServer::authorize(HttpRequest& request, const Credential& credential, WallTime) const {
    if (!credential.endpoint.empty()) move_request(request, options_.base_url, credential.endpoint);
    add_secret(request, credential, {});
}

HttpRequest OpenAiServer::probe() const { return request(HttpMethod::get, "/models", nullptr, false); }

Result<Placement> OpenAiServer::place(std::string_view id, const ModelInfo& model) const {
    return Placement{.wire_model = std::string(id), .model = model, .notices = {}};
}

namespace {

/// OLLAMA_HOST is written for the server as much as for its clients: a host, a port, both, or a URL.
std::string ollama_url(std::string_view host) {
    host = trim(host);
    std::string_view scheme = "http";
    std::string_view usual_port = "11434";
    if (const std::size_t mark = host.find("://"); mark != std::string_view::npos) {
        scheme = host.substr(0, mark);
        host.remove_prefix(mark + 3);
        usual_port = iequals(scheme, "https") ? "443" : "80";
    }
    std::string_view path;
    if (const std::size_t slash = host.find('/'); slash != std::string_view::npos) {
        path = host.substr(slash);
        host = host.substr(0, slash);
    }
    while (path.ends_with('/')) path.remove_suffix(1);
    const std::size_t bracket = host.rfind(']');
    const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string_view name = host.substr(0, colon);
    const std::string_view port = colon == std::string_view::npos ? std::string_view() : host.substr(colon + 1);
    // The addresses that mean "every interface" to a server are no place to connect to.
    if (name.empty() || name == "0.0.0.0" || name == "[::]") name = "127.0.0.1";
    return fmt::format("{}://{}:{}{}{}", scheme, name, port.empty() ? usual_port : port, path,
                       path.ends_with("/v1") ? "" : "/v1");
}

}  // namespace

std::optional<ServerUrl> usual_server_url(std::string_view name, const World& world) {
    if (name == "ollama") {
        if (const auto host = env_value(world, "OLLAMA_HOST"); host && !trim(*host).empty())
            return ServerUrl{ollama_url(*host), "environment variable OLLAMA_HOST"};
        return ServerUrl{"http://localhost:11434/v1", "default"};
    }
    if (name == "vllm") return ServerUrl{"http://localhost:8000/v1", "default"};
    if (name == "llamacpp") return ServerUrl{"http://localhost:8080/v1", "default"};
    if (name == "lmstudio") return ServerUrl{"http://localhost:1234/v1", "default"};
    return std::nullopt;
}

}  // namespace cortex::channels
