#include "gemini_turns.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

constexpr std::array<std::string_view, 9> data_fields{
    "text",           "functionCall",        "functionResponse", "inlineData",  "fileData",
    "executableCode", "codeExecutionResult", "toolCall",         "toolResponse"};

}  // namespace

const json::object& object_in(const json::object& object, std::string_view name) {
    static const json::object none;
    const json::value* value = member(object, name);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& list_in(const json::object& object, std::string_view name) {
    static const json::array none;
    const json::value* value = member(object, name);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

const json::object& GeminiCall::part(std::string_view name) const { return object_in(body, name); }

std::string_view data_of(const json::object& part) noexcept {
    const auto found = std::find_if(data_fields.begin(), data_fields.end(),
                                    [&part](std::string_view name) { return part.contains(name); });
    return found == data_fields.end() ? std::string_view() : *found;
}

bool is_model_content(const json::object& content) { return text_of(content, "role") == "model"; }

std::string PlacedPart::path() const {
    return "contents[" + std::to_string(content) + "].parts[" + std::to_string(index) + "]";
}

std::vector<PlacedPart> GeminiTurn::all(std::string_view data) const {
    std::vector<PlacedPart> found;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(found),
                 [data](const PlacedPart& placed) { return placed.part->contains(data); });
    return found;
}

std::vector<GeminiTurn> turns_of(const json::object& body) {
    std::vector<GeminiTurn> turns;
    std::size_t number = 0;
    for (const json::value& item : list_in(body, "contents")) {
        const json::object& content = as_object(item);
        const bool model = is_model_content(content);
        if (turns.empty() || turns.back().model != model) {
            turns.push_back({model, {}});
        }
        std::size_t index = 0;
        for (const json::value& part : list_in(content, "parts")) {
            turns.back().parts.push_back({&as_object(part), number, index++});
        }
        ++number;
    }
    return turns;
}

std::size_t start_of_current_turn(const json::object& body) {
    const json::array& contents = list_in(body, "contents");
    for (std::size_t i = contents.size(); i-- > 0;) {
        const json::object& content = as_object(contents[i]);
        const json::array& parts = list_in(content, "parts");
        const bool only_responses = std::all_of(parts.begin(), parts.end(), [](const json::value& part) {
            return as_object(part).contains("functionResponse");
        });
        if (!is_model_content(content) && !only_responses) {
            return i;
        }
    }
    return 0;
}

}  // namespace emulator
