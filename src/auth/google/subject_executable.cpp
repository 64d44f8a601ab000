#include "auth/google/subject_executable.hpp"

#include "auth/google/places.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {
namespace {

constexpr std::string_view saml2 = "urn:ietf:params:oauth:token-type:saml2";
constexpr std::string_view id_token = "urn:ietf:params:oauth:token-type:id_token";
constexpr std::string_view jwt = "urn:ietf:params:oauth:token-type:jwt";

ErrorInfo failed(std::string message) { return {.code = ErrorCode::auth, .message = std::move(message)}; }

struct Executable {
    std::vector<std::string> argv = {};
    std::chrono::milliseconds timeout{30'000};
    std::string output_file = {};
    std::string program = {};   ///< For messages.
};

Result<Executable> read_executable(const World& world, FieldReader& source) {
    Executable out;
    auto fields = source.object("executable");
    if (!fields) return source.error();
    const std::string command = fields->need("command");
    out.program = fmt::format("The program in the field credential_source.executable.command of {}", source.file());
    if (!command.empty()) {
        if (auto argv = split_command(command))
            out.argv = std::move(*argv);
        else
            fields->wrong("command", "cannot be split into words: a quotation mark is not closed, or it is blank");
    }
    // google-auth 2.63.0 auth/pluggable.py: 5 s to 2 min.
    const std::int64_t timeout = fields->integer("timeout_millis").value_or(30'000);
    if (timeout < 5'000 || timeout > 120'000)
        fields->wrong("timeout_millis", "is not between 5000 and 120000");
    else
        out.timeout = std::chrono::milliseconds(timeout);
    out.output_file = fields->text("output_file");
    if (source.failed()) return source.error();
    if (env_value(world, allow_executables) != "1")
        return failed(fmt::format("{} is not run, because {} is not \"1\". Set it to 1 if you trust that file, which can name any program.",
                                  out.program, allow_executables));
    return out;
}

std::vector<std::pair<std::string, std::string>> environment(const Executable& executable, const SubjectContext& context) {
    std::vector<std::pair<std::string, std::string>> out{
        {"GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", context.audience},
        {"GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", context.token_type},
        {"GOOGLE_EXTERNAL_ACCOUNT_ID", context.impersonated_email},
        {"GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0"},
        {"GOOGLE_EXTERNAL_ACCOUNT_REVOKE", "0"}};
    if (!context.impersonated_email.empty()) out.emplace_back("GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", context.impersonated_email);
    if (!executable.output_file.empty()) out.emplace_back("GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE", executable.output_file);
    return out;
}

/// An answer of an earlier run that is still good. Without an expiration time it counts as expired; whatever else is wrong with the
/// file, the program is asked.
std::optional<Secret> from_output_file(Flow& flow, const Executable& executable) {
    if (executable.output_file.empty()) return std::nullopt;
    Result<std::optional<std::string>> text = flow.world.files->read(executable.output_file);
    if (!text || !*text) return std::nullopt;
    Result<ExecutableAnswer> answer = read_executable_answer(**text, executable.program, flow.world.clock->wall());
    wipe(**text);
    if (!answer || !answer->expires_at || answer->expired) return std::nullopt;
    return std::move(answer->token);
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view command) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (quote == '\'') {
            if (c == quote)
                quote = 0;
            else
                word.push_back(c);
        } else if (c == '\\') {
            if (i + 1 == command.size()) return std::nullopt;
            const char next = command[++i];
            // Between double quotation marks a backslash stands before these only, and is itself before all else.
            if (quote == '"' && next != '"' && next != '\\') word.push_back(c);
            word.push_back(next);
            inside = true;
        } else if (c == '"' || (c == '\'' && quote == 0)) {
            quote = quote == c ? '\0' : c;
            inside = true;
        } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            if (inside) words.push_back(std::move(word));
            word.clear();
            inside = false;
        } else {
            word.push_back(c);
            inside = true;
        }
    }
    if (quote != 0) return std::nullopt;
    if (inside) words.push_back(std::move(word));
    if (words.empty() || words.front().empty()) return std::nullopt;
    return words;
}

