#include "dialects/openai_chat/remedy.hpp"

#include "core/text.hpp"
#include "dialects/openai_chat/encode.hpp"
#include "dialects/openai_chat/error_body.hpp"
#include "dialects/turns.hpp"

#include <array>
#include <string>

namespace cortex::dialects::openai_chat {
namespace {

// How servers say that a model or a set-up takes no tools. Ollama: "... does not support tools" (400); vLLM: "... tool
// choice requires --enable-auto-tool-choice ..." (400); llama.cpp before 2026: "tools param requires --jinja flag" (500);
// Groq: "`tool calling` is not supported with this model" (400); OpenRouter: "No endpoints found that support tool use" (404).
constexpr std::array<std::string_view, 8> no_tools{
    "does not support tool",          "do not support tool",
    "--enable-auto-tool-choice",      "requires --jinja",
    "tool calling` is not supported", "tool calling is not supported",
    "tools are not supported",        "endpoints found that support tool"};

// How servers say that they do not know a field. OpenAI: "Unsupported parameter: 'x' is not supported with this model.",
// "Unknown parameter: 'x'."; Azure: "Unrecognized request argument supplied: x"; FastAPI: "Extra inputs are not permitted";
// servers in Rust: "unknown field `x`".
constexpr std::array<std::string_view, 10> no_such_field{
    "unsupported parameter", "is not supported", "unknown parameter", "unrecognized request argument", "unrecognized field",
    "unknown field",         "unexpected field", "unknown argument",  "extra inputs are not permitted", "extra fields not permitted"};

/// What a refusal says, in lower case.
struct Refusal {
    std::string message = {};
    std::string param = {};

    bool says(std::string_view sign) const noexcept { return message.find(sign) != std::string::npos; }
    template <std::size_t N>
    bool says_one_of(const std::array<std::string_view, N>& signs) const noexcept {
        for (const std::string_view sign : signs)
            if (says(sign)) return true;
        return false;
    }
    bool names(std::string_view field) const noexcept { return param == field || says(field); }
};

bool takes_other_max_tokens(const Refusal& refusal, std::string_view sent, std::string_view other) {
    if (!refusal.says_one_of(no_such_field)) return false;
    if (!refusal.param.empty()) return refusal.param == sent;
    // "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.": the first of them is refused.
    return refusal.says(sent) && refusal.message.find(sent) < refusal.message.find(other);
}

bool refuses_effort(const Refusal& refusal) {
    // Ollama, where a model does not think: "... does not support thinking".
    return refusal.names("reasoning_effort") || refusal.says("does not support thinking");
}

bool refuses_developer(const Refusal& refusal) {
    for (const std::string_view quoted : {"'developer'", "\"developer\"", "`developer`"})
        if (refusal.says(quoted)) return true;
    // Chat templates do not repeat the word that they do not know.
    for (const std::string_view sign : {"role developer", "role: developer", "unexpected message role", "unknown role", "invalid role"})
        if (refusal.says(sign)) return true;
    return false;
}

bool has_system(const ModelCall& call) { return call.prefix != nullptr && !trim(call.prefix->system).empty(); }

}  // namespace

Remedy remedy_of(const ModelCall& call, const Options& options, const HttpHead& head, std::string_view body) {
    if (head.status < 400 || head.status == 401 || head.status == 403 || head.status == 408 || head.status == 429)
        return Remedy::none;
    const ErrorBody error = read_error(body, head.content_type());
    const Refusal refusal{.message = to_lower(error.vendor.message), .param = to_lower(error.param)};

    constexpr std::string_view newer = "max_completion_tokens";
    constexpr std::string_view older = "max_tokens";
    const bool sends_newer = options.max_tokens_member == newer;
    if (!call.other_max_tokens && takes_other_max_tokens(refusal, sends_newer ? newer : older, sends_newer ? older : newer))
        return Remedy::other_max_tokens;
    if (sends_effort(call) && refuses_effort(refusal)) return Remedy::drop_effort;
    if (options.system_role == "developer" && !call.system_role && has_system(call) && refuses_developer(refusal))
        return Remedy::system_role;
    if (call.stream && options.stream_usage && !call.without_stream_usage &&
        (refusal.names("stream_options") || refusal.names("include_usage")))
        return Remedy::drop_stream_usage;
    if (!lists_tools(call)) return Remedy::none;
    if (refusal.says_one_of(no_tools)) return Remedy::drop_tools;
    // A server that knows tools but not the word that forbids them.
    if (call.tool_choice == ToolChoice::none && refusal.names("tool_choice")) return Remedy::drop_tools;
    return Remedy::none;
}

}  // namespace cortex::dialects::openai_chat
