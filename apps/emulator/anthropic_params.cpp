#include "anthropic_call.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

bool listed(std::string_view list, std::string_view word) {
    const auto all = words(list);
    return std::find(all.begin(), all.end(), word) != all.end();
}

std::string sorted_list(std::string_view list) {
    auto all = words(list);
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string_view word : all) {
        text += (text.empty() ? "" : ", ") + std::string(word);
    }
    return text;
}

// Fields that exist only while a beta is asked for, by the prefix of its name.
struct BetaField {
    std::string_view name;
    std::string_view beta;
};
constexpr std::array<BetaField, 9> beta_fields{{{"context_management", "context-management-"},
                                                {"context_management", "compact-"},
                                                {"compaction", "compact-"},
                                                {"mcp_servers", "mcp-client-"},
                                                {"fallbacks", "server-side-fallback-"},
                                                {"fallback_credit_token", "fallback-credit-"},
                                                {"thread", "message-threads-"},
                                                {"billing_policy", "user-profiles-billing-"},
                                                {"output_format", "structured-outputs-"}}};

void check_known_fields(const AnthropicCall& call) {
    constexpr std::array<std::string_view, 15> always{"model",         "messages",    "system",       "stop_sequences",
                                                      "tools",         "tool_choice", "thinking",     "output_config",
                                                      "metadata",      "speed",       "service_tier", "cache_control",
                                                      "inference_geo", "container",   "diagnostics"};
    for (const auto& item : call.body) {
        const std::string_view name = item.key();
        const bool sampling = name == "temperature" || name == "top_p" || name == "top_k";
        const bool creating = name == "max_tokens" || name == "stream";
        const bool known = std::find(always.begin(), always.end(), name) != always.end() ||
                           (sampling && !call.newest_version) || (creating && !call.counting) ||
                           std::any_of(beta_fields.begin(), beta_fields.end(), [&](const BetaField& field) {
                               return field.name == name && call.beta(field.beta);
                           });
        if (!known) {
            refuse(std::string(name), "Extra inputs are not permitted");
        }
    }
}

void check_max_tokens(AnthropicCall& call) {
    if (call.counting) {
        call.max_tokens = call.rules->max_output;
        return;
    }
    call.max_tokens = want_integer(require(call.body, "max_tokens", ""), "max_tokens");
    if (call.max_tokens < 0) {
        refuse("max_tokens", "must be greater than or equal to 0");
    }
    if (call.max_tokens > call.rules->max_output) {
        refuse("max_tokens", std::to_string(call.max_tokens) + " > " + std::to_string(call.rules->max_output) +
                                 ", which is the maximum allowed number of output tokens for " + call.model);
    }
    if (call.max_tokens == 0 && call.stream) {
        refuse("max_tokens", "`max_tokens: 0` is not supported with streaming");
    }
}

void check_display(AnthropicCall& call, const json::object& thinking, const std::string& path) {
    call.omit_thinking = call.rules->omits_thinking;
    if (const json::value* display = member(thinking, "display"); display != nullptr && !display->is_null()) {
        const std::string_view text = want_string(*display, join(path, "display"));
        if (call.beta("thinking-display-updates-")) {
            one_of(text, join(path, "display"), {"summarized", "omitted", "updates"});
        } else {
            one_of(text, join(path, "display"), {"summarized", "omitted"});
        }
        call.omit_thinking = text == "omitted";
    }
}

void check_manual_thinking(AnthropicCall& call, const json::object& thinking) {
    if (!call.rules->manual) {
        refuse("",
               "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and "
               "\"output_config.effort\" to control thinking behavior.");
    }
    only_fields(thinking, "thinking.enabled", {"type", "budget_tokens", "display"});
    call.budget =
        want_integer(require(thinking, "budget_tokens", "thinking.enabled"), "thinking.enabled.budget_tokens");
    if (call.budget < 1024) {
        refuse("thinking.enabled.budget_tokens", "Input should be greater than or equal to 1024");
    }
    const bool interleaved = call.rules->interleaves_by_header && call.beta("interleaved-thinking-");
    if (!call.counting && !interleaved && call.budget >= call.max_tokens) {
        refuse("", "`max_tokens` must be greater than `thinking.budget_tokens`.");
    }
    if (call.max_tokens == 0) {
        refuse("max_tokens", "`max_tokens: 0` is not supported with thinking");
    }
    check_display(call, thinking, "thinking.enabled");
    call.thinking = ThinkingMode::manual;
}

