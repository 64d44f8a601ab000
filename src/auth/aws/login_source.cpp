#include "auth/aws/dpop.hpp"
#include "auth/aws/key_document.hpp"
#include "auth/aws/service_call.hpp"
#include "auth/aws/settings.hpp"
#include "auth/aws/sigv4_hash.hpp"
#include "auth/aws/sources.hpp"
#include "core/date_time.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace cortex::auth::aws {
namespace {

/// botocore 1.44.8 credentials.py, LoginProvider.
constexpr std::chrono::minutes renew_before{5};
constexpr std::int64_t longest_seconds = 86'400;

class Login {
public:
    Login(Asking& asking, std::string_view session, std::string_view profile, std::string_view region)
        : asking_(asking), session_(session), profile_(profile), region_(region), source_(fmt::format("login session of profile {}", profile)) {}

    Result<Credential> fetch() {
        if (Result<void> read = read_cache(); !read) return std::move(read).error();
        Result<RawKeys> old = keys();
        if (!old) return std::move(old).error();
        const WallTime now = asking_.now();
        if (*old->expires_at > now + renew_before) return to_credential(std::move(old).value(), source_);
        const bool good = *old->expires_at > now;
        if (Result<void> renewed = renew(old->account_id); !renewed) {
            if (!good) return std::move(renewed).error();
            asking_.notes.push_back(fmt::format("profile: {}", renewed.error().message));
            return to_credential(std::move(old).value(), source_);
        }
        Result<RawKeys> fresh = keys();
        if (!fresh) return std::move(fresh).error();
        return to_credential(std::move(fresh).value(), source_);
    }

private:
    std::string remedy() const { return fmt::format("Run `aws login --profile {}`.", profile_); }
    ErrorInfo log_in(std::string_view why) const {
        return {.code = ErrorCode::auth, .message = fmt::format("The {} {}. {}", source_, why, remedy())};
    }
    std::string_view text(std::string_view name) const noexcept { return json_text_or_empty(cache_, name); }

    Result<void> read_cache() {
        const auto folder = env_value(asking_.world, "AWS_LOGIN_CACHE_DIRECTORY");
        path_ = expand_home(asking_.world, folder ? *folder : "~/.aws/login/cache");
        if (path_.empty()) return ErrorInfo{.code = ErrorCode::auth, .message = "The cache of `aws login` cannot be found: HOME is not set. Set it."};
        path_ += fmt::format("/{}.json", hex(sha256(session_)));
        Result<std::optional<std::string>> content = asking_.world.files->read(path_);
        if (!content) {
            ErrorInfo error = std::move(content).error();
            error.code = ErrorCode::auth;
            return error;
        }
        if (!*content) return log_in(fmt::format("has no keys: there is no {}", path_));
        JsonParser parser;
        const JsonObject* object = parser.parse_object(**content);
        if (object != nullptr) cache_ = JsonObject(*object, boost::json::storage_ptr());
        wipe(**content);
        if (object == nullptr) return log_in(fmt::format("is broken: {} is no JSON object", path_));
        if (json_object(cache_, "accessToken") == nullptr) return log_in(fmt::format("is broken: {} holds no accessToken", path_));
        for (const std::string_view name : {"refreshToken", "clientId", "dpopKey"})
            if (text(name).empty()) return log_in(fmt::format("is broken: {} holds no {}", path_, name));
        return {};
    }

    Result<RawKeys> keys() const {
        Result<RawKeys> out = read_keys(*json_object(cache_, "accessToken"), fmt::format("The {} has broken keys in {}", source_, path_));
        if (out && !out->expires_at) return log_in(fmt::format("is broken: the keys in {} have no expiresAt", path_));
        return out;
    }

    Result<Endpoint> endpoint() const {
        EndpointQuery query{.service = "signin", .region = std::string(text("signInRegion"))};
        if (query.region.empty()) query.region = region_;
        if (query.region.empty()) query.region = asking_.options.region;
        if (query.region.empty()) {
            Result<Found> found = choose_region(asking_.world, {}, asking_.options.profile);
            if (!found) return std::move(found).error();
            query.region = std::move(found->value);
        }
        return service_endpoint(asking_, std::move(query), "SIGNIN");
    }

