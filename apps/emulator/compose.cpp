#include "compose.hpp"

#include "text_util.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {

namespace {

std::string tool_key(std::string_view name) {
    std::string key = lower(name);
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

const OfferedTool* find_tool(const Prompt& prompt, std::string_view name) {
    const std::string key = tool_key(name);
    const auto found = std::find_if(prompt.tools.begin(), prompt.tools.end(),
                                    [&key](const OfferedTool& tool) { return tool_key(tool.name) == key; });
    return found == prompt.tools.end() ? nullptr : &*found;
}

json::value typed(std::string_view word, std::string_view type) {
    if (type == "number" || type == "integer") {
        std::int64_t whole = 0;
        const char* end = word.data() + word.size();
        if (const auto [at, error] = std::from_chars(word.data(), end, whole); error == std::errc() && at == end) {
            return whole;
        }
        double real = 0;
        if (const auto [at, error] = std::from_chars(word.data(), end, real); error == std::errc() && at == end) {
            return real;
        }
    }
    if (type == "boolean" && (word == "true" || word == "false")) {
        return word == "true";
    }
    return json::string(word);
}

std::string schema_type(const json::value& schema) {
    const json::object* object = schema.if_object();
    if (object == nullptr) {
        return {};
    }
    const json::value* type = member(*object, "type");
    if (type != nullptr && type->is_array() && !type->get_array().empty()) {
        type = &type->get_array().front();
    }
    return type != nullptr && type->is_string() ? std::string(type->get_string()) : std::string();
}

// Words fill the tool's properties in their order; the last text property takes all that is left.
json::object arguments_of(std::string_view text, const OfferedTool& tool) {
    if (text.starts_with('{')) {
        boost::system::error_code error;
        json::value parsed = json::parse(text, error);
        if (!error && parsed.is_object()) {
            return std::move(parsed.get_object());
        }
    }
    json::object arguments;
    const json::value* properties = member(tool.schema, "properties");
    if (properties == nullptr || !properties->is_object() || text.empty()) {
        return arguments;
    }
    const json::object& fields = properties->get_object();
    std::size_t left = fields.size();
    for (const auto& field : fields) {
        text = trimmed(text);
        if (text.empty()) {
            break;
        }
        --left;
        const std::string type = schema_type(field.value());
        const bool takes_rest = left == 0 && (type == "string" || type.empty());
        const std::size_t end = takes_rest ? text.size() : std::min(text.find_first_of(" \t"), text.size());
        arguments.emplace(field.key(), typed(text.substr(0, end), type));
        text.remove_prefix(end);
    }
    return arguments;
}

json::object tool_use(const std::string& id, const OfferedTool& tool, json::object input) {
    return {{"type", "tool_use"}, {"id", id}, {"name", tool.name}, {"input", std::move(input)}};
}

constexpr std::string_view call_mark = "CALL_";
constexpr std::string_view words_mark = "SAY:";

/// What a prompt scripts for one answer.
struct Round {
    std::vector<std::string_view> calls;  ///< the lines
    std::string_view words;               ///< before the calls, or instead of them
};

/// One round for each answer of the turn: `CALL_...` and `SAY:` lines, parted by lines `THEN`. A last line `REPEAT` gives the last
/// round again for ever.
struct Scenario {
    std::vector<Round> rounds;
    bool repeats = false;

    [[nodiscard]] const Round* round(std::size_t number) const {
        if (number < rounds.size()) {
            return &rounds[number];
        }
        return repeats ? &rounds.back() : nullptr;
    }
};

Scenario read_scenario(std::string_view text) {
    Scenario scenario;
    scenario.rounds.emplace_back();
    for (std::string_view line : split(text, '\n')) {
        line = trimmed(line);
        if (line == "THEN") {
            scenario.rounds.emplace_back();
        } else if (line == "REPEAT") {
            scenario.repeats = true;
        } else if (line.starts_with(words_mark)) {
            scenario.rounds.back().words = trimmed(line.substr(words_mark.size()));
        } else if (line.starts_with(call_mark) && line.find(':') != std::string_view::npos) {
            scenario.rounds.back().calls.push_back(line);
        }
    }
    return scenario;
}

std::vector<json::object> requested_calls(const Round& round, const Prompt& prompt, const std::string& id_prefix) {
    std::vector<json::object> calls;
    for (const std::string_view line : round.calls) {
        const std::size_t colon = line.find(':');
        if (const OfferedTool* tool = find_tool(prompt, line.substr(call_mark.size(), colon - call_mark.size()))) {
            calls.push_back(tool_use(id_prefix + std::to_string(calls.size()), *tool,
                                     arguments_of(trimmed(line.substr(colon + 1)), *tool)));
        }
    }
    return calls;
}

std::size_t wanted_words(std::string_view text) {
    constexpr std::string_view mark = "ANSWER_WORDS:";
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) {
        return 0;
    }
    const std::string_view number = trimmed(text.substr(at + mark.size()));
    std::size_t count = 0;
    std::from_chars(number.data(), number.data() + number.size(), count);
    return std::min<std::size_t>(count, 100'000);
}

std::string plain_answer(const Prompt& prompt) {
    std::string text = "You said: ";
    const std::size_t count = wanted_words(prompt.user_text);
    if (count == 0) {
        return text + (trimmed(prompt.user_text).empty() ? std::string("nothing.") : prompt.user_text);
    }
    const std::vector<std::string_view> source = words(prompt.user_text);
    for (std::size_t i = 0; i < count; ++i) {
        text += i == 0 ? "" : " ";
        text += source[i % source.size()];
    }
    return text;
}

std::string quoted_outcomes(const std::vector<ToolOutcome>& outcomes) {
    std::string text;
    for (const ToolOutcome& outcome : outcomes) {
        text += text.empty() ? "" : " ";
        text += outcome.is_error ? "The tool " : "The result of ";
        text += outcome.name.empty() ? "the tool" : outcome.name;
        text += outcome.is_error ? " failed: " : " is: ";
        text += outcome.text + ".";
    }
    return text;
}

std::string thought(const Prompt& prompt, std::size_t calls) {
    if (!prompt.outcomes.empty()) {
        return "The tools answered " + std::to_string(prompt.outcomes.size()) + " time(s); I can say what came of it.";
    }
    if (calls > 0) {
        return "This needs " + std::to_string(calls) + " tool call(s), so I call before I answer.";
    }
    const std::string_view text = prompt.user_text;
    return "The user wrote " + std::to_string(words(text).size()) +
           " word(s) that begin with: " + std::string(text.substr(0, whole_characters(text, 60)));
}

const json::value& resolved(const json::value& schema, const json::object& root) {
    const json::object* object = schema.if_object();
    if (object == nullptr) {
        return schema;
    }
    const std::string reference = text_of(*object, "$ref");
    for (const std::string_view where : {std::string_view("#/$defs/"), std::string_view("#/definitions/")}) {
        if (reference.starts_with(where)) {
            const json::value* definitions = member(root, where.substr(2, where.size() - 3));
            if (definitions != nullptr && definitions->is_object()) {
                const json::value* found =
                    member(definitions->get_object(), std::string_view(reference).substr(where.size()));
                return found != nullptr ? *found : schema;
            }
        }
    }
    return schema;
}

}  // namespace

bool asks_for_calls(std::string_view text) {
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(),
                       [](std::string_view line) { return trimmed(line).starts_with(call_mark); });
}

