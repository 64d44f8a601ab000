#include "tools/builtin_tools.hpp"

#include "tools/calculator.hpp"
#include "tools/file_tree.hpp"
#include "tools/http_fetch.hpp"

#include <cortex/describe.hpp>
#include <cortex/error.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace cortex::cli {

struct CalculatorInput {
    std::string expression = {};
};

struct ReadFileInput {
    std::string path = {};
    std::int64_t offset = 0;
};

struct ListFilesInput {
    std::string path = {};
};

struct HttpGetInput {
    std::string url = {};
};

}  // namespace cortex::cli

template <>
inline constexpr auto cortex::describe<cortex::cli::CalculatorInput> = cortex::fields(cortex::field(
    &cortex::cli::CalculatorInput::expression, "expression", "The expression, for example (2 + 3) * sqrt(16) / 7"));

template <>
inline constexpr auto cortex::describe<cortex::cli::ReadFileInput> =
    cortex::fields(cortex::field(&cortex::cli::ReadFileInput::path, "path",
                                 "Path of the file, relative to the folder that may be read"),
                   cortex::field(&cortex::cli::ReadFileInput::offset, "offset",
                                 "Byte at which to begin; 0 is the beginning of the file")
                       .optional());

template <>
inline constexpr auto cortex::describe<cortex::cli::ListFilesInput> = cortex::fields(
    cortex::field(&cortex::cli::ListFilesInput::path, "path",
                  "Path of the folder, relative to the folder that may be read; empty for that folder itself")
        .optional());

template <>
inline constexpr auto cortex::describe<cortex::cli::HttpGetInput> = cortex::fields(
    cortex::field(&cortex::cli::HttpGetInput::url, "url", "The whole URL, beginning with https:// or http://"));

namespace cortex::cli {
namespace {

using namespace std::chrono_literals;

/// `calculate`, `read` and their kin answer alike.
template <class Answer>
ToolOutcome outcome(Answer answer) {
    return answer.ok ? ToolOutcome::text(std::move(answer.text)) : ToolOutcome::error(std::move(answer.text));
}

[[noreturn]] void wrong(std::string sentence) {
    throw_error({.code = ErrorCode::config, .message = std::move(sentence)});
}

Tool calculator() {
    Tool tool =
        make_tool<CalculatorInput>("calculator",
                                   "Computes an arithmetic expression exactly. Use it for every calculation instead of "
                                   "computing in your head. Operators: + - * / % "
                                   "(remainder, with the sign of the divisor) ^ (power, from the right) ! (factorial) "
                                   "and parentheses; angles are in radians, log is the "
                                   "natural logarithm and takes a base as second argument. Functions and constants: " +
                                       calculator_vocabulary() + ".",
                                   [](const CalculatorInput& input) { return outcome(calculate(input.expression)); });
    tool.timeout = 5s;
    return tool;
}

std::vector<Tool> files(const std::string& root) {
    const auto tree = std::make_shared<const FileTree>(root);
    return {make_tool<ReadFileInput>(
                "read_file",
                "Reads a text file of the user's folder. A long file comes in pieces: the last line then tells where "
                "the next one begins.",
                [tree](const ReadFileInput& input) { return outcome(tree->read(input.path, input.offset)); }),
            make_tool<ListFilesInput>("list_files",
                                      "Lists the files and folders in one folder of the user's, with their sizes. Use "
                                      "it to find out what there is to read.",
                                      [tree](const ListFilesInput& input) { return outcome(tree->list(input.path)); })};
}

Tool http_get(bool allow_loopback) {
    Tool tool = make_tool<HttpGetInput>(
        "http_get",
        "Fetches a page or a JSON document of the public internet with GET. Answers with the status, the type and the "
        "text.",
        [allow_loopback](const HttpGetInput& input, const ToolCall& call) {
            return outcome(http_fetch(input.url, {.allow_loopback = allow_loopback}, call.stop));
        });
    tool.max_parallel = 4;
    return tool;
}

}  // namespace

const std::vector<BuiltinTool>& builtin_tools() {
    static const std::vector<BuiltinTool> tools{
        {.name = "calculator", .argument = ""},
        {.name = "files", .argument = "FOLDER", .asks = true},
        {.name = "http", .argument = "", .asks = true},
    };
    return tools;
}

std::vector<Tool> make_builtin(std::string_view name, const std::string& argument) {
    if (name == "files") {
        if (argument.empty()) wrong("--tool files takes the folder that may be read: --tool files=FOLDER.");
        return files(argument);
    }
    if (name == "http") {
        if (!argument.empty() && argument != "allow-loopback")
            wrong("--tool http=" + argument +
                  " is not understood; http takes nothing, or allow-loopback for servers on this machine.");
        return {http_get(!argument.empty())};
    }
    if (!argument.empty()) wrong("--tool calculator takes no argument, and got \"" + argument + "\".");
    return {calculator()};
}

}  // namespace cortex::cli
