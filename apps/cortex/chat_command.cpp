#include "chat_command.hpp"

#include "nearest.hpp"

#include <cortex/config.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace cortex::cli {
namespace {

using Kind = ChatCommand::Kind;

struct Word {
    std::string_view name;
    Kind kind;
    std::size_t most;   ///< Words behind it.
};

constexpr std::array words{
    Word{"/help", Kind::help, 0}, Word{"/model", Kind::model, 2}, Word{"/think", Kind::think, 1},
    Word{"/cost", Kind::cost, 0}, Word{"/stats", Kind::cost, 0},  Word{"/clear", Kind::clear, 0},
    Word{"/new", Kind::clear, 0}, Word{"/reset", Kind::clear, 0}, Word{"/exit", Kind::exit, 0},
    Word{"/quit", Kind::exit, 0},
};

std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
        if (end > at) parts.emplace_back(line.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

ChatCommand slip(std::string sentence) {
    return {.kind = Kind::unknown, .value = std::move(sentence) + " To send it as a message, begin with a space.\n"};
}

/// One word after a slash, as a command would be; a path has more.
bool has_the_form_of_a_command(std::string_view word) {
    return word.size() > 1 && std::all_of(word.begin() + 1, word.end(),
                                          [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

ChatCommand unknown(const std::vector<std::string>& parts) {
    std::vector<std::string> known;
    for (const Word& word : words) known.emplace_back(word.name);
    const std::string near = has_the_form_of_a_command(parts[0]) ? nearest(parts[0], known) : std::string();
    if (near.empty() && (parts.size() > 1 || !has_the_form_of_a_command(parts[0]))) return {};
    return slip("There is no command " + parts[0] +
                (near.empty() ? "; /help lists them." : ". Did you mean " + near + "?"));
}

ChatCommand model(const std::vector<std::string>& parts, bool person) {
    if (parts.size() < 3) return {.kind = Kind::model, .value = parts.size() == 2 ? parts[1] : std::string()};
    if (parts[1] == "orchestrator" || parts[1] == "worker")
        return {.kind = Kind::model, .role = parts[1], .value = parts[2]};
    return person ? slip("/model takes a model, or orchestrator or worker and a model.") : ChatCommand{};
}

ChatCommand think(const std::vector<std::string>& parts, bool person) {
    if (parts.size() < 2) return {.kind = Kind::think};
    const Thinking wish{std::string_view(parts[1])};
    const bool valid = wish.kind() == Thinking::Kind::automatic || wish.kind() == Thinking::Kind::off ||
                       (wish.kind() == Thinking::Kind::budget && wish.budget() > 0);
    if (valid) return {.kind = Kind::think, .value = parts[1]};
    return person ? slip("/think takes auto, off or a number of tokens.") : ChatCommand{};
}

}  // namespace

ChatCommand parse_chat_command(std::string_view line, bool person) {
    if (!line.starts_with('/')) return {};
    const std::vector<std::string> parts = split(line);
    const auto* word =
        std::find_if(words.begin(), words.end(), [&](const Word& known) { return known.name == parts[0]; });
    if (word == words.end()) return person ? unknown(parts) : ChatCommand{};
    if (parts.size() - 1 > word->most)
        return person ? slip(std::string(word->name) + (word->most == 0 ? " stands alone." : " takes fewer words."))
                      : ChatCommand{};
    if (word->kind == Kind::model) return model(parts, person);
    if (word->kind == Kind::think) return think(parts, person);
    return {.kind = word->kind};
}

std::string_view chat_help() {
    return "/help                               this text\n"
           "/model                              the models that answer\n"
           "/model [orchestrator|worker] MODEL  others, for one role or for both; the conversation begins anew\n"
           "/think auto|off|N                   whether the model thinks before it answers; N is a budget in tokens\n"
           "/cost                               turns, tokens and cost so far\n"
           "/clear                              a new conversation: what was said is forgotten\n"
           "/exit                               leave; so do /quit and Ctrl-D\n"
           "Ctrl-C stops an answer or a tool. A line is one message; for a text of several lines use: cortex run - < "
           "FILE\n";
}

}  // namespace cortex::cli
