#include "vendors.hpp"

#include "channels/anthropic_api.hpp"
#include "channels/azure.hpp"
#include "channels/bedrock.hpp"
#include "channels/gemini_api.hpp"
#include "channels/gemini_vertex.hpp"
#include "channels/openai_api.hpp"
#include "channels/openai_server.hpp"
#include "channels/vertex.hpp"
#include "core/catalog.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace cortex::property {
namespace {

constexpr const char* google_token = "ya29.in-process";

const Catalog& catalog() {
    static const auto loaded = *Catalog::load();
    return *loaded;
}

template <class T>
std::shared_ptr<const Channel> made(Result<std::shared_ptr<const T>> channel) {
    if (!channel) throw std::runtime_error(channel.error().message);
    return *std::move(channel);
}

/// The vendor is that of the catalogue's row, as in an engine whose providers have their usual names.
Target target(std::string name, std::string provider, std::shared_ptr<const Channel> channel, std::string_view id,
              Credential::Kind kind, const char* secret) {
    ModelInfo row = catalog().describe(id, provider == "local" ? "local" : "");
    if (provider == "local") row.context_window = 0;   // small models' windows end before these conversations do
    auto placed = channel->place(id, row);
    if (!placed) throw std::runtime_error(placed.error().message);
    agent::ModelChoice choice;
    choice.channel = std::move(channel);
    choice.model = std::make_shared<ModelInfo>(placed->model);
    choice.wire_model = placed->wire_model;
    choice.provider = std::move(provider);
    choice.reason = "configured";
    return {.name = std::move(name),
            .choice = std::make_shared<agent::ModelChoice>(std::move(choice)),
            .credential = {.kind = kind, .secret = Secret(secret), .endpoint = {}, .source = "here"}};
}

void add_anthropic(std::vector<Target>& out) {
    const auto api = made(channels::AnthropicApi::create({}));
    for (const char* id : {"claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"})
        out.push_back(target(id, "anthropic", api, id, Credential::Kind::api_key, "sk-ant-in-process"));
    channels::Bedrock::Options bedrock{.region = "us-east-1",
                                       .region_source = "here",
                                       .base_url = "https://bedrock-runtime.us-east-1.amazonaws.com",
                                       .messages_url = "https://bedrock-mantle.us-east-1.api.aws/anthropic"};
    bedrock.clock = std::make_shared<auth::aws::ClockOffset>();
    const auto aws = made(channels::Bedrock::create(std::move(bedrock)));
    out.push_back(target("claude-sonnet-4-5 on bedrock", "bedrock", aws, "claude-sonnet-4-5", Credential::Kind::bearer, "in-process"));
    const auto vertex = made(channels::Vertex::create({.project = "in-process", .location = "us-east5"}));
    out.push_back(target("claude-sonnet-4-5 on vertex", "vertex", vertex, "claude-sonnet-4-5", Credential::Kind::bearer, google_token));
}

void add_openai(std::vector<Target>& out) {
    const auto api = made(channels::OpenAiApi::create({}));
    for (const char* id : {"gpt-4o", "gpt-5", "gpt-5.4-mini", "gpt-6.2-sol"})
        out.push_back(target(id, "openai", api, id, Credential::Kind::api_key, "sk-in-process"));
    const std::string endpoint = "https://in-process.openai.azure.com";
    const auto dated = made(channels::Azure::create({.base_url = endpoint, .api_version = "2024-10-21"}));
    for (const char* id : {"gpt-4o", "gpt-5-mini"})
        out.push_back(target(std::string(id) + " on dated azure", "azure", dated, id, Credential::Kind::api_key, "in-process"));
    const auto newer = made(channels::Azure::create({.base_url = endpoint + "/openai/v1"}));
    out.push_back(target("gpt-5.4 on azure", "azure-v1", newer, "gpt-5.4", Credential::Kind::api_key, "in-process"));
}

void add_gemini(std::vector<Target>& out) {
    const auto api = made(channels::GeminiApi::create({}));
    for (const char* id : {"gemini-2.5-flash", "gemini-3-flash-preview", "gemini-3.8-flash", "gemini-4-carbon"})
        out.push_back(target(id, "gemini", api, id, Credential::Kind::api_key, "AQ.in-process"));
    const auto vertex = made(channels::GeminiVertex::create({.project = "in-process", .location = "global"}));
    for (const char* id : {"gemini-2.5-flash", "gemini-3.8-flash"})
        out.push_back(target(std::string(id) + " on vertex", "gemini-vertex", vertex, id, Credential::Kind::bearer, google_token));
}

void add_local(std::vector<Target>& out) {
    const auto server = made(channels::OpenAiServer::create({.base_url = "http://127.0.0.1:8000/v1"}));
    for (const char* id : {"vllm-llama-4-scout", "qwen2.5-coder-1.5b-instruct"})
        out.push_back(target(id, "local", server, id, Credential::Kind::none, ""));
}

std::string path_and_query(const std::string& url) {
    const auto host = url.find("://");
    const auto path = url.find('/', host == std::string::npos ? 0 : host + 3);
    return path == std::string::npos ? "/" : url.substr(path);
}

}  // namespace

const std::vector<Target>& targets() {
    static const std::vector<Target> all = [] {
        std::vector<Target> out;
        add_anthropic(out);
        add_openai(out);
        add_gemini(out);
        add_local(out);
        return out;
    }();
    return all;
}

const std::vector<Target>& claudes() {
    static const std::vector<Target> all = [] {
        const auto api = made(channels::AnthropicApi::create({}));
        std::vector<Target> out;
        for (const ModelInfo& model : catalog().models())
            if (model.provider == "anthropic" && model.lifecycle != Lifecycle::retired)
                out.push_back(target(model.id, "anthropic", api, model.id, Credential::Kind::api_key, "sk-ant-in-process"));
        return out;
    }();
    return all;
}

const Target& target_named(std::string_view name) {
    const auto found = std::find_if(targets().begin(), targets().end(), [&](const Target& one) { return one.name == name; });
    if (found == targets().end()) throw std::out_of_range(std::string(name));
    return *found;
}

Vendors::Vendors()
    : service_([] {
          emulator::ServiceOptions options;
          options.google_tokens = {google_token};
          return options;
      }()) {}

Vendors::Reply Vendors::answer(const HttpRequest& request) {
    emulator::HttpRequest sent;
    sent.method = "POST";
    sent.target = path_and_query(request.url);
    for (const HttpHeader& header : request.headers) sent.headers.emplace_back(header.name, header.value);
    sent.body = *request.body;
    std::shared_ptr<emulator::Record> record;
    const emulator::Reply reply = service_.answer(sent, {}, record);
    service_.recorder().clear();
    Reply out;
    out.head.status = reply.status;
    for (const auto& [name, value] : reply.headers) out.head.headers.push_back({name, value});
    for (const std::string& piece : reply.pieces) out.body += piece;
    return out;
}

Vendors::Reply Vendors::send(const Target& target, const ModelCall& call, Body body) {
    const Channel& channel = *target.choice->channel;
    HttpRequest request = channel.address(call, std::move(body));
    channel.authorize(request, target.credential, {});
    return answer(request);
}

Vendors::Reply Vendors::ask(const Target& target, const ModelCall& call) {
    return send(target, call, target.choice->channel->dialect_for(*call.model).encode(call));
}

std::string sentence_of(const Vendors::Reply& reply) {
    const auto at = reply.body.find("\"message\":");
    return std::to_string(reply.head.status) + " " + reply.body.substr(at == std::string::npos ? 0 : at, 600);
}

}  // namespace cortex::property