json::value example_of(const json::value& schema_or_reference, const json::object& root, std::string_view name,
                       int depth) {
    const json::value& schema = resolved(schema_or_reference, root);
    const json::object* object = schema.if_object();
    if (object == nullptr || depth > 12) {
        return nullptr;
    }
    if (const json::value* fixed = member(*object, "const")) {
        return *fixed;
    }
    if (const json::value* allowed = member(*object, "enum");
        allowed != nullptr && allowed->is_array() && !allowed->get_array().empty()) {
        return allowed->get_array().front();
    }
    for (const std::string_view choice :
         {std::string_view("anyOf"), std::string_view("oneOf"), std::string_view("allOf")}) {
        if (const json::value* list = member(*object, choice);
            list != nullptr && list->is_array() && !list->get_array().empty()) {
            return example_of(list->get_array().front(), root, name, depth + 1);
        }
    }
    const std::string type = schema_type(schema);
    if (type == "object" || (type.empty() && object->contains("properties"))) {
        json::object result;
        if (const json::value* properties = member(*object, "properties");
            properties != nullptr && properties->is_object()) {
            for (const auto& property : properties->get_object()) {
                result.emplace(property.key(), example_of(property.value(), root, property.key(), depth + 1));
            }
        }
        return result;
    }
    if (type == "array") {
        const json::value* items = member(*object, "items");
        return items == nullptr ? json::array() : json::array{example_of(*items, root, name, depth + 1)};
    }
    if (type == "integer" || type == "number") {
        const json::value* least = member(*object, "minimum");
        return least != nullptr && least->is_number() ? *least : json::value(1);
    }
    if (type == "boolean") {
        return true;
    }
    if (type == "null") {
        return nullptr;
    }
    return json::string(name);
}

