#pragma once

#include <string>

namespace CLI {
class App;
}

namespace cortex::cli {

/// The sentences for a word of the command line that no command takes.
std::string unexpected_word(const CLI::App& program, const std::string& word);

/// The sentence for a command line that ends too early.
std::string missing_word(const CLI::App& program);

/// Commands of a later version: told as such, not as a slip of the user's. "" for any other word.
std::string later_command(const std::string& word);

}  // namespace cortex::cli
