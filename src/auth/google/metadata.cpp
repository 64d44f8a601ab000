#include "auth/google/metadata.hpp"

#include "auth/google/credential_file.hpp"
#include "auth/google/exchange.hpp"
#include "auth/google/http_rules.hpp"
#include "auth/google/kinds.hpp"
#include "auth/google/oauth_error.hpp"
#include "core/percent.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::auth::google {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds one_call{1'000};
constexpr milliseconds whole_search{1'500};
constexpr std::chrono::minutes absence_holds{3};
constexpr std::string_view flavor = "Google";
constexpr const char* product_name = "/sys/class/dmi/id/product_name";

struct Host {
    std::string name = "metadata.google.internal";
    std::string ping = "169.254.169.254";
    std::string named_by = {};   ///< The variable, where one names it.
};

Host host_of_server(const World& world) {
    Host out;
    for (const std::string_view variable : {"GCE_METADATA_HOST", "GCE_METADATA_ROOT"}) {
        if (auto name = env_value(world, variable)) {
            out.name = std::move(*name);
            out.named_by = variable;
            break;
        }
    }
    if (auto address = env_value(world, "GCE_METADATA_IP")) {
        out.ping = std::move(*address);
        // An address alone is meant for all calls: an emulator is told by it (gcp-metadata 8.1.2).
        if (out.named_by.empty()) {
            out.name = out.ping;
            out.named_by = "GCE_METADATA_IP";
        }
    }
    return out;
}

bool is_googles(const HttpHead& head) {
    const auto value = head.header("metadata-flavor");
    return value && trim(*value) == flavor;
}

HttpRequest question(const std::string& host, std::string_view path, milliseconds limit) {
    HttpRequest request;
    request.method = HttpMethod::get;
    request.url = fmt::format("http://{}{}", host, path);
    request.headers = {{"metadata-flavor", std::string(flavor)}};
    request.use_proxy = false;
    request.deadlines.connect = limit;
    request.deadlines.total = limit;
    return request;
}

/// Asks the address twice, as a first packet may get lost; both within the span of the search. Says why not, or "".
std::string detect(World& world, const Host& host) {
    const SteadyTime start = world.clock->now();
    std::string why = "it did not answer";
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto spent = std::chrono::duration_cast<milliseconds>(world.clock->now() - start);
        const milliseconds left = std::min({one_call, whole_search - spent, world.deadline.left(world.clock->now(), one_call)});
        if (left.count() <= 0 || world.stop.stop_requested()) break;
        const Result<HttpAnswer> answer = world.web->exchange(question(host.ping, "/", left), world.stop);
        if (!answer) continue;
        if (is_googles(answer->head)) return {};
        return "what answers there is not Google's (no Metadata-Flavor header)";
    }
    return why;
}

bool product_is_google(const World& world) {
    const Result<std::optional<std::string>> name = world.files->read(product_name);
    return name && *name && trim(**name).starts_with("Google");
}

std::optional<Credential> remember_absence(World& world, MetadataMemory& memory, std::string why) {
    memory.absent_until = world.clock->now() + absence_holds;
    memory.absence = std::move(why);
    memory.present = false;
    return std::nullopt;
}

Attempts three_attempts() { return {.count = 3, .first_pause = milliseconds(500), .each = one_call, .again = {}}; }

/// A text that the server holds; nothing where it does not have it, or nothing came.
std::optional<std::string> ask_text(World& world, const Host& host, std::string_view path, int* status = nullptr) {
    const HttpRequest request = question(host.name, fmt::format("/computeMetadata/v1/{}", path), one_call);
    Result<Answered> answered = exchange(world, request, "The metadata server", three_attempts());
    if (!answered) return std::nullopt;
    if (status != nullptr) *status = answered->answer.head.status;
    if (answered->answer.head.status != 200 || !is_googles(answered->answer.head)) return std::nullopt;
    return std::string(trim(answered->answer.body));
}

std::string email_of(World& world, const Host& host) {
    const auto account = ask_text(world, host, "instance/service-accounts/default/?recursive=true");
    if (!account) return {};
    JsonParser parser;
    const JsonObject* const object = parser.parse_object(*account);
    return object == nullptr ? std::string() : plain_name(json_text_or_empty(*object, "email")).value_or("");
}

ErrorInfo broken(const Host& host, std::string_view what, int status) {
    return {.code = ErrorCode::unavailable,
            .message = fmt::format("The metadata server ({}) {}. Try again later.", host.name, what),
            .retryable = true,
            .provider = {},
            .model = {},
            .http_status = status};
}

