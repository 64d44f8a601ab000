#include "gemini_turns.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string text_in(const GeminiTurn& turn) {
    std::string text;
    for (const PlacedPart& placed : turn.all("text")) {
        text += (text.empty() ? "" : "\n") + text_of(*placed.part, "text");
    }
    return text;
}

ToolOutcome outcome_of(const json::object& part) {
    const json::object& response = object_in(part, "functionResponse");
    const json::object& content = object_in(response, "response");
    ToolOutcome outcome{text_of(response, "name"), {}, content.size() == 1 && content.contains("error")};
    const bool wrapped =
        content.size() == 1 && (outcome.is_error || content.contains("output") || content.contains("result"));
    const json::value inner = wrapped ? content.begin()->value() : json::value(content);
    outcome.text = inner.is_string() ? std::string(inner.get_string()) : json::serialize(inner);
    return outcome;
}

void read_tools(const GeminiCall& call, Prompt& prompt) {
    for (const json::value& tool : list_in(call.body, "tools")) {
        for (const json::value& item : list_in(as_object(tool), "functionDeclarations")) {
            const json::object& declaration = as_object(item);
            const json::value* schema = member(declaration, "parametersJsonSchema");
            prompt.tools.push_back(
                {text_of(declaration, "name"), schema != nullptr && schema->is_object()
                                                   ? schema->get_object()
                                                   : as_json_schema(object_in(declaration, "parameters"))});
        }
    }
    const json::object& config = object_in(call.part("toolConfig"), "functionCallingConfig");
    const std::string mode = text_of(config, "mode");
    const json::array& allowed = list_in(config, "allowedFunctionNames");
    if (!allowed.empty()) {
        std::erase_if(prompt.tools, [&allowed](const OfferedTool& tool) {
            return std::none_of(allowed.begin(), allowed.end(),
                                [&tool](const json::value& name) { return name.get_string() == tool.name; });
        });
    }
    prompt.wish = mode == "NONE" ? ToolWish::none : mode == "ANY" ? ToolWish::forced : ToolWish::free;
}

}  // namespace

Prompt prompt_of(const GeminiCall& call) {
    Prompt prompt;
    const std::vector<GeminiTurn> turns = turns_of(call.body);
    bool newest = true;  // not yet past what came since the model's last answer
    for (std::size_t i = turns.size(); i-- > 0;) {
        const GeminiTurn& turn = turns[i];
        if (turn.model) {
            newest = false;
            prompt.rounds += turn.all("functionCall").empty() ? 0U : 1U;
            continue;
        }
        const std::vector<PlacedPart> responses = turn.all("functionResponse");
        for (const PlacedPart& placed : newest ? responses : std::vector<PlacedPart>()) {
            prompt.outcomes.push_back(outcome_of(*placed.part));
        }
        const std::string text = text_in(turn);
        if (responses.empty() || !text.empty()) {
            prompt.task_text = text;
            prompt.user_text = newest ? text : prompt.user_text;
            // What comes together with results goes with them, unless it scripts calls of its own.
            if (responses.empty() || asks_for_calls(text)) {
                break;
            }
        }
    }
    read_tools(call, prompt);
    const json::object& config = call.part("generationConfig");
    prompt.thinks = call.thinks;
    if (config.contains("responseJsonSchema") && config.at("responseJsonSchema").is_object()) {
        prompt.schema = config.at("responseJsonSchema").get_object();
    } else if (config.contains("responseSchema")) {
        prompt.schema = as_json_schema(object_in(config, "responseSchema"));
    }
    prompt.json_object = text_of(config, "responseMimeType") == "application/json";
    prompt.max_tokens =
        static_cast<std::size_t>(integer_of(config, "maxOutputTokens").value_or(call.rules->max_output));
    for (const json::value& stop : list_in(config, "stopSequences")) {
        prompt.stops.emplace_back(stop.get_string());
    }
    return prompt;
}

}  // namespace emulator
