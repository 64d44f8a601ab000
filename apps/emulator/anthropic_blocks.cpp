#include "anthropic_call.hpp"
#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

// Blocks that only the service can have made; they are replayed as they came and taken as they are.
constexpr std::array<std::string_view, 16> service_blocks{"server_tool_use",
                                                          "web_search_tool_result",
                                                          "web_fetch_tool_result",
                                                          "code_execution_tool_result",
                                                          "bash_code_execution_tool_result",
                                                          "text_editor_code_execution_tool_result",
                                                          "tool_search_tool_result",
                                                          "container_upload",
                                                          "mcp_tool_use",
                                                          "mcp_tool_result",
                                                          "mcp_tool_listing",
                                                          "compaction",
                                                          "fallback",
                                                          "advisor_tool_result",
                                                          "tool_reference",
                                                          "connector_text"};

bool is_service_block(std::string_view type) {
    return std::find(service_blocks.begin(), service_blocks.end(), type) != service_blocks.end();
}

void check_text(const AnthropicCall& call, const json::object& block, std::string_view role, const std::string& path,
                bool inside_result) {
    only_fields(block, path, {"type", "text", "cache_control", "citations"});
    const std::string_view text = want_string(require(block, "text", path), join(path, "text"));
    if (text.empty()) {
        const json::value* mark = member(block, "cache_control");
        if (mark != nullptr && !mark->is_null()) {
            refuse(path, "cache_control cannot be set for empty text blocks");
        }
        refuse("messages", "text content blocks must be non-empty");
    }
    if (!inside_result && trimmed(text).empty()) {
        refuse("messages", "text content blocks must contain non-whitespace text");
    }
    const json::value* citations = member(block, "citations");
    if (citations != nullptr && !citations->is_null()) {
        const json::array& list = want_array(*citations, join(path, "citations"));
        if (call.newest_version && role == "user" && !list.empty()) {
            refuse(join(path, "citations"), "citations are not permitted in `user` messages");
        }
    }
    check_cache_control(block, path);
}

