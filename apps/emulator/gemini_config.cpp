#include "gemini_call.hpp"
#include "gemini_error.hpp"
#include "gemini_shape.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

void check_range(const json::object& config, std::string_view name, double least, double most) {
    const json::value* value = member(config, name);
    const std::optional<double> number = value != nullptr ? number_of(*value) : std::nullopt;
    if (number && (*number < least || *number > most)) {
        const auto text = [](double bound) { return json::serialize(json::value(bound)); };
        refuse_content("generation_config." + snake_case(name),
                       snake_case(name) + " must be in the range [" + text(least) + ", " + text(most) + "].");
    }
}

void check_sampling(const GeminiCall& call, const json::object& config) {
    check_range(config, "temperature", 0, 2);
    check_range(config, "topP", 0, 1);
    check_range(config, "topK", 1, 1000);
    check_range(config, "presencePenalty", -2, 2);
    check_range(config, "frequencyPenalty", -2, 2);
    for (const std::string_view name : {"presencePenalty", "frequencyPenalty"}) {
        if (call.rules->newer && config.contains(name)) {
            refuse_argument("Penalty is not enabled for " + std::string(call.rules->id) + ": remove " +
                            snake_case(name) + ".");
        }
    }
    const std::int64_t candidates = integer_of(config, "candidateCount").value_or(1);
    if (candidates < 1 || candidates > 8) {
        refuse_argument("Unable to submit request because it has a candidateCount value of " +
                        std::to_string(candidates) +
                        " but the supported range is from 1 (inclusive) to 9 (exclusive).");
    }
    if (call.rules->newer && candidates > 1) {
        refuse_argument("Multiple candidates is not enabled for this model");
    }
    if (list_in(config, "stopSequences").size() > 5) {
        refuse_content("generation_config.stop_sequences", "the number of stop sequences must be at most 5.");
    }
    if (config.contains("logprobs") && !is_true(config, "responseLogprobs")) {
        refuse_argument("Logprobs is only supported with response_logprobs set to true.");
    }
}

void check_max_tokens(const GeminiCall& call, const json::object& config) {
    const std::optional<std::int64_t> limit = integer_of(config, "maxOutputTokens");
    if (limit && (*limit < 1 || *limit > call.rules->max_output)) {
        refuse_argument("Unable to submit request because it has a maxOutputTokens value of " + std::to_string(*limit) +
                        " but the supported range is from 1 (inclusive) to " +
                        std::to_string(call.rules->max_output + 1) + " (exclusive). Update the value and try again.");
    }
}

void check_format(const GeminiCall& call, const json::object& config) {
    const std::string type = text_of(config, "responseMimeType");
    if (!type.empty() && type != "text/plain" && type != "application/json" && type != "text/x.enum") {
        refuse_content("generation_config.response_mime_type",
                       "allowed mimetypes are `text/plain`, `application/json`, and `text/x.enum`.");
    }
    const bool with_schema = config.contains("responseSchema");
    const bool with_json_schema = config.contains("responseJsonSchema");
    if (with_schema && with_json_schema) {
        refuse_content("generation_config.response_json_schema",
                       "only one of response_schema and response_json_schema may be set.");
    }
    if ((with_schema || with_json_schema) && type != "application/json" && type != "text/x.enum") {
        refuse_content("generation_config.response_schema",
                       "only allowed for response_mime_type `application/json` or `text/x.enum`.");
    }
    if (with_schema) {
        check_gemini_schema(as_object(config.at("responseSchema")), "generation_config.response_schema", false);
    }
    if (with_json_schema) {
        check_json_schema(config.at("responseJsonSchema"), "generation_config.response_json_schema");
    }
    bool functions = false;
    for (const json::value& tool : list_in(call.body, "tools")) {
        functions = functions || as_object(tool).contains("functionDeclarations");
    }
    if (functions && type == "application/json" && call.rules->family == "2.5") {
        refuse_argument("Function calling with a response mime type: 'application/json' is unsupported");
    }
    for (const json::value& modality : list_in(config, "responseModalities")) {
        if (modality.get_string() != "TEXT") {
            refuse_argument("The requested combination of response modalities (" + std::string(modality.get_string()) +
                            ") is not supported by the model.");
        }
    }
}

