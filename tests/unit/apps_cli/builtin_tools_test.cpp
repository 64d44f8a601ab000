#include "tools/builtin_tools.hpp"

#include <cortex/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cortex::cli {
namespace {

ToolOutcome called(const Tool& tool, std::string arguments) {
    return tool.execute({.id = "call_1", .name = tool.name, .arguments = std::move(arguments)});
}

TEST(BuiltinTools, each_name_gives_its_tools_with_schema_and_description) {
    std::string names;
    for (const BuiltinTool& builtin : builtin_tools())
        for (const Tool& tool : make_builtin(builtin.name, builtin.argument.empty() ? "" : "/tmp")) {
            names += tool.name + " ";
            EXPECT_NE(tool.input_schema.find("\"type\":\"object\""), std::string::npos) << tool.input_schema;
            EXPECT_GT(tool.description.size(), 40U);
            EXPECT_FALSE(tool.ask_run);   // whoever switches it on decides
        }
    EXPECT_EQ(names, "calculator read_file list_files http_get ");
}

TEST(BuiltinTools, what_reaches_beyond_the_conversation_asks) {
    for (const BuiltinTool& builtin : builtin_tools())
        EXPECT_EQ(builtin.asks, builtin.name != "calculator") << builtin.name;
}

TEST(BuiltinTools, results_and_mistakes_are_told_apart) {
    const Tool calculator = make_builtin("calculator", "").front();
    EXPECT_EQ(called(calculator, R"({"expression":"6*7"})").content, "42");
    EXPECT_FALSE(called(calculator, R"({"expression":"6*7"})").is_error);
    EXPECT_TRUE(called(calculator, R"({"expression":"6*"})").is_error);
    EXPECT_TRUE(called(calculator, R"({"expression":6})").is_error);
    EXPECT_TRUE(called(calculator, R"({})").is_error);
}

TEST(BuiltinTools, the_model_is_told_each_function) {
    const std::string description = make_builtin("calculator", "").front().description;
    for (const char* word : {"sqrt", "factorial", "log10", "pi"})
        EXPECT_NE(description.find(word), std::string::npos) << word;
}

TEST(BuiltinTools, files_are_those_of_the_folder) {
    const std::vector<Tool> files = make_builtin("files", "/proc");
    EXPECT_TRUE(called(files[0], R"({"path":"self/environ"})").is_error);
    EXPECT_TRUE(called(files[0], R"({"path":"../etc/passwd"})").is_error);
    EXPECT_TRUE(called(files[0], R"({"path":"version","offset":-1})").is_error);
    EXPECT_FALSE(called(files[1], R"({})").is_error);   // the folder itself
}

TEST(BuiltinTools, loopback_is_asked_only_where_that_was_allowed) {
    const std::string arguments = R"({"url":"http://127.0.0.1:1/"})";
    EXPECT_NE(
        called(make_builtin("http", "").front(), R"({"url":"http://127.0.0.1/"})").content.find("loopback address"),
        std::string::npos);
    EXPECT_NE(
        called(make_builtin("http", "allow-loopback").front(), arguments).content.find("nobody answers at its address"),
        std::string::npos);
}

TEST(BuiltinTools, wrong_arguments_are_config_errors) {
    EXPECT_THROW(make_builtin("calculator", "x"), ConfigError);
    EXPECT_THROW(make_builtin("files", ""), ConfigError);
    EXPECT_THROW(make_builtin("files", "/does/not/exist"), ConfigError);
    EXPECT_THROW(make_builtin("http", "everything"), ConfigError);
}

}  // namespace
}  // namespace cortex::cli
