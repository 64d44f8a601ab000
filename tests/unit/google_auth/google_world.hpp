#pragma once

#include "auth/google/adc.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"
#include "support/fake_world.hpp"
#include "unit/google_auth/keys.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::test {

/// A machine with a home, and services that answer in the order of `answers`; when they are used up, the network is down.
class GoogleWorld {
public:
    GoogleWorld(const GoogleWorld&) = delete;
    GoogleWorld& operator=(const GoogleWorld&) = delete;

    static constexpr const char* key_file = "/k.json";
    static constexpr const char* gcloud_file = "/home/u/.config/gcloud/application_default_credentials.json";

    FakeWorld machine = {};
    std::map<std::string, std::string>& environment = machine.environment;
    std::map<std::string, std::string>& files = machine.files;
    std::map<std::string, std::string>& unreadable = machine.unreadable;
    std::map<std::string, std::string>& written = machine.written;
    HandClock& clock = machine.clock;
    std::function<Result<HttpAnswer>(const HttpRequest&)>& on_request = machine.on_request;
    std::function<Result<ProcessOutput>(const ProcessRequest&)>& on_process = machine.on_process;
    std::vector<HttpRequest>& requests = machine.requests;
    std::vector<ProcessRequest>& programs = machine.programs;
    std::vector<std::chrono::milliseconds>& pauses = machine.pauses;

    auth::google::AdcOptions options = {};
    std::deque<Result<HttpAnswer>> answers = {};

    GoogleWorld() {
        options.provider = "vertex";
        environment["HOME"] = "/home/u";
        on_request = [this](const HttpRequest&) -> Result<HttpAnswer> {
            if (answers.empty()) return ErrorInfo{.code = ErrorCode::network, .message = "Connection refused.", .retryable = true};
            Result<HttpAnswer> next = std::move(answers.front());
            answers.pop_front();
            return next;
        };
    }

    virtual ~GoogleWorld() = default;
    World world() { return machine.world(); }

    void named(std::string content) {
        environment["GOOGLE_APPLICATION_CREDENTIALS"] = key_file;
        files[key_file] = std::move(content);
    }
    void gcloud(std::string content) { files[gcloud_file] = std::move(content); }
    void answer(int status, std::string body, std::vector<HttpHeader> headers = {}) {
        answers.push_back(json_answer(status, std::move(body), std::move(headers)));
    }
    void token(std::string_view text = "token-of-google") {
        answer(200, std::string(R"({"access_token":")").append(text).append(R"(","expires_in":3599,"token_type":"Bearer"})"));
    }
    /// As the metadata server answers.
    void metadata(int status, std::string body) {
        answers.push_back(HttpAnswer{.head = {.status = status, .headers = {{"Metadata-Flavor", "Google"}}, .received_at = {}}, .body = std::move(body)});
    }

    Result<std::optional<Credential>> fetch() {
        auth::google::Adc adc(options);
        return fetch_with(adc);
    }
    Result<std::optional<Credential>> fetch_with(auth::google::Adc& adc) {
        World outside = world();
        return adc.fetch(outside);
    }
    /// The error's sentence, or what came instead.
    std::string failure() {
        const auto fetched = fetch();
        if (!fetched) return fetched.error().message;
        return *fetched ? "a credential" : "nothing";
    }
    CredentialReport report() { return auth::google::Adc(options).report(world()); }

    /// A field of the form that request `index` sent.
    std::string field(std::size_t index, std::string_view name) const {
        if (index >= requests.size() || !requests[index].body) return "(no request)";
        const std::string& body = *requests[index].body;
        for (std::size_t at = 0; at <= body.size();) {
            const std::size_t end = std::min(body.find('&', at), body.size());
            const std::string_view pair = std::string_view(body).substr(at, end - at);
            if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') return decoded(pair.substr(name.size() + 1));
            at = end + 1;
        }
        return "(no field)";
    }
    std::string header(std::size_t index, std::string_view name) const {
        if (index >= requests.size()) return "(no request)";
        for (const HttpHeader& header : requests[index].headers)
            if (header.name == name) return header.value;
        return "(no header)";
    }
    static std::string decoded(std::string_view text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '%' && i + 2 < text.size()) {
                out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
                i += 2;
            } else {
                out.push_back(text[i] == '+' ? ' ' : text[i]);
            }
        }
        return out;
    }
};

inline std::string token_text(const Result<std::optional<Credential>>& fetched) {
    if (!fetched) return "error: " + fetched.error().message;
    return *fetched ? std::string(SecretAccess::text((*fetched)->secret)) : std::string("nothing");
}

inline std::string service_account_json(std::string_view key = pkcs8_key, std::string_view token_uri = "https://oauth2.googleapis.com/token",
                                        std::string_view more = {}) {
    std::string out = R"({"type":"service_account","project_id":"demo-project","private_key_id":"key-1","private_key":)";
    append_json_string(out, key);
    out += R"(,"client_email":"worker@demo-project.iam.gserviceaccount.com","token_uri":)";
    append_json_string(out, token_uri);
    return out.append(more) + "}";
}

inline std::string user_json(std::string_view more = {}) {
    return std::string(R"({"type":"authorized_user","client_id":"client.apps","client_secret":"client-secret-text","refresh_token":"refresh-token-text")")
               .append(more) +
           "}";
}

/// `source`: the text of `credential_source`.
inline std::string federation_json(std::string_view source, std::string_view more = {}, std::string_view type = "urn:ietf:params:oauth:token-type:jwt") {
    return std::string(R"({"type":"external_account","audience":"//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/providers/q",)")
        .append(R"("token_url":"https://sts.googleapis.com/v1/token","subject_token_type":")")
        .append(type)
        .append(R"(","credential_source":)")
        .append(source)
        .append(more)
        .append("}");
}

}  // namespace cortex::test