void check_adaptive_thinking(AnthropicCall& call, const json::object& thinking) {
    if (!call.rules->adaptive) {
        refuse("", "adaptive thinking is not supported on this model");
    }
    if (call.beta("thinking-binding-controls-")) {
        only_fields(thinking, "thinking.adaptive", {"type", "display", "block_binding"});
    } else {
        only_fields(thinking, "thinking.adaptive", {"type", "display"});
    }
    if (const json::value* binding = member(thinking, "block_binding"); binding != nullptr && !binding->is_null()) {
        const std::string path = "thinking.adaptive.block_binding";
        const json::object& object = want_object(*binding, path);
        only_fields(object, path, {"prefix_mismatch_behavior"});
        const std::string wanted = join(path, "prefix_mismatch_behavior");
        const std::string_view behavior = want_string(require(object, "prefix_mismatch_behavior", path), wanted);
        one_of(behavior, wanted, {"error", "drop_block"});
        call.drop_unbound = behavior == "drop_block";
    }
    check_display(call, thinking, "thinking.adaptive");
    call.thinking = ThinkingMode::adaptive;
}

bool effort_is_modest(const AnthropicCall& call) {
    const json::value* config = member(call.body, "output_config");
    const std::string effort =
        config != nullptr && config->is_object() ? text_of(config->get_object(), "effort") : std::string();
    return effort != "xhigh" && effort != "max";
}

void check_disabled_thinking(AnthropicCall& call, const json::object& thinking) {
    if (!call.rules->disabled) {
        refuse("",
               std::string("\"thinking.type.disabled\" is not supported for this model.") +
                   (call.rules->between_tools ? " Use \"thinking.type.between_tools\" for the least thinking." : ""));
    }
    only_fields(thinking, "thinking.disabled", {"type"});
    if (call.rules->disabled_needs_modest_effort && !effort_is_modest(call)) {
        refuse("",
               "\"thinking.type.disabled\" is only supported with `output_config.effort` of 'high' or below on this "
               "model.");
    }
    call.thinking = ThinkingMode::off;
}

void check_between_tools(AnthropicCall& call, const json::object& thinking) {
    if (!call.rules->between_tools) {
        refuse("", "\"thinking.type.between_tools\" is not supported for this model.");
    }
    only_fields(thinking, "thinking.between_tools", {"type"});
    if (!effort_is_modest(call)) {
        refuse("", "\"thinking.type.between_tools\" is only supported with `output_config.effort` of 'high' or below.");
    }
    call.thinking = ThinkingMode::between_tools;
    call.omit_thinking = call.rules->omits_thinking;
}

void check_thinking(AnthropicCall& call) {
    const json::value* value = member(call.body, "thinking");
    if (value == nullptr || value->is_null()) {
        const bool on = call.rules->thinking_default != ThinkingDefault::off;
        call.thinking = on ? ThinkingMode::adaptive : ThinkingMode::off;
        call.omit_thinking = call.rules->omits_thinking;
        return;
    }
    const json::object& thinking = want_object(*value, "thinking");
    const std::string_view type = want_string(require(thinking, "type", "thinking"), "thinking.type");
    if (type == "enabled") {
        check_manual_thinking(call, thinking);
    } else if (type == "adaptive") {
        check_adaptive_thinking(call, thinking);
    } else if (type == "disabled") {
        check_disabled_thinking(call, thinking);
    } else if (type == "between_tools") {
        check_between_tools(call, thinking);
    } else {
        refuse("thinking",
               "Input tag '" + std::string(type) +
                   "' found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', "
                   "'disabled', 'enabled'");
    }
}

