#include "auth/google/subject_token.hpp"

#include "auth/google/exchange.hpp"
#include "auth/google/http_rules.hpp"
#include "auth/google/places.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cortex::auth::google {
namespace {

/// How the token lies in what the file or URL holds.
struct Format {
    bool json = false;
    std::string field = {};
};

ErrorInfo no_token(std::string message) { return {.code = ErrorCode::auth, .message = std::move(message)}; }

Format read_format(FieldReader& source) {
    Format out;
    auto format = source.object("format");
    if (!format) return out;
    const std::string type = format->text("type");
    if (type == "json") {
        out.json = true;
        out.field = format->need("subject_token_field_name");
    } else if (!type.empty() && type != "text") {
        format->wrong("type", "is neither \"text\" nor \"json\"");
    }
    return out;
}

/// The token in `content`, which is used as it is: a text is not trimmed. `what` begins the sentence of a failure.
Result<Secret> pick(std::string content, const Format& format, std::string_view what, std::string_view remedy) {
    if (!format.json) {
        if (trim(content).empty()) return no_token(fmt::format("{} is empty. {}", what, remedy));
        return Secret(std::move(content));
    }
    JsonParser parser;
    const JsonObject* const object = parser.parse_object(content);
    const auto token = object == nullptr ? std::nullopt : json_text(*object, format.field);
    const auto field = plain_name(format.field).value_or("that credential_source.format names");
    if (object == nullptr) return no_token(fmt::format("{} is no JSON object, which credential_source.format announces. {}", what, remedy));
    if (!token || token->empty()) return no_token(fmt::format("{} has no text in the field {}. {}", what, field, remedy));
    Secret out{std::string(*token)};
    wipe(content);
    return out;
}

struct UrlSource {
    HttpRequest request = {};
    Format format = {};
};

Result<UrlSource> read_url_source(FieldReader& source) {
    UrlSource out;
    out.request.method = HttpMethod::get;
    out.request.url = source.need("url");
    if (!out.request.url.empty()) {
        if (const auto why = unfit_url(out.request.url); !why.empty()) source.wrong("url", why);
        out.request.use_proxy = !is_local(out.request.url);
    }
    if (const auto headers = source.object("headers")) {
        for (const auto& member : headers->json()) {
            const std::string_view name(member.key().data(), member.key().size());
            const JsonValue& value = member.value();
            const bool fit = !name.empty() && fits_header(name) && name.find(':') == std::string_view::npos && value.is_string() &&
                             std::none_of(value.get_string().begin(), value.get_string().end(),
                                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
            if (!fit) {
                source.wrong("headers", "holds something that is no HTTP header");
                break;
            }
            out.request.headers.push_back({std::string(name), std::string(json_view(value.get_string()))});
        }
    }
    out.format = read_format(source);
    if (source.failed()) return source.error();
    return out;
}

}  // namespace

Result<void> check_file_source(FieldReader source) {
    source.need("file");
    read_format(source);
    if (source.failed()) return source.error();
    return {};
}

Result<Secret> subject_from_file(Flow& flow, FieldReader source) {
    const std::string path = source.need("file");
    const Format format = read_format(source);
    if (source.failed()) return source.error();
    const std::string named_by = fmt::format("which the field credential_source.file of {} names", source.file());
    constexpr std::string_view remedy = "Check that the program which provides the token is running.";
    Result<std::optional<std::string>> content = flow.world.files->read(path);
    if (!content)
        return no_token(fmt::format("{} (the subject token, {}). Make it readable for this user.", quotable(content.error().message), named_by));
    if (!*content) return no_token(fmt::format("There is no file {}, {}. {}", path, named_by, remedy));
    return pick(std::move(**content), format, fmt::format("The subject token {}, {},", path, named_by), remedy);
}

Result<void> check_url_source(FieldReader source) {
    Result<UrlSource> read = read_url_source(source);
    if (!read) return std::move(read).error();
    return {};
}

Result<Secret> subject_from_url(Flow& flow, FieldReader source) {
    Result<UrlSource> read = read_url_source(source);
    if (!read) return std::move(read).error();
    const std::string who = fmt::format("The address of the subject token ({}, in the field credential_source.url of {})",
                                        host_of(read->request.url), source.file());
    Result<Answered> answered = exchange(flow.world, read->request, who);
    if (!answered) return std::move(answered).error();
    const int status = answered->answer.head.status;
    if (status != 200) {
        const bool broken = status >= 500 || is_passing(status);
        return ErrorInfo{.code = broken ? ErrorCode::unavailable : ErrorCode::auth,
                         .message = fmt::format("{} answered with HTTP {}. {}", who, status,
                                                broken ? "Try again later." : "Check the address, and the headers that are sent to it."),
                         .retryable = broken,
                         .provider = {},
                         .model = {},
                         .http_status = status};
    }
    return pick(std::move(answered->answer.body), read->format, fmt::format("The answer of {} ({})", host_of(read->request.url),
                fmt::format("the subject token's address in {}", source.file())), "Check the address and the format.");
}

}  // namespace cortex::auth::google