Result<Token> read_token(World& world, const Host& host, Answered& answered) {
    const int status = answered.answer.head.status;
    if (status == 404)
        return ErrorInfo{.code = ErrorCode::auth,
                         .message = fmt::format("This machine has no service account (the metadata server {} knows none). Attach one to it, or run "
                                                "`gcloud auth application-default login`.",
                                                host.name),
                         .retryable = false,
                         .provider = {},
                         .model = {},
                         .http_status = status};
    if (status != 200)
        return refusal(world, answered.answer,
                       {.who = fmt::format("The metadata server ({})", host.name), .source = "a token for this machine's service account",
                        .remedy = "Check the service account of this machine and its access scopes.", .sent = {}});
    JsonParser parser;
    const JsonObject* const object = parser.parse_object(answered.answer.body);
    const std::string_view text = object == nullptr ? std::string_view() : json_text_or_empty(*object, "access_token");
    if (text.empty() || !fits_header(text)) return broken(host, "gave an answer without a token", status);
    Token token{.text = Secret(std::string(text)), .expires_at = lifetime_end(*object, answered.sent_at)};
    wipe(answered.answer.body);
    return token;
}

/// googleapis.com where the server has no word on it (404, as old ones answer).
Result<std::string> universe_of(World& world, const Host& host) {
    int status = 0;
    auto name = ask_text(world, host, "universe/universe-domain", &status);
    if (status == 404 || (name && name->empty())) return std::string(default_universe);
    if (name) return std::move(*name);
    return broken(host, "did not say which universe it belongs to", status);
}

}  // namespace

std::string metadata_switched_off(const World& world) {
    const auto off = env_value(world, "NO_GCE_CHECK");
    return off && iequals(*off, "true") ? "not asked, as NO_GCE_CHECK says" : "";
}

bool looks_like_google(const World& world) {
    for (const std::string_view variable : {"GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP", "K_SERVICE", "CLOUD_RUN_JOB"})
        if (env_value(world, variable)) return true;
    return product_is_google(world);
}

Result<std::optional<Credential>> metadata_credential(Flow& flow, MetadataMemory& memory) {
    World& world = flow.world;
    const Host host = host_of_server(world);
    const std::string asked = host.name + " " + host.ping;
    if (memory.host != asked) memory = {.host = asked, .present = false, .absent_until = {}, .absence = {}};
    if (memory.absent_until && world.clock->now() < *memory.absent_until) return std::optional<Credential>();

    // Where a variable names the server, the first real question shows whether it is there.
    const bool sure = memory.present;
    if (!sure && host.named_by.empty()) {
        const std::string why = detect(world, host);
        if (world.stop.stop_requested()) return ErrorInfo{.code = ErrorCode::cancelled, .message = "The search for a metadata server was cancelled."};
        if (!why.empty() && !product_is_google(world)) return remember_absence(world, memory, why);
    }

    const std::string path = fmt::format("/computeMetadata/v1/instance/service-accounts/default/token?scopes={}", percent_encode(flow.options.scope));
    const HttpRequest request = question(host.name, path, one_call);
    Attempts attempts = three_attempts();
    if (!sure && !host.named_by.empty()) attempts.count = 1;   // a search is short
    Result<Answered> answered = exchange(world, request, fmt::format("The metadata server ({})", host.name), attempts);
    const bool named_only = !sure && !host.named_by.empty();
    if (!answered) {
        if (answered.error().code == ErrorCode::cancelled) return std::move(answered).error();
        if (named_only) return remember_absence(world, memory, fmt::format("{}, which {} names, did not answer", host.name, host.named_by));
        return std::move(answered).error();
    }
    if (!is_googles(answered->answer.head)) {
        const std::string why = "what answers there is not Google's (no Metadata-Flavor header)";
        return remember_absence(world, memory, host.named_by.empty() ? why : fmt::format("{}, which {} names: {}", host.name, host.named_by, why));
    }
    memory.present = true;
    memory.absent_until.reset();

    Result<Token> token = read_token(world, host, *answered);
    if (!token) return std::move(token).error();
    Result<std::string> universe = universe_of(world, host);
    if (!universe) return std::move(universe).error();

    Credential out;
    out.kind = Credential::Kind::bearer;
    out.secret = std::move(token->text);
    out.expires_at = token->expires_at;
    const std::string email = email_of(world, host);
    out.source = email.empty() ? "metadata server" : fmt::format("metadata server ({})", email);
    out.project = ask_text(world, host, "project/project-id").value_or("");
    if (!is_project_name(out.project)) out.project.clear();
    out.universe_domain = std::move(*universe);
    return std::optional(std::move(out));
}

}  // namespace cortex::auth::google
