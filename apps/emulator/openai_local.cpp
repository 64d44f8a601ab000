#include "openai_local.hpp"

#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {

namespace {

using Kind = LocalServer::Kind;

json::value or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

bool offers_tools(const json::object& body) {
    const json::value* tools = member(body, "tools");
    return tools != nullptr && tools->is_array() && !tools->get_array().empty();
}

bool holds_developer(const json::object& body) {
    for (const std::string_view name : {"messages", "input"}) {
        const json::value* list = member(body, name);
        if (list != nullptr && list->is_array() &&
            std::any_of(list->get_array().begin(), list->get_array().end(), [](const json::value& item) {
                return item.is_object() && text_of(item.get_object(), "role") == "developer";
            })) {
            return true;
        }
    }
    return false;
}

[[noreturn]] void say_no(const LocalServer& server, std::string_view message, std::string_view param = {}) {
    throw openai::ShapedRefusal{400, local_error(server, 400, "invalid_request_error", message, param, {})};
}

bool is_switched_off(const json::object& body) {
    const json::value* thinking = member(body, "thinking");
    return thinking != nullptr && thinking->is_object() && text_of(thinking->get_object(), "type") == "disabled";
}

// DeepSeek wants to see again what it thought before it called tools.
void check_deepseek(const LocalServer& server, const json::object& body) {
    const json::value* format = member(body, "response_format");
    if (format != nullptr && format->is_object() && text_of(format->get_object(), "type") == "json_schema") {
        say_no(server, "This response_format type is unavailable now");
    }
    const json::value* messages = member(body, "messages");
    if (is_switched_off(body) || messages == nullptr || !messages->is_array()) {
        return;
    }
    const std::string choice = text_of(body, "tool_choice");
    const json::value* named = member(body, "tool_choice");
    if (choice == "required" || (named != nullptr && named->is_object())) {
        say_no(server, "Thinking mode does not support this tool_choice");
    }
    for (const json::value& value : messages->get_array()) {
        const json::object& message = value.get_object();
        const json::value* calls = member(message, "tool_calls");
        const bool called = calls != nullptr && calls->is_array() && !calls->get_array().empty();
        const json::value* thought = member(message, "reasoning_content");
        if (called && (thought == nullptr || !thought->is_string())) {
            say_no(server, "The reasoning_content of an assistant message with tool_calls must be passed back.",
                   "messages");
        }
    }
}

}  // namespace

LocalServer read_local_server(std::string_view model) {
    const std::string name = lower(model);
    const auto has = [&name](std::string_view word) { return name.find(word) != std::string::npos; };
    LocalServer server;
    server.kind = has("ollama")        ? Kind::ollama
                  : has("vllm")        ? Kind::vllm
                  : has("llamacpp")    ? Kind::llamacpp
                  : has("deepseek-v4") ? Kind::deepseek
                                       : Kind::plain;
    server.reasons = has("think") || has("reason") || server.kind == Kind::deepseek;
    server.takes_tools = !has("no-tools");
    server.takes_auto_tools = !has("no-auto-tools");
    server.takes_developer = !has("no-developer");
    server.takes_stream_options = !has("no-stream-options");
    server.tells_usage = !has("no-usage");
    server.says_done = !has("no-done");
    server.loads_first = has("loading");
    constexpr std::string_view window_mark = "ctx-";
    if (const std::size_t at = name.find(window_mark); at != std::string::npos) {
        std::from_chars(name.data() + at + window_mark.size(), name.data() + name.size(), server.window);
    }
    return server;
}

json::object local_error(const LocalServer& server, int status, std::string_view type, std::string_view message,
                         std::string_view param, std::string_view code) {
    if (server.kind == Kind::vllm) {
        const std::string_view name = status == 404  ? "NotFoundError"
                                      : status < 500 ? "BadRequestError"
                                                     : "InternalServerError";
        return {{"message", message}, {"type", name}, {"param", or_null(param)}, {"code", status}};
    }
    if (server.kind == Kind::llamacpp) {
        return {{"code", status}, {"message", message}, {"type", type}};
    }
    if (server.kind == Kind::ollama) {
        return {{"message", message}, {"type", type}, {"param", nullptr}, {"code", nullptr}};
    }
    return {{"message", message}, {"type", type}, {"param", or_null(param)}, {"code", or_null(code)}};
}

void check_local_server(const LocalServer& server, const json::object& body, std::string_view model,
                        std::size_t prompt_tokens) {
    if (!server.takes_tools && offers_tools(body)) {
        throw openai::ShapedRefusal{
            400,
            {{"message", "registry.ollama.ai/library/" + std::string(model) + " does not support tools"},
             {"type", "api_error"},
             {"param", nullptr},
             {"code", nullptr}}};
    }
    const std::string choice = text_of(body, "tool_choice");
    if (!server.takes_auto_tools && offers_tools(body) && (choice.empty() || choice == "auto")) {
        say_no(server, "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set");
    }
    if (server.kind == Kind::deepseek) {
        check_deepseek(server, body);
    }
    if (!server.takes_developer && holds_developer(body)) {
        say_no(server, "Unexpected message role: developer. Expected one of system, user, assistant, tool.",
               "messages");
    }
    if (!server.takes_stream_options && body.contains("stream_options")) {
        say_no(server, "Unknown field: stream_options", "stream_options");
    }
    if (server.window > 0 && static_cast<std::int64_t>(prompt_tokens) > server.window) {
        if (server.kind == Kind::llamacpp || server.kind == Kind::plain) {
            throw openai::ShapedRefusal{400,
                                        {{"code", 400},
                                         {"message",
                                          "the request exceeds the available context size. try increasing the context "
                                          "size or enable context shift"},
                                         {"type", "exceed_context_size_error"},
                                         {"n_prompt_tokens", prompt_tokens},
                                         {"n_ctx", server.window}}};
        }
        say_no(server, "This model's maximum context length is " + std::to_string(server.window) +
                           " tokens. However, your request has " + std::to_string(prompt_tokens) +
                           " input tokens. Please reduce the length of the input messages.");
    }
}

void LoadedModels::load(const LocalServer& server, const std::string& model) {
    if (server.loads_first && loaded_.insert(model).second) {
        throw openai::ShapedRefusal{503, {{"code", 503}, {"message", "Loading model"}, {"type", "unavailable_error"}}};
    }
}

}  // namespace emulator
