#include "auth/aws/key_document.hpp"
#include "auth/aws/service_call.hpp"
#include "auth/aws/sources.hpp"
#include "core/json.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"
#include "net/url_parts.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace cortex::auth::aws {
namespace {

constexpr std::string_view relative_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr std::string_view full_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr std::string_view token_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr std::string_view token_file_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr std::string_view ecs_host = "http://169.254.170.2";
/// ECS, and EKS Pod Identity in both families (botocore 1.44.8 utils.py, ContainerMetadataFetcher).
constexpr std::array<std::string_view, 3> plain_hosts = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

ErrorInfo wrong(std::string message) { return {.code = ErrorCode::auth, .message = std::move(message)}; }

bool may_be_plain(std::string_view host) {
    for (const std::string_view allowed : plain_hosts)
        if (iequals(host, allowed)) return true;
    return net::is_loopback(host);
}

std::string_view variable_in_use(const World& world) { return env_value(world, relative_variable) ? relative_variable : full_variable; }

std::string source_name(const World& world) { return fmt::format("container ({})", variable_in_use(world)); }

/// The Authorization header's value; "" where none is wanted. The file is read anew for each fetch: it rotates.
Result<std::string> authorization(const World& world) {
    std::string token;
    std::string from(token_variable);
    if (const auto path = env_value(world, token_file_variable)) {
        from = fmt::format("{}, which {} names,", *path, token_file_variable);
        Result<std::optional<std::string>> text = world.files->read(*path);
        if (!text) {
            ErrorInfo error = std::move(text).error();
            error.code = ErrorCode::auth;
            return error;
        }
        if (!*text) return wrong(fmt::format("There is no file {}, which {} names. Correct the variable.", *path, token_file_variable));
        token = std::move(**text);
        // Editors end a file with a line end; anything else would be a second header.
        if (token.ends_with('\n')) token.pop_back();
        if (token.ends_with('\r')) token.pop_back();
    } else if (auto value = env_value(world, token_variable)) {
        token = std::move(*value);
    }
    if (token.find_first_of("\r\n") != std::string::npos) {
        wipe(token);
        return wrong(fmt::format("The token from {} holds a line break. A token is one line.", from));
    }
    return token;
}

ErrorInfo refused(const HttpAnswer& answer, std::string_view what) {
    if (answer.head.status >= 300 && answer.head.status < 400)
        return wrong(fmt::format("{} answered with a redirect (HTTP {}). Credentials are taken from the address itself only.", what, answer.head.status));
    ServiceError said = read_json_error(answer.head, answer.body);
    return service_failure(said, answer.head.status, fmt::format("{} gave no credentials", what), "Check the role of the task or pod.");
}

}  // namespace

Result<std::string> container_url(const World& world) {
    if (const auto relative = env_value(world, relative_variable)) {
        // Anything else could change the host.
        if (!relative->starts_with('/')) return wrong(fmt::format("Environment variable {} does not begin with '/'. Write a path there.", relative_variable));
        return std::string(ecs_host) + *relative;
    }
    auto full = env_value(world, full_variable);
    if (!full) return std::string();
    const auto parts = net::parse_url(*full);
    if (!parts || parts->has_user || (!parts->secure() && !iequals(parts->scheme, "http")))
        return wrong(fmt::format("Environment variable {} is not a URL. Write one such as http://169.254.170.23/v1/credentials.", full_variable));
    if (!parts->secure() && !may_be_plain(parts->host))
        return wrong(fmt::format("Environment variable {} names a host that may not be asked over plain http. Use https, a loopback address, "
                                 "169.254.170.2, 169.254.170.23 or [fd00:ec2::23].",
                                 full_variable));
    return std::move(*full);
}

Result<Look> look_container(const World& world) {
    Result<std::string> url = container_url(world);
    if (!url) return std::move(url).error();
    if (url->empty()) return Look{.text = fmt::format("{} and {} are not set", relative_variable, full_variable)};
    return Look{.there = true, .source = source_name(world), .text = "asked when needed"};
}

Result<Sought> container_keys(Asking& asking) {
    World& world = asking.world;
    Result<std::string> url = container_url(world);
    if (!url) return std::move(url).error();
    if (url->empty()) return Sought{.absent = fmt::format("{} and {} are not set", relative_variable, full_variable)};
    Result<std::string> token = authorization(world);
    if (!token) return std::move(token).error();
    const std::string what = fmt::format("The container's credential service ({})", variable_in_use(world));

    const auto request = [&] {
        HttpRequest out;
        out.method = HttpMethod::get;
        out.url = *url;
        out.headers.push_back({"accept", "application/json"});
        if (!token->empty()) out.headers.push_back({"authorization", *token});
        out.use_proxy = false;
        return out;
    };
    const auto judge = [](const HttpAnswer& answer) { return judge_status(answer.head.status, {}); };
    // Two seconds for each try, as botocore has it.
    Result<HttpAnswer> answer = ask_service(world, request, judge, std::chrono::seconds(2));
    wipe(*token);
    if (!answer) return unreachable(std::move(answer).error(), what + " cannot be asked");
    if (answer->head.status != 200) return refused(*answer, what);
    JsonParser parser;
    const JsonObject* object = parser.parse_object(answer->body);
    if (object == nullptr) return wrong(fmt::format("{} answered with something that is no JSON object. Check the address.", what));
    Result<RawKeys> keys = read_keys(*object, fmt::format("{} answered wrongly", what));
    wipe(answer->body);
    if (!keys) return std::move(keys).error();
    Result<Credential> credential = to_credential(std::move(keys).value(), source_name(world));
    if (!credential) return std::move(credential).error();
    return Sought{.found = std::move(credential).value()};
}

}  // namespace cortex::auth::aws
