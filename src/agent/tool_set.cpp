#include "agent/tool_set.hpp"

#include "core/attachment_block.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::agent {
namespace {

/// An object without properties.
constexpr std::string_view no_parameters = R"({"type":"object","properties":{}})";
/// Longest name that all vendors take (anthropic and openai: 64).
constexpr std::size_t longest_name = 64;

ErrorInfo wrong(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

bool fits_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

bool fits_property(std::string_view name) {
    std::string without_dots(name);
    std::replace(without_dots.begin(), without_dots.end(), '.', '_');
    return fits_name(without_dots);
}

std::string_view json_view_of(boost::json::string_view text) { return {text.data(), text.size()}; }

Result<void> check_limits(const Tool& tool) {
    if (tool.timeout.count() <= 0) return wrong(fmt::format("tool {}: timeout is {} ms; it must be more than 0.", tool.name, tool.timeout.count()));
    if (tool.max_parallel < 0) return wrong(fmt::format("tool {}: max_parallel is {}; it must be at least 0.", tool.name, tool.max_parallel));
    if (tool.max_result_bytes < 1) return wrong(fmt::format("tool {}: max_result_bytes is 0; it must be at least 1.", tool.name));
    if (tool.approve && tool.ask_run)
        return wrong(fmt::format("tool {}: approve and ask_run are both set; a call is approved in one place.", tool.name));
    return {};
}

/// The number of parameters. Vendors take nothing but an object schema that says so itself.
Result<std::size_t> check_object_schema(const Tool& tool) {
    JsonParser parser;
    const JsonObject* schema = parser.parse_object(tool.input_schema);
    if (schema == nullptr) return wrong(fmt::format("tool {}: input_schema is not a JSON object. Write a JSON Schema such as {}.", tool.name, no_parameters));
    if (json_text_or_empty(*schema, "type") != "object")
        return wrong(fmt::format("tool {}: input_schema /type must be \"object\": arguments come as an object.", tool.name));
    // What the Messages API refuses of a schema although it is one.
    for (const std::string_view keyword : {"oneOf", "anyOf", "allOf"})
        if (json_member(*schema, keyword) != nullptr)
            return wrong(fmt::format("tool {}: input_schema /{} is refused by vendors at the top level. Move it into a property.", tool.name, keyword));
    if (const JsonObject* properties = json_object(*schema, "properties"))
        for (const auto& property : *properties)
            if (!fits_property(json_view_of(property.key())))
                return wrong(fmt::format("tool {}: input_schema /properties/{}: a property's name is 1 to {} of a-z, A-Z, 0-9, '_', '.' and '-'.", tool.name,
                                         utf8_prefix(json_view_of(property.key()), 80), longest_name));
    const JsonObject* properties = json_object(*schema, "properties");
    return properties == nullptr ? std::size_t{0} : properties->size();
}

}  // namespace

Result<std::shared_ptr<const ToolSet>> ToolSet::create(std::vector<Tool> tools) {
    auto set = std::make_shared<ToolSet>();
    set->entries_.reserve(tools.size());
    for (std::size_t i = 0; i < tools.size(); ++i) {
        Tool& tool = tools[i];
        if (!fits_name(tool.name))
            return wrong(fmt::format("tools[{}]: the name \"{}\" is not 1 to {} of a-z, A-Z, 0-9, '_' and '-'. Rename the tool.", i,
                                     replace_invalid_utf8(utf8_prefix(tool.name, 80)), longest_name));
        if (set->by_name_.contains(tool.name)) return wrong(fmt::format("tools[{}]: there are two tools named {}. Rename one of them.", i, tool.name));
        if (auto checked = require_utf8(fmt::format("tool {}: description", tool.name), tool.description); !checked) return std::move(checked).error();
        if (auto checked = check_limits(tool); !checked) return std::move(checked).error();
        if (auto checked = require_utf8(fmt::format("tool {}: input_schema", tool.name), tool.input_schema); !checked) return std::move(checked).error();
        tool.input_schema = std::string(trim(tool.input_schema));
        if (tool.input_schema.empty()) tool.input_schema = no_parameters;
        auto parameters = check_object_schema(tool);
        if (!parameters) return std::move(parameters).error();
        set->parameters_ += *parameters;
        auto compiled = schema::Schema::compile(tool.input_schema);
        if (!compiled) return wrong(fmt::format("tool {}: input_schema {}", tool.name, compiled.error().message));
        set->by_name_.emplace(tool.name, set->entries_.size());
        set->entries_.push_back({std::move(tool), *std::move(compiled)});
    }
    return std::shared_ptr<const ToolSet>(std::move(set));
}

const ToolSet::Entry* ToolSet::find(std::string_view name) const noexcept {
    const auto found = by_name_.find(std::string(name));
    return found == by_name_.end() ? nullptr : &entries_[found->second];
}

std::vector<ToolDefinition> ToolSet::definitions() const {
    std::vector<ToolDefinition> out;
    out.reserve(entries_.size());
    for (const Entry& entry : entries_) out.push_back({.name = entry.tool.name, .description = entry.tool.description, .input_schema = entry.tool.input_schema});
    return out;
}

std::string ToolSet::names() const {
    std::string out;
    for (const Entry& entry : entries_) out += (out.empty() ? "" : ", ") + entry.tool.name;
    return out;
}

}  // namespace cortex::agent