    /// Asks for new keys and writes them into the cache. An answer that refuses is not asked for again.
    Result<void> renew(const std::string& account_id) {
        Result<Endpoint> where = endpoint();
        if (!where) return std::move(where).error();
        const std::string url = where->url + "/v1/token";
        JsonWriter writer;
        writer.begin_object().field("clientId", text("clientId")).field("grantType", "refresh_token").field("refreshToken", text("refreshToken")).end_object();
        const Body body = std::make_shared<const std::string>(std::move(writer).take());
        // Each proof is good for one request.
        const auto request = [&] {
            HttpRequest out;
            out.url = url;
            out.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
            if (Result<std::string> made = proof(url)) out.headers.push_back({"dpop", std::move(made).value()});
            out.body = body;
            return out;
        };
        if (Result<std::string> made = proof(url); !made) return log_in(fmt::format("is broken: {} in {}", made.error().message, path_));
        const auto judge = [](const HttpAnswer& answer) { return judge_status(answer.head.status, read_json_error(answer.head, answer.body).code); };
        Result<HttpAnswer> answer = ask_service(asking_.world, request, judge);
        if (!answer) return unreachable(std::move(answer).error(), fmt::format("The {} cannot be renewed", source_));
        JsonParser parser;
        const JsonObject* object = parser.parse_object(answer->body);
        if (answer->head.status != 200) {
            ServiceError said = read_json_error(answer->head, answer->body);
            // TOKEN_EXPIRED, USER_CREDENTIALS_CHANGED, INSUFFICIENT_PERMISSIONS.
            said.message = object == nullptr ? std::string() : std::string(json_text_or_empty(*object, "error"));
            return service_failure(said, answer->head.status, fmt::format("The {} was not renewed", source_), remedy());
        }
        return keep(object, account_id, *answer);
    }

    Result<std::string> proof(const std::string& url) const {
        const std::string random = asking_.world.random ? asking_.world.random(16) : std::string();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(asking_.now().time_since_epoch()).count();
        return dpop_proof(text("dpopKey"), {.url = url, .issued_at = seconds, .id = uuid_of(random)});
    }

    Result<void> keep(const JsonObject* object, const std::string& account_id, HttpAnswer& answer) {
        const JsonObject* token = object == nullptr ? nullptr : json_object(*object, "accessToken");
        const auto seconds = object == nullptr ? std::nullopt : json_integer(*object, "expiresIn");
        if (token == nullptr || !seconds || *seconds <= 0 || *seconds > longest_seconds) return log_in("got an answer that makes no sense");
        Result<RawKeys> fresh = read_keys(*token, fmt::format("The {} got wrong keys", source_));
        if (!fresh) return std::move(fresh).error();
        JsonObject& kept = cache_["accessToken"].emplace_object();
        kept["accessKeyId"] = fresh->access_key_id;
        kept["secretAccessKey"] = fresh->secret_access_key;
        kept["sessionToken"] = fresh->session_token;
        // The answer does not repeat it.
        kept["accountId"] = fresh->account_id.empty() ? account_id : fresh->account_id;
        kept["expiresAt"] = format_iso8601(asking_.now() + std::chrono::seconds(*seconds));
        if (const std::string_view next = json_text_or_empty(*object, "refreshToken"); !next.empty()) cache_["refreshToken"] = next;
        wipe(answer.body);
        std::string content = boost::json::serialize(cache_);
        if (const Result<void> written = asking_.world.files->replace(path_, content); !written)
            asking_.notes.push_back(fmt::format("profile: the renewed keys of the {} could not be kept: {}", source_, written.error().message));
        wipe(content);
        return {};
    }

    Asking& asking_;
    const std::string session_;
    const std::string_view profile_;
    const std::string_view region_;
    const std::string source_;
    std::string path_ = {};
    JsonObject cache_ = {};
};

}  // namespace

Result<Credential> login_keys(Asking& asking, std::string_view login_session, std::string_view profile, std::string_view region) {
    return Login(asking, login_session, profile, region).fetch();
}

}  // namespace cortex::auth::aws