Answer compose(const Prompt& prompt, const std::string& id_prefix) {
    Answer answer;
    std::vector<json::object> calls;
    const bool may_call = prompt.wish != ToolWish::none && !prompt.tools.empty();
    const Scenario scenario = read_scenario(prompt.task_text);
    const Round* round = scenario.round(prompt.rounds);
    if (may_call && round != nullptr) {
        calls = requested_calls(*round, prompt, id_prefix);
    }
    // Words before calls that must not be made say nothing.
    const bool speaks = round != nullptr && (may_call || round->calls.empty());
    const std::string_view scripted_words = speaks ? round->words : std::string_view();
    const bool must_call = prompt.wish == ToolWish::forced || prompt.wish == ToolWish::named;
    if (may_call && must_call) {
        if (prompt.wish == ToolWish::named) {
            std::erase_if(calls, [&](const json::object& call) { return text_of(call, "name") != prompt.named_tool; });
        }
        if (calls.empty()) {
            const OfferedTool* tool =
                prompt.wish == ToolWish::named ? find_tool(prompt, prompt.named_tool) : &prompt.tools.front();
            if (tool != nullptr) {
                json::value input = example_of(tool->schema, tool->schema, tool->name);
                calls.push_back(
                    tool_use(id_prefix + "0", *tool, input.is_object() ? input.get_object() : json::object()));
            }
        }
    }
    if (!prompt.parallel_tools && calls.size() > 1) {
        calls.resize(1);
    }
    if (prompt.thinks) {
        answer.blocks.push_back({{"type", "thinking"}, {"thinking", thought(prompt, calls.size())}});
    }
    if (calls.empty()) {
        std::string text;
        if (prompt.schema) {
            text = json::serialize(example_of(*prompt.schema, *prompt.schema, "value"));
        } else if (prompt.json_object) {
            text = json::serialize(json::object{{"said", prompt.user_text}});
        } else if (!scripted_words.empty()) {
            text = scripted_words;
        } else {
            text = prompt.outcomes.empty() ? plain_answer(prompt) : quoted_outcomes(prompt.outcomes);
        }
        answer.blocks.push_back({{"type", "text"}, {"text", text}});
    } else {
        if (!must_call) {  // a forced call comes without words
            const std::string words = scripted_words.empty() ? "I will use " + text_of(calls.front(), "name") + "."
                                                             : std::string(scripted_words);
            answer.blocks.push_back({{"type", "text"}, {"text", words}});
        }
        answer.blocks.insert(answer.blocks.end(), calls.begin(), calls.end());
        answer.stop_reason = "tool_use";
    }
    apply_limits(answer, prompt);
    return answer;
}

void apply_limits(Answer& answer, const Prompt& prompt) {
    std::size_t left = prompt.max_tokens;
    for (std::size_t i = 0; i < answer.blocks.size(); ++i) {
        json::object& block = answer.blocks[i];
        if (text_of(block, "type") != "text") {
            continue;
        }
        std::string text = text_of(block, "text");
        for (const std::string& stop : prompt.stops) {
            if (const std::size_t at = text.find(stop); !stop.empty() && at != std::string::npos) {
                text.resize(at);
                answer.stop_reason = "stop_sequence";
                answer.stop_sequence = stop;
                answer.blocks.resize(i + 1);
            }
        }
        const std::size_t needed = estimated_tokens(text.size());
        if (needed > left) {
            text.resize(whole_characters(text, left * 4));
            answer.stop_reason = "max_tokens";
            answer.stop_sequence.clear();
            answer.blocks.resize(i + 1);
        }
        left -= std::min(left, needed);
        answer.blocks[i]["text"] = text;
        if (text.empty()) {
            answer.blocks.resize(i);
        }
    }
}

}  // namespace emulator
