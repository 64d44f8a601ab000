#include "checks.hpp"
#include "vertex.hpp"

#include <array>

namespace emulator {

namespace {

void check_blocks(const json::value& content, const std::string& path) {
    if (!content.is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& item : content.get_array()) {
        const std::string here = join(path, index++);
        if (!item.is_object()) {
            continue;  // the usual checks say what is wrong with it
        }
        const json::object& block = item.get_object();
        if (const json::value* source = member(block, "source"); source != nullptr && source->is_object()) {
            const std::string type = text_of(source->get_object(), "type");
            if (type == "url" || type == "file") {
                refuse(join(join(here, "source"), "type"),
                       "sources of type '" + type + "' are not supported on Vertex AI");
            }
        }
        if (const json::value* inner = member(block, "content")) {
            check_blocks(*inner, join(here, "content"));
        }
    }
}

void check_tools_known(const json::value& tools) {
    constexpr std::array<std::string_view, 4> missing{"code_execution_", "web_fetch_", "mcp_toolset", "mcp_"};
    if (!tools.is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& tool : tools.get_array()) {
        const std::string here = join("tools", index++);
        const std::string type = tool.is_object() ? text_of(tool.get_object(), "type") : std::string();
        for (const std::string_view prefix : missing) {
            if (type.starts_with(prefix)) {
                refuse(join(here, "type"), "'" + type + "' is not supported on Vertex AI");
            }
        }
    }
}

}  // namespace

void check_vertex_body(const json::object& body) {
    for (const std::string_view name : {"mcp_servers", "fallbacks", "container"}) {
        if (body.contains(name)) {
            refuse(std::string(name), "Extra inputs are not permitted");
        }
    }
    if (const json::value* tools = member(body, "tools")) {
        check_tools_known(*tools);
    }
    const json::value* messages = member(body, "messages");
    if (messages == nullptr || !messages->is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& message : messages->get_array()) {
        const std::string here = join("messages", index++);
        if (message.is_object()) {
            if (const json::value* content = member(message.get_object(), "content")) {
                check_blocks(*content, join(here, "content"));
            }
        }
    }
}

}  // namespace emulator
