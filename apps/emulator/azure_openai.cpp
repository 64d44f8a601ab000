#include "azure_openai.hpp"

#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

using openai::ShapedRefusal;

constexpr std::string_view prefix = "/openai/";
constexpr std::string_view filter_mark = "FILTER_PROMPT";

[[noreturn]] void refuse_azure(int status, std::string_view code, std::string_view message) {
    throw ShapedRefusal{status, {{"code", code}, {"message", message}}};
}

// 2024-10-21, 2025-04-01-preview
bool is_version(std::string_view text) {
    if (text.ends_with("-preview")) {
        text.remove_suffix(8);
    }
    bool good = text.size() == 10 && text[4] == '-' && text[7] == '-';
    for (std::size_t i = 0; good && i < text.size(); ++i) {
        good = i == 4 || i == 7 || (text[i] >= '0' && text[i] <= '9');
    }
    return good;
}

json::object filter_result(bool hit) {
    json::object result;
    for (const std::string_view kind : {"hate", "self_harm", "sexual", "violence"}) {
        result[kind] = json::object{{"filtered", false}, {"severity", "safe"}};
    }
    result["jailbreak"] = json::object{{"filtered", hit}, {"detected", hit}};
    return result;
}

json::object filter_error(std::string_view message) {
    return {{"message", message},
            {"type", nullptr},
            {"param", "prompt"},
            {"code", "content_filter"},
            {"status", 400},
            {"innererror",
             json::object{{"code", "ResponsibleAIPolicyViolation"}, {"content_filter_result", filter_result(true)}}}};
}

}  // namespace

std::optional<AzurePath> read_azure_path(const HttpRequest& request) {
    const std::string_view whole = request.path();
    if (!whole.starts_with(prefix)) {
        return std::nullopt;
    }
    AzurePath path;
    const std::string_view query = std::string_view(request.target).substr(whole.size());
    for (const std::string_view item : split(query.empty() ? query : query.substr(1), '&')) {
        if (item.starts_with("api-version=")) {
            path.api_version = item.substr(12);
        }
    }
    std::string_view rest = whole.substr(prefix.size());
    constexpr std::string_view newer = "v1/";
    constexpr std::string_view deployments = "deployments/";
    if (rest.starts_with(newer)) {
        path.host = OpenaiHost::azure_v1;
        rest.remove_prefix(newer.size());
    } else if (rest.starts_with(deployments)) {
        rest.remove_prefix(deployments.size());
        const std::size_t end = std::min(rest.find('/'), rest.size());
        path.deployment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (rest != "chat/completions") {  // Responses has no deployment in its path
            rest = {};
        }
    } else if (rest != "responses" && rest != "models" && !rest.starts_with("responses/")) {
        rest = {};
    }
    path.route = rest;
    return path;
}

std::string authorize_azure(const HttpRequest& request, const KeyRing& keys) {
    std::string key;
    if (const std::string* given = find_header(request.headers, "api-key")) {
        key = *given;
    } else if (const std::string* bearer = find_header(request.headers, "authorization");
               bearer != nullptr && lower(*bearer).starts_with("bearer ")) {
        key = trimmed(std::string_view(*bearer).substr(7));
    }
    if (key.empty() || !keys.accepts(key)) {
        refuse_azure(401, "401",
                     "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
                     "valid key for an active subscription and use a correct regional API endpoint for your "
                     "resource.");
    }
    return key;
}

void check_api_version(const AzurePath& path) {
    const bool tolerated = path.host == OpenaiHost::azure_v1 &&
                           (path.api_version.empty() || path.api_version == "preview" || path.api_version == "latest");
    const bool routed =
        path.route == "chat/completions" || path.route == "models" || path.route == "responses" || path.route.starts_with("responses/");
    if (!routed || (!tolerated && !is_version(path.api_version))) {
        refuse_azure(404, "404", "Resource not found");
    }
    if (path.host == OpenaiHost::azure_dated && path.route != "chat/completions" && path.route != "models" && path.api_version < "2025-03-01") {
        refuse_azure(400, "BadRequest",
                     "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later");
    }
}

void find_deployment(OpenaiCall& call, const std::string& deployment) {
    call.rules = deployment.find("missing") == std::string::npos ? find_deployed_model(deployment) : nullptr;
    if (call.rules == nullptr) {
        refuse_azure(404, "DeploymentNotFound",
                     "The API deployment for this resource does not exist. If you created the deployment within the "
                     "last 5 minutes, please wait a moment and try again.");
    }
    call.model = call.rules->prefix;
}

void check_prompt_filter(const json::object& body) {
    for (const std::string_view name : {"messages", "input", "instructions"}) {
        const json::value* prompt = member(body, name);
        if (prompt != nullptr && json::serialize(*prompt).find(filter_mark) != std::string::npos) {
            throw ShapedRefusal{400, filter_error("The response was filtered due to the prompt triggering Azure "
                                                  "OpenAI's content management policy. Please modify your prompt and "
                                                  "retry.")};
        }
    }
}

json::array prompt_filter_results() {
    return {json::object{{"prompt_index", 0}, {"content_filter_results", filter_result(false)}}};
}

json::object content_filter_results() {
    json::object results = filter_result(false);
    results.erase("jailbreak");
    return results;
}

json::object azure_error(const ErrorAnswer& error, std::string_view message) {
    if (error.code == "content_filter") {
        return filter_error(message);
    }
    json::object body{{"code", error.code.empty() ? std::to_string(error.status) : error.code}, {"message", message}};
    if (!error.type.empty()) {
        body["type"] = error.type;
        body["param"] = nullptr;
    }
    return body;
}

void add_azure_headers(Reply& reply, const std::string& deployment) {
    std::erase_if(reply.headers, [](const auto& header) { return header.first.starts_with("openai-"); });
    reply.headers.emplace_back("apim-request-id", "00000000-0000-4000-8000-00000000e201");
    reply.headers.emplace_back("x-ms-region", "East US 2");
    if (!deployment.empty()) {
        reply.headers.emplace_back("x-ms-deployment-name", deployment);
    }
    if (reply.status == 200) {
        reply.headers.emplace_back("x-ms-rai-invoked", "true");
        reply.headers.emplace_back("x-ratelimit-remaining-requests", "999");
        reply.headers.emplace_back("x-ratelimit-remaining-tokens", "99000");
    }
}

}  // namespace emulator