void check_sampling(const AnthropicCall& call) {
    const json::value* temperature = member(call.body, "temperature");
    const json::value* top_p = member(call.body, "top_p");
    const json::value* top_k = member(call.body, "top_k");
    if (temperature != nullptr) {
        const double number = want_number(*temperature, "temperature");
        if (number < 0 || number > 1) {
            refuse("temperature", "range: 0..1");
        }
        if (!call.rules->sampling && number != 1.0) {
            refuse("", "`temperature` is deprecated for this model.");
        }
        if (call.rules->sampling && call.thinking != ThinkingMode::off && number != 1.0) {
            refuse("", "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.");
        }
    }
    if (top_p != nullptr) {
        const double number = want_number(*top_p, "top_p");
        if (number < 0 || number > 1) {
            refuse("top_p", "range: 0..1");
        }
        if (!call.rules->sampling) {
            refuse("", "`top_p` is deprecated for this model.");
        }
        if (call.thinking != ThinkingMode::off && number < 0.95) {
            refuse(
                "",
                "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.");
        }
    }
    if (top_k != nullptr) {
        if (want_integer(*top_k, "top_k") < 0) {
            refuse("top_k", "Input should be greater than or equal to 0");
        }
        if (!call.rules->sampling) {
            refuse("", "`top_k` is deprecated for this model.");
        }
        if (call.thinking != ThinkingMode::off) {
            refuse("", "`top_k` must be unset when thinking is enabled or in adaptive mode.");
        }
    }
    if (temperature != nullptr && top_p != nullptr && call.rules->known) {
        refuse("", "`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
    }
}

void check_output_config(const AnthropicCall& call) {
    const json::value* value = member(call.body, "output_config");
    if (value == nullptr || value->is_null()) {
        return;
    }
    const json::object& config = want_object(*value, "output_config");
    if (call.beta("task-budgets-")) {
        only_fields(config, "output_config", {"effort", "format", "task_budget"});
    } else {
        only_fields(config, "output_config", {"effort", "format"});
    }
    if (const json::value* effort = member(config, "effort"); effort != nullptr && !effort->is_null()) {
        const std::string_view level = want_string(*effort, "output_config.effort");
        one_of(level, "output_config.effort", {"low", "medium", "high", "xhigh", "max"});
        if (call.rules->efforts.empty()) {
            refuse("", "This model does not support the effort parameter.");
        }
        if (!listed(call.rules->efforts, level)) {
            refuse("", "This model does not support effort level '" + std::string(level) +
                           "'. Supported levels: " + sorted_list(call.rules->efforts) + ".");
        }
    }
    if (const json::value* format = member(config, "format"); format != nullptr && !format->is_null()) {
        const json::object& object = want_object(*format, "output_config.format");
        only_fields(object, "output_config.format", {"type", "schema"});
        one_of(want_string(require(object, "type", "output_config.format"), "output_config.format.type"),
               "output_config.format.type", {"json_schema"});
        const json::value& schema = require(object, "schema", "output_config.format");
        want_object(schema, "output_config.format.schema");
        check_strict_schema(schema, "output_config.format.schema");
    }
}

void check_system(AnthropicCall& call) {
    const json::value* value = member(call.body, "system");
    if (value == nullptr) {
        return;
    }
    if (value->is_string()) {
        if (!value->get_string().empty()) {
            call.system.push_back(json::object{{"type", "text"}, {"text", value->get_string()}});
        }
        return;
    }
    if (!value->is_array()) {
        refuse("system", "Input should be a valid string or list");
    }
    std::size_t index = 0;
    for (const json::value& item : value->get_array()) {
        const std::string path = join("system", index++);
        const json::object& block = want_object(item, path);
        if (text_of(block, "type") != "text") {
            refuse(join(path, "type"), "Input should be 'text'");
        }
        only_fields(block, path, {"type", "text", "cache_control", "citations"});
        const std::string_view text = want_string(require(block, "text", path), join(path, "text"));
        if (text.empty()) {
            refuse("system", "text content blocks must be non-empty");
        }
        if (trimmed(text).empty()) {
            refuse("system", "text content blocks must contain non-whitespace text");
        }
        check_cache_control(block, path);
        call.system.push_back(block);
    }
}

void check_small_fields(const AnthropicCall& call) {
    if (const json::value* metadata = member(call.body, "metadata")) {
        const json::object& object = want_object(*metadata, "metadata");
        only_fields(object, "metadata", {"user_id"});
        if (const json::value* user = member(object, "user_id"); user != nullptr && !user->is_null()) {
            want_string(*user, "metadata.user_id");
        }
    }
    if (const json::value* tier = member(call.body, "service_tier")) {
        one_of(want_string(*tier, "service_tier"), "service_tier", {"auto", "standard_only"});
    }
    if (const json::value* speed = member(call.body, "speed"); speed != nullptr && !speed->is_null()) {
        one_of(want_string(*speed, "speed"), "speed", {"standard", "fast"});
    }
    if (const json::value* stops = member(call.body, "stop_sequences")) {
        std::size_t index = 0;
        for (const json::value& stop : want_array(*stops, "stop_sequences")) {
            if (trimmed(want_string(stop, join("stop_sequences", index++))).empty()) {
                refuse("stop_sequences", "each stop sequence must contain non-whitespace");
            }
        }
    }
    check_cache_control(call.body, "");
}

}  // namespace

bool Turn::holds(std::string_view type) const {
    return std::any_of(blocks.begin(), blocks.end(), [type](const json::value& block) {
        return block.is_object() && text_of(block.get_object(), "type") == type;
    });
}

bool AnthropicCall::beta(std::string_view prefix) const {
    return std::any_of(betas.begin(), betas.end(),
                       [prefix](const std::string& name) { return name.starts_with(prefix); });
}

void check_cache_control(const json::object& object, const std::string& path) {
    const json::value* value = member(object, "cache_control");
    if (value == nullptr || value->is_null()) {
        return;
    }
    const std::string here = join(path, "cache_control");
    const json::object& mark = want_object(*value, here);
    one_of(want_string(require(mark, "type", here), join(here, "type")), join(here, "type"), {"ephemeral"});
    only_fields(mark, join(here, "ephemeral"), {"type", "ttl"});
    if (const json::value* ttl = member(mark, "ttl"); ttl != nullptr && !ttl->is_null()) {
        one_of(want_string(*ttl, join(here, "ephemeral.ttl")), join(here, "ephemeral.ttl"), {"5m", "1h"});
    }
}

void check_params(AnthropicCall& call) {
    check_known_fields(call);
    if (const json::value* stream = member(call.body, "stream")) {
        call.stream = want_bool(*stream, "stream");
    }
    check_max_tokens(call);
    check_thinking(call);
    check_sampling(call);
    check_output_config(call);
    check_system(call);
    check_small_fields(call);
    check_tools(call);
}

}  // namespace emulator
