#include "auth/aws/command_line.hpp"
#include "auth/aws/key_document.hpp"
#include "auth/aws/sources.hpp"
#include "core/json.hpp"
#include "core/secret_access.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::chrono::seconds limit{60};

/// `cause` must quote nothing of what the program printed on standard output.
ErrorInfo wrong(ErrorCode code, std::string_view where, std::string_view cause, std::string_view remedy) {
    return {.code = code, .message = fmt::format("{} {}. {}", where, cause, remedy), .retryable = code == ErrorCode::timeout};
}

/// Why it could not be run to its end.
ErrorInfo not_run(const ErrorInfo& error, std::string_view where, std::chrono::milliseconds allowed) {
    if (error.code == ErrorCode::timeout)
        return wrong(ErrorCode::timeout, where, fmt::format("did not end within {} seconds", std::chrono::ceil<std::chrono::seconds>(allowed).count()),
                     "It was stopped; run it by hand to see what it waits for.");
    if (error.code == ErrorCode::protocol)
        return wrong(ErrorCode::auth, where, "printed far more than credentials need", "It was stopped; it must print one JSON object.");
    if (error.code == ErrorCode::cancelled) return error;
    return {.code = ErrorCode::auth, .message = fmt::format("{} cannot be run: {}", where, error.message)};
}

}  // namespace

Result<Credential> process_keys(Asking& asking, std::string_view command, std::string_view where, std::string source) {
    World& world = asking.world;
    ProcessRequest request;
    auto words = split_command(command);
    if (!words || words->empty()) return wrong(ErrorCode::auth, where, "is no command line: a quote has no end", "Correct it; it is split into words without a shell.");
    request.argv = std::move(*words);
    request.timeout = world.deadline.left(world.clock->now(), limit);
    if (request.timeout > limit) request.timeout = limit;
    Result<ProcessOutput> run = world.processes->run(request, world.stop);
    if (!run) return not_run(run.error(), where, request.timeout);
    if (run->exit_code != 0) {
        const std::string line = shown_line(run->err);
        wipe(run->out);
        return wrong(ErrorCode::auth, where, fmt::format("failed with exit code {}{}{}", run->exit_code, line.empty() ? "" : ": ", line),
                     "Run it by hand to see more.");
    }
    JsonParser parser;
    const JsonObject* object = parser.parse_object(run->out);
    if (object == nullptr) {
        wipe(run->out);
        return wrong(ErrorCode::auth, where, "printed something that is no JSON object", "It must print one with Version, AccessKeyId and SecretAccessKey.");
    }
    const bool first = json_integer(*object, "Version") == 1;
    Result<RawKeys> keys = first ? read_keys(*object, fmt::format("{} printed wrong credentials", where)) : Result<RawKeys>(ErrorInfo());
    wipe(run->out);
    if (!first) return wrong(ErrorCode::auth, where, "printed credentials whose Version is not 1", "Only version 1 is known.");
    if (!keys) return std::move(keys).error();
    if (keys->expires_at && *keys->expires_at <= asking.now())
        return wrong(ErrorCode::auth, where, "printed credentials that have expired", "Renew what it takes them from.");
    return to_credential(std::move(keys).value(), std::move(source));
}

}  // namespace cortex::auth::aws