void check_source(const json::object& block, const std::string& path, bool document) {
    const std::string here = join(path, "source");
    const json::object& source = want_object(require(block, "source", path), here);
    const std::string type(want_string(require(source, "type", here), join(here, "type")));
    const std::string typed = join(here, type);
    if (type == "base64") {
        only_fields(source, typed, {"type", "media_type", "data"});
        const std::string_view media = want_string(require(source, "media_type", typed), join(typed, "media_type"));
        if (document) {
            one_of(media, join(typed, "media_type"), {"application/pdf"});
        } else {
            one_of(media, join(typed, "media_type"), {"image/jpeg", "image/png", "image/gif", "image/webp"});
        }
        const std::string_view data = want_string(require(source, "data", typed), join(typed, "data"));
        constexpr std::size_t largest_image = 10U * 1024U * 1024U;
        if (!document && data.size() > largest_image) {
            refuse(typed, "image exceeds 10 MB maximum: " + std::to_string(data.size()) + " bytes > " +
                              std::to_string(largest_image) + " bytes");
        }
        if (!from_base64(data)) {
            refuse(typed, "invalid base64 data");
        }
    } else if (type == "url") {
        only_fields(source, typed, {"type", "url"});
        want_string(require(source, "url", typed), join(typed, "url"));
    } else if (type == "file") {
        only_fields(source, typed, {"type", "file_id"});
        want_string(require(source, "file_id", typed), join(typed, "file_id"));
    } else if (document && type == "text") {
        only_fields(source, typed, {"type", "media_type", "data"});
        one_of(want_string(require(source, "media_type", typed), join(typed, "media_type")), join(typed, "media_type"),
               {"text/plain"});
        want_string(require(source, "data", typed), join(typed, "data"));
    } else if (document && type == "content") {
        only_fields(source, typed, {"type", "content"});
        require(source, "content", typed);
    } else {
        refuse(here, "Input tag '" + type + "' found using 'type' does not match any of the expected tags: " +
                         (document ? "'base64', 'content', 'file', 'text', 'url'" : "'base64', 'file', 'url'"));
    }
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

void check_tool_use(const json::object& block, const std::string& path) {
    only_fields(block, path, {"type", "id", "name", "input", "caller", "toolset_name", "cache_control"});
    const std::string_view id = want_string(require(block, "id", path), join(path, "id"));
    const bool well_formed = !id.empty() && std::all_of(id.begin(), id.end(), is_name_character);
    if (!well_formed) {
        refuse(join(path, "id"), "String should match pattern '^[a-zA-Z0-9_-]+$'");
    }
    const std::string_view name = want_string(require(block, "name", path), join(path, "name"));
    if (name.empty()) {
        refuse(join(path, "name"), "String should have at least 1 character");
    }
    // Wider than for a tool that is offered: earlier limits let longer names into old conversations.
    if (name.size() > 128 || !std::all_of(name.begin(), name.end(), is_name_character)) {
        refuse(join(path, "name"), "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    }
    want_object(require(block, "input", path), join(path, "input"));
    check_cache_control(block, path);
}

void check_tool_result(const AnthropicCall& call, const json::object& block, const std::string& path) {
    only_fields(block, path, {"type", "tool_use_id", "content", "is_error", "toolset_name", "cache_control"});
    want_string(require(block, "tool_use_id", path), join(path, "tool_use_id"));
    if (const json::value* flag = member(block, "is_error"); flag != nullptr && !flag->is_null()) {
        want_bool(*flag, join(path, "is_error"));
    }
    check_cache_control(block, path);
    const json::value* content = member(block, "content");
    if (content == nullptr || content->is_null() || content->is_string()) {
        return;
    }
    const std::string here = join(path, "content");
    if (!content->is_array()) {
        refuse(here, "Input should be a valid string or list");
    }
    std::size_t index = 0;
    for (const json::value& item : content->get_array()) {
        check_block(call, item, "user", join(here, index++), true);
    }
}

}  // namespace

void check_block(const AnthropicCall& call, const json::value& value, std::string_view role, const std::string& path,
                 bool inside_result) {
    const json::object& block = want_object(value, path);
    const std::string type(want_string(require(block, "type", path), join(path, "type")));
    const std::string typed = join(path, type);
    const bool from_user = role == "user";
    const bool from_assistant = role == "assistant";
    if (type == "text") {
        check_text(call, block, role, typed, inside_result);
    } else if (type == "image" && (from_user || inside_result)) {
        only_fields(block, typed, {"type", "source", "cache_control", "transformations"});
        check_source(block, typed, false);
        check_cache_control(block, typed);
    } else if (type == "document" && (from_user || (from_assistant && !call.newest_version))) {
        only_fields(block, typed, {"type", "source", "title", "context", "citations", "cache_control"});
        check_source(block, typed, true);
        check_cache_control(block, typed);
    } else if (type == "search_result" && from_user) {
        only_fields(block, typed, {"type", "source", "title", "content", "citations", "cache_control"});
        want_string(require(block, "source", typed), join(typed, "source"));
        want_string(require(block, "title", typed), join(typed, "title"));
        want_array(require(block, "content", typed), join(typed, "content"));
        check_cache_control(block, typed);
    } else if (type == "tool_use" && from_assistant) {
        check_tool_use(block, typed);
    } else if (type == "tool_result" && from_user && !inside_result) {
        check_tool_result(call, block, typed);
    } else if (type == "thinking" && from_assistant) {
        only_fields(block, typed, {"type", "thinking", "signature"});
        want_string(require(block, "thinking", typed), join(typed, "thinking"));
        want_string(require(block, "signature", typed), join(typed, "signature"));
    } else if (type == "redacted_thinking" && from_assistant) {
        only_fields(block, typed, {"type", "data"});
        want_string(require(block, "data", typed), join(typed, "data"));
    } else if ((type == "tool_addition" || type == "tool_removal") && role == "system" &&
               call.beta("mid-conversation-tool-changes-")) {
        only_fields(block, typed, {"type", "tool", "cache_control"});
        want_object(require(block, "tool", typed), join(typed, "tool"));
    } else if (is_service_block(type)) {
        return;
    } else if (type == "tool_use" || type == "thinking" || type == "redacted_thinking") {
        refuse("", path + ": `" + type + "` blocks can only be in `assistant` messages");
    } else if (type == "tool_result" && !inside_result) {
        refuse("", path + ": `tool_result` blocks can only be in `user` messages");
    } else {
        refuse(path, "Input tag '" + type +
                         "' found using 'type' does not match any of the expected tags: 'document', 'image', "
                         "'redacted_thinking', "
                         "'search_result', 'server_tool_use', 'text', 'thinking', 'tool_result', 'tool_use'");
    }
}

}  // namespace emulator
