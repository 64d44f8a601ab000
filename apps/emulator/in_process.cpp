#include "in_process.hpp"

#include "checks.hpp"

namespace emulator {

namespace {

Headers anthropic_headers(std::string_view betas, std::string_view key) {
    Headers headers{
        {"content-type", "application/json"}, {"anthropic-version", "2023-06-01"}, {"x-api-key", std::string(key)}};
    if (!betas.empty()) {
        headers.emplace_back("anthropic-beta", betas);
    }
    return headers;
}

}  // namespace

InProcess::Answer InProcess::post(std::string_view path, std::string_view body, Headers headers) {
    HttpRequest request;
    request.method = "POST";
    request.target = path;
    request.headers = std::move(headers);
    request.body = body;
    std::shared_ptr<Record> record;
    const Reply reply = service_.answer(request, {}, record);
    service_.recorder().clear();
    Answer answer{reply.status, {}};
    for (const std::string& piece : reply.pieces) {
        answer.body += piece;
    }
    return answer;
}

InProcess::Answer InProcess::messages(std::string_view body, std::string_view betas, std::string_view key) {
    return post("/v1/messages", body, anthropic_headers(betas, key));
}

InProcess::Answer InProcess::count_tokens(std::string_view body, std::string_view betas, std::string_view key) {
    return post("/v1/messages/count_tokens", body, anthropic_headers(betas, key));
}

InProcess::Answer InProcess::chat(std::string_view body, std::string_view key) {
    return post("/v1/chat/completions", body,
                {{"content-type", "application/json"}, {"authorization", "Bearer " + std::string(key)}});
}

InProcess::Answer InProcess::gemini(std::string_view call, std::string_view body, std::string_view key) {
    return post("/v1beta/models/" + std::string(call), body,
                {{"content-type", "application/json"}, {"x-goog-api-key", std::string(key)}});
}

InProcess::Answer InProcess::gemini_vertex(std::string_view call, std::string_view body, std::string_view token) {
    return post("/v1/projects/in-process/locations/global/publishers/google/models/" + std::string(call), body,
                {{"content-type", "application/json"}, {"authorization", "Bearer " + std::string(token)}});
}

InProcess::Answer InProcess::responses(std::string_view body, std::string_view key) {
    return post("/v1/responses", body,
                {{"content-type", "application/json"}, {"authorization", "Bearer " + std::string(key)}});
}

InProcess::Answer InProcess::azure(std::string_view target, std::string_view body, std::string_view key) {
    return post(target, body, {{"content-type", "application/json"}, {"api-key", std::string(key)}});
}

void InProcess::script(std::string_view steps) {
    boost::system::error_code error;
    const json::value parsed = json::parse(steps, error);
    if (error) {
        refuse("script", "not valid JSON: " + error.message());
    }
    service_.script().add(read_steps(parsed));
}

}  // namespace emulator
