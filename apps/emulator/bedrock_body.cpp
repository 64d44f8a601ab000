#include "bedrock_body.hpp"

#include "checks.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::size_t max_body = 20U * 1024U * 1024U;
constexpr std::size_t largest_image = 5U * 1024U * 1024U;

// Members that only Anthropic's own API has; `model` and `stream` are said by the path.
constexpr std::array<std::string_view, 14> foreign_members{
    "model",     "stream", "cache_control", "output_format", "mcp_servers",   "fallbacks",   "fallback_credit_token",
    "container", "speed",  "service_tier",  "thread",        "inference_geo", "diagnostics", "billing_policy"};

// AWS lists far fewer than Anthropic, and not the same for every model; these are taken for all of today's.
constexpr std::array<std::string_view, 11> known_betas{"interleaved-thinking-2025-05-14",
                                                       "context-management-2025-06-27",
                                                       "context-1m-2025-08-07",
                                                       "computer-use-2025-01-24",
                                                       "computer-use-2025-11-24",
                                                       "token-efficient-tools-2025-02-19",
                                                       "output-128k-2025-02-19",
                                                       "dev-full-thinking-2025-05-14",
                                                       "fine-grained-tool-streaming-2025-05-14",
                                                       "compact-2026-01-12",
                                                       "task-budgets-2026-03-13"};

constexpr std::array<std::string_view, 4> client_tools{"bash_", "text_editor_", "memory_", "computer_2"};

void check_source(const json::object& block, const std::string& path) {
    const std::string type = text_of(block, "type");
    const json::value* source = member(block, "source");
    if ((type != "image" && type != "document") || source == nullptr || !source->is_object()) {
        return;
    }
    const std::string kind = text_of(source->get_object(), "type");
    const std::string here = join(join(path, type), "source");
    if (kind == "url" || kind == "file") {
        refuse(here, "Input tag '" + kind + "' found using 'type' does not match any of the expected tags: 'base64'" +
                         (type == "document" ? ", 'content', 'text'" : ""));
    }
    if (type == "image" && text_of(source->get_object(), "data").size() > largest_image) {
        refuse(here, "image exceeds 5 MB maximum");
    }
}

void check_blocks(const json::value* content, const std::string& path) {
    if (content == nullptr || !content->is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& block : content->get_array()) {
        const std::string here = join(path, index++);
        if (block.is_object()) {
            check_source(block.get_object(), here);
            check_blocks(member(block.get_object(), "content"), join(here, "content"));
        }
    }
}

void check_messages_content(const json::object& body) {
    const json::value* messages = member(body, "messages");
    if (messages == nullptr || !messages->is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& message : messages->get_array()) {
        const std::string here = join("messages", index++);
        if (message.is_object()) {
            check_blocks(member(message.get_object(), "content"), join(here, "content"));
        }
    }
}

void check_tools_of(const json::object& body) {
    const json::value* tools = member(body, "tools");
    if (tools == nullptr || !tools->is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& tool : tools->get_array()) {
        const std::string here = join("tools", index++);
        if (!tool.is_object()) {
            continue;
        }
        const std::string type = text_of(tool.get_object(), "type");
        const bool client = type.empty() || type == "custom" ||
                            std::any_of(client_tools.begin(), client_tools.end(),
                                        [&](std::string_view prefix) { return type.starts_with(prefix); });
        if (!client) {
            refuse(here, "Input tag '" + type + "' found using 'type' does not match any of the expected tags");
        }
        if (tool.get_object().contains("defer_loading")) {
            refuse(join(join(here, "custom"), "defer_loading"), "Extra inputs are not permitted");
        }
    }
}

std::string read_version(json::object& body, const BedrockModel& model) {
    const std::string version(want_string(require(body, "anthropic_version", ""), "anthropic_version"));
    if (model.legacy) {
        one_of(version, "anthropic_version", {"bedrock-2023-05-31"});
    } else {
        one_of(version, "anthropic_version", {"bedrock-2023-05-31", "2026-10-21"});
    }
    body.erase("anthropic_version");
    return version == "2026-10-21" ? version : "2023-06-01";
}

std::string read_betas(json::object& body) {
    const json::value* value = member(body, "anthropic_beta");
    std::string betas;
    if (value != nullptr) {
        std::size_t index = 0;
        for (const json::value& item : want_array(*value, "anthropic_beta")) {
            const std::string_view beta = want_string(item, join("anthropic_beta", index++));
            if (std::find(known_betas.begin(), known_betas.end(), beta) == known_betas.end()) {
                refuse("", "invalid beta flag");
            }
            betas += (betas.empty() ? "" : ",") + std::string(beta);
        }
        body.erase("anthropic_beta");
    }
    return betas;
}

}  // namespace

void check_bedrock_body(const json::object& body, const BedrockModel& model) {
    const json::value* thinking = member(body, "thinking");
    if (!model.legacy && thinking != nullptr && thinking->is_object() &&
        text_of(thinking->get_object(), "type") == "disabled") {
        refuse("", "\"thinking.type.disabled\" is not supported for this model.");
    }
    check_messages_content(body);
    check_tools_of(body);
}

InvokeBody read_invoke_body(std::string_view text, const BedrockModel& model) {
    if (text.size() > max_body) {
        throw Rejection(413, "RequestEntityTooLargeException", "Request body is too large");
    }
    boost::system::error_code error;
    json::value parsed = is_utf8(text) ? json::parse(text, error) : json::value();
    if (error || !parsed.is_object()) {
        refuse("", "Malformed input request, please reformat your input and try again.");
    }
    InvokeBody result{std::move(parsed.get_object()), {}, {}};
    for (const std::string_view name : foreign_members) {
        if (result.body.contains(name)) {
            refuse(std::string(name), "Extra inputs are not permitted");
        }
    }
    result.version = read_version(result.body, model);
    result.betas = read_betas(result.body);
    if (const json::value* profile = member(result.body, "user_profile_id")) {
        want_string(*profile, "user_profile_id");
        result.body.erase("user_profile_id");
    }
    check_bedrock_body(result.body, model);
    return result;
}

}  // namespace emulator
