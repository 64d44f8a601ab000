#include "usage.hpp"

#include "nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace cortex::cli {
namespace {

constexpr std::array<std::string_view, 2> later_commands{"sessions", "serve"};
constexpr std::array<std::string_view, 2> later_options{"--store", "--session"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// " Did you mean X?", or nothing where no known word is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::string near = nearest(word, known);
    return near.empty() ? near : " Did you mean " + near + "?";
}

std::string path_of(const CLI::App* command) {
    std::string path = command->get_name();
    for (const CLI::App* parent = command->get_parent(); parent != nullptr; parent = parent->get_parent())
        path = parent->get_name() + " " + path;
    return path;
}

/// The last command word that was understood.
const CLI::App& deepest(const CLI::App& program) {
    const CLI::App* command = &program;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
    return *command;
}

std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> command_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    return names;
}

}  // namespace

std::string missing_word(const CLI::App& program) {
    const CLI::App& command = deepest(program);
    std::string names;
    for (const std::string& name : command_names(command)) names += (names.empty() ? "" : ", ") + name;
    return "After \"" + path_of(&command) + "\" a command is missing: " + names + ".";
}

std::string later_command(const std::string& word) {
    if (!contains(later_commands, word)) return {};
    return "The command \"" + word + "\" is not available in this version. See: cortex --help";
}

std::string unexpected_word(const CLI::App& program) {
    // An unknown option says more than the words after it, which may have been meant as its values.
    const std::vector<std::string> words = program.remaining(true);
    const auto option =
        std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.starts_with('-'); });
    const std::string word = option != words.end() ? *option : words.empty() ? std::string() : words.front();
    const CLI::App* command = &deepest(program);
    const std::string see = " See: " + path_of(command) + " --help";
    const std::string bare = word.substr(0, word.find('='));
    if (contains(later_options, bare))
        return "The option " + bare + " is not available in this version. See: " + path_of(command) + " --help";
    if (word.starts_with('-')) {
        const std::string hint = suggestion(bare, option_names(*command));
        return "Unknown option " + bare + "." + (hint.empty() ? see : hint);
    }
    const std::vector<std::string> commands = command_names(*command);
    if (!commands.empty()) {
        const std::string hint = suggestion(word, commands);
        return "Unknown command \"" + word + "\"." + (hint.empty() ? see : hint);
    }
    return "\"" + word + "\" was not expected. A prompt of several words stands in quotes." + see;
}

}  // namespace cortex::cli
