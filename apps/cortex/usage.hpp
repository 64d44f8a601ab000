#pragma once

#include <string>

namespace CLI {
class App;
}

namespace cortex::cli {

/// The sentences for a command line with a word that no command takes.
std::string unexpected_word(const CLI::App& program);

/// The sentence for a command line that ends too early.
std::string missing_word(const CLI::App& program);

/// Commands of a later version: told as such, not as a slip of the user's. "" for any other word.
std::string later_command(const std::string& word);

}  // namespace cortex::cli
