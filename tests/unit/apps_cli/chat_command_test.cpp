#include "chat_command.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cortex::cli {
namespace {

using Kind = ChatCommand::Kind;

Kind kind(const std::string& line, bool person = true) { return parse_chat_command(line, person).kind; }

TEST(ChatCommand, each_is_known) {
    EXPECT_EQ(kind("/help"), Kind::help);
    EXPECT_EQ(kind("/cost "), Kind::cost);
    EXPECT_EQ(kind("/stats"), Kind::cost);
    EXPECT_EQ(kind("/clear"), Kind::clear);
    EXPECT_EQ(kind("/new"), Kind::clear);
    EXPECT_EQ(kind("/reset"), Kind::clear);
    EXPECT_EQ(kind("/exit"), Kind::exit);
    EXPECT_EQ(kind("/quit"), Kind::exit);
    EXPECT_EQ(kind("/exit", false), Kind::exit);
    EXPECT_NE(chat_help().find("/think"), std::string_view::npos);
}

TEST(ChatCommand, model_takes_a_role_and_a_model) {
    const ChatCommand both = parse_chat_command("/model  claude-opus-5-5", true);
    EXPECT_EQ(both.kind, Kind::model);
    EXPECT_EQ(both.role, "");
    EXPECT_EQ(both.value, "claude-opus-5-5");
    const ChatCommand one = parse_chat_command("/model worker claude-haiku-4-5", true);
    EXPECT_EQ(one.role, "worker");
    EXPECT_EQ(one.value, "claude-haiku-4-5");
    EXPECT_EQ(parse_chat_command("/model", true).value, "");
    EXPECT_EQ(kind("/model planner claude-haiku-4-5"), Kind::unknown);
    EXPECT_EQ(kind("/model a b c"), Kind::unknown);
}

TEST(ChatCommand, think_takes_what_the_option_takes) {
    for (const char* value : {"auto", "off", "4096"})
        EXPECT_EQ(parse_chat_command(std::string("/think ") + value, true).value, value);
    EXPECT_EQ(kind("/think"), Kind::think);
    for (const char* value : {"hard", "0", "-5", "1.5", "1024 tokens"})
        EXPECT_EQ(kind(std::string("/think ") + value), Kind::unknown) << value;
}

TEST(ChatCommand, a_slip_gets_the_nearest_command) {
    EXPECT_NE(parse_chat_command("/hlep", true).value.find("Did you mean /help?"), std::string::npos);
    EXPECT_NE(parse_chat_command("/modle worker x", true).value.find("Did you mean /model?"), std::string::npos);
    EXPECT_NE(parse_chat_command("/nonsense", true).value.find("There is no command /nonsense; /help lists them."),
              std::string::npos);
    EXPECT_NE(parse_chat_command("/clear all", true).value.find("/clear stands alone."), std::string::npos);
}

TEST(ChatCommand, what_is_no_command_is_a_message) {
    for (const char* line :
         {"hello", " /help", "/etc/passwd: what is it?", "/ or not", "/", "/usr/bin", "/123", "a /help", "//"}) {
        EXPECT_EQ(kind(line), Kind::message) << line;
        EXPECT_EQ(kind(line, false), Kind::message) << line;
    }
}

TEST(ChatCommand, from_a_pipe_a_slip_is_a_message) {
    for (const char* line : {"/hlep", "/think hard about it", "/model a b c", "/clear all", "/nonsense", "/think hard"})
        EXPECT_EQ(kind(line, false), Kind::message) << line;
    EXPECT_EQ(kind("/think off", false), Kind::think);
    EXPECT_EQ(kind("/model x", false), Kind::model);
}

}  // namespace
}  // namespace cortex::cli