Result<ExecutableAnswer> read_executable_answer(std::string_view text, std::string_view program, WallTime now) {
    JsonParser parser;
    const JsonObject* const answer = parser.parse_object(text);
    if (answer == nullptr)
        return failed(fmt::format("{} printed no JSON object. It must print {{\"version\": 1, \"success\": true, ...}} and nothing else.", program));
    const auto version = json_integer(*answer, "version");
    const JsonValue* const success = json_member(*answer, "success");
    if (!version || success == nullptr || !success->is_bool())
        return failed(fmt::format("{} printed an answer without {}. Let it print both.", program,
                                  version ? "\"success\" (true or false)" : "the number \"version\""));
    if (*version != 1)
        return failed(fmt::format("{} answered in version {}; only version 1 is understood. Use a release of it that answers in version 1.",
                                  program, *version));
    if (!success->get_bool()) {
        const auto code = json_text(*answer, "code");
        const auto message = json_text(*answer, "message");
        if (!code || !message)
            return failed(fmt::format("{} failed, and gave no \"code\" and \"message\" as it must. Run it by hand to see why.", program));
        return failed(fmt::format("{} failed: {} ({}). Remove its cause and try again.", program, quotable(*message), quotable(*code, 60)));
    }
    const std::string_view type = json_text_or_empty(*answer, "token_type");
    if (type != saml2 && type != id_token && type != jwt)
        return failed(fmt::format("{} printed {}. It must be one of Google's: {}, {} or {}.", program,
                                  type.empty() ? "an answer without a \"token_type\"" : "a \"token_type\" that is not known", id_token, jwt, saml2));
    const std::string_view field = type == saml2 ? "saml_response" : "id_token";
    const std::string_view token = json_text_or_empty(*answer, field);
    if (token.empty()) return failed(fmt::format("{} printed an answer without a token in the field \"{}\". Check its set-up.", program, field));

    ExecutableAnswer out;
    out.token = Secret(std::string(token));
    if (const auto end = json_integer(*answer, "expiration_time")) {
        constexpr std::int64_t farthest = 9'000'000'000;   // beyond that, nanoseconds since 1970 do not fit into 64 bits
        const std::int64_t seconds = *end > farthest ? farthest : *end < 0 ? 0 : *end;
        out.expires_at = WallTime(std::chrono::seconds(seconds));
        out.expired = *out.expires_at <= now;
    }
    return out;
}

Result<void> check_executable_source(const World& world, FieldReader source) {
    Result<Executable> read = read_executable(world, source);
    if (!read) return std::move(read).error();
    return {};
}

Result<Secret> subject_from_executable(Flow& flow, FieldReader source, const SubjectContext& context) {
    Result<Executable> executable = read_executable(flow.world, source);
    if (!executable) return std::move(executable).error();
    if (auto kept = from_output_file(flow, *executable)) return std::move(*kept);

    const auto left = flow.world.deadline.left(flow.world.clock->now(), executable->timeout);
    const ProcessRequest request{.argv = executable->argv,
                                 .add_environment = environment(*executable, context),
                                 .timeout = std::min(left, executable->timeout)};
    Result<ProcessOutput> output = flow.world.processes->run(request, flow.world.stop);
    if (!output) {
        ErrorInfo error = std::move(output).error();
        if (error.code == ErrorCode::cancelled) return error;
        if (error.code == ErrorCode::timeout) {
            error.message = fmt::format("{} gave no answer within {} s. Raise timeout_millis there, or find out what it waits for.",
                                        executable->program, std::chrono::duration<double>(request.timeout).count());
            return error;
        }
        error.code = ErrorCode::auth;
        error.message = fmt::format("{} did not run: {}. Check the command.", executable->program, quotable(error.message));
        return error;
    }
    Result<ExecutableAnswer> answer = read_executable_answer(output->out, executable->program, flow.world.clock->wall());
    wipe(output->out);
    if (output->exit_code != 0) {
        // Its own words, where it found any; what it wrote to standard error may hold a secret.
        if (!answer && answer.error().message.find(" failed: ") != std::string::npos) return std::move(answer).error();
        return failed(fmt::format("{} ended with status {}. Run it by hand to see why.", executable->program, output->exit_code));
    }
    if (!answer) return std::move(answer).error();
    if (answer->expired)
        return failed(fmt::format("{} printed a token that has expired already. Check its cache, and the clock of this machine.",
                                  executable->program));
    return std::move(answer->token);
}

}  // namespace cortex::auth::google