bool level_allowed(const GeminiRules& rules, std::string_view level) {
    const std::vector<std::string_view> levels = words(rules.levels);
    return std::find(levels.begin(), levels.end(), level) != levels.end();
}

// Whether the budget lets the model think.
bool check_budget(const GeminiCall& call, std::int64_t budget) {
    const GeminiRules& rules = *call.rules;
    if (!rules.takes_budget) {
        refuse_argument("Thinking budget is not supported for this model. Use thinking_level instead.");
    }
    // On Vertex 3.1-pro takes a budget of 0, and then does not think.
    const bool may_stop = rules.may_stop_thinking || (call.on_vertex() && rules.family == "3");
    if (budget == 0 && !may_stop) {
        refuse_argument("Budget 0 is invalid. This model only works in thinking mode.");
    }
    if (budget != 0 && budget != -1 && (budget < rules.least_budget || budget > rules.most_budget)) {
        refuse_argument("The thinking budget " + std::to_string(budget) +
                        " is invalid. Please choose a value between " + std::to_string(rules.least_budget) + " and " +
                        std::to_string(rules.most_budget) + ".");
    }
    return budget != 0;
}

void check_thinking(GeminiCall& call, const json::object& config) {
    const GeminiRules& rules = *call.rules;
    const json::object& thinking = object_in(config, "thinkingConfig");
    const std::string level = text_of(thinking, "thinkingLevel");
    const std::optional<std::int64_t> budget = integer_of(thinking, "thinkingBudget");
    if (!level.empty() && budget) {
        refuse_argument("You can only set only one of thinking budget and thinking level.");
    }
    if (!level.empty() && rules.levels.empty()) {
        refuse_argument("Thinking level is not supported for this model.");
    }
    if (!level.empty() && level != "THINKING_LEVEL_UNSPECIFIED" && !level_allowed(rules, level)) {
        refuse_argument("Thinking level " + level +
                        " is not supported for this model. Please retry with other thinking "
                        "level.");
    }
    const bool off = budget ? !check_budget(call, *budget) : rules.family == "2.5" && !rules.thinks_by_default;
    const bool by_level = level.empty() ? rules.thinks_by_default : level != "MINIMAL";
    call.thinks = !off && (budget || by_level);
    call.shows_thoughts = is_true(thinking, "includeThoughts");
    if (call.shows_thoughts && off) {
        refuse_argument(
            "Unable to submit request because thinking_config.include_thoughts is only enabled when "
            "thinking is enabled.");
    }
}

void check_safety(const GeminiCall& call) {
    std::vector<std::string> seen;
    std::size_t index = 0;
    for (const json::value& item : list_in(call.body, "safetySettings")) {
        const std::string path = "safety_settings[" + std::to_string(index++) + "]";
        const std::string category = text_of(as_object(item), "category");
        if (category.empty() || (!call.on_vertex() && category.starts_with("HARM_CATEGORY_IMAGE_"))) {
            refuse_content(path, "element predicate failed: $.category must be one of the supported categories.");
        }
        if (text_of(as_object(item), "threshold").empty()) {
            refuse_content(path, "element predicate failed: $.threshold must be set.");
        }
        if (std::find(seen.begin(), seen.end(), category) != seen.end()) {
            refuse_content(path, "the category " + category + " occurs twice.");
        }
        seen.push_back(category);
    }
}

}  // namespace

void check_gemini_config(GeminiCall& call) {
    const json::object& config = call.part("generationConfig");
    check_sampling(call, config);
    check_max_tokens(call, config);
    check_format(call, config);
    check_thinking(call, config);
    check_safety(call);
}

}  // namespace emulator
