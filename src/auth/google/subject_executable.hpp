#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/subject_token.hpp"
#include "core/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::google {

inline constexpr std::string_view allow_executables = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";

/// `credential_source.executable`: a program that prints the subject token. Runs only where the variable above is "1".
Result<void> check_executable_source(const World& world, FieldReader source);
Result<Secret> subject_from_executable(Flow& flow, FieldReader source, const SubjectContext& context);

/// What such a program printed, or left in its output file.
struct ExecutableAnswer {
    Secret token = {};
    std::optional<WallTime> expires_at = {};
    bool expired = false;
};
/// `program`: "The program ... of /x.json" begins the sentence of a failure.
Result<ExecutableAnswer> read_executable_answer(std::string_view text, std::string_view program, WallTime now);

/// Splits a command as a POSIX shell does, and expands nothing; nothing where a quotation mark is not closed, or it is empty.
std::optional<std::vector<std::string>> split_command(std::string_view command);

}  // namespace cortex::auth::google
