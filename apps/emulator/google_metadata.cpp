// The metadata server of Compute Engine, GKE and Cloud Run.

#include "form.hpp"
#include "google_replies.hpp"
#include "google_services.hpp"
#include "text_util.hpp"

namespace emulator {

namespace {

constexpr std::string_view root = "/computeMetadata/v1/";
constexpr std::string_view accounts = "instance/service-accounts/";
constexpr int longer_than_any_timeout_ms = 600'000;

Reply plain(int status, std::string_view text, std::string_view type = "application/text") {
    Reply reply;
    reply.status = status;
    reply.headers = {{"content-type", std::string(type)}, {"metadata-flavor", "Google"}, {"server", "Metadata Server"}};
    reply.pieces = {std::string(text)};
    return reply;
}

Reply account_answer(GoogleState& state, std::string_view what, const Form& query) {
    const std::string scope(GoogleState::cloud_scope);
    if (what == "token") {
        const auto [token, left] = state.metadata_token();
        Reply reply = token_answer(state, token, left);
        reply.headers.emplace_back("metadata-flavor", "Google");
        return reply;
    }
    if (what == "email") {
        return plain(200, GoogleState::metadata_account);
    }
    if (what == "scopes") {
        return plain(200, scope + "\n");
    }
    if (what.empty() && field(query, "recursive") == "true") {
        return plain(200,
                     json::serialize(json::object{{"aliases", json::array{"default"}},
                                                  {"email", GoogleState::metadata_account},
                                                  {"scopes", json::array{scope}}}),
                     "application/json");
    }
    return what.empty() ? plain(200, "aliases\nemail\nscopes\ntoken\n") : plain(404, "Not Found", "text/html");
}

}  // namespace

bool GoogleServices::is_metadata(const HttpRequest& request) {
    return request.path().starts_with("/computeMetadata/") ||
           (request.path() == "/" && find_header(request.headers, "metadata-flavor") != nullptr);
}

Reply GoogleServices::metadata(const HttpRequest& request) {
    const std::string& mode = state_.switches.metadata;
    if (mode == "captive_portal") {
        Reply reply;
        reply.headers = {{"content-type", "text/html"}};
        reply.pieces = {"<html><body>Please accept the terms of this network.</body></html>\n"};
        return reply;
    }
    if (mode == "hang") {
        Reply reply = plain(503, "");
        reply.delivery.delay_ms = longer_than_any_timeout_ms;
        return reply;
    }
    const std::string* flavor = find_header(request.headers, "metadata-flavor");
    if (flavor == nullptr || *flavor != "Google") {
        return plain(403, "Missing required header \"Metadata-Flavor\": \"Google\"", "text/html");
    }
    if (find_header(request.headers, "x-forwarded-for") != nullptr) {
        return plain(403, "Requests that were forwarded are not answered", "text/html");
    }
    if (request.method != "GET") {
        return plain(405, "Method Not Allowed", "text/html");
    }
    const std::string_view path = request.path();
    if (path == "/" || path == "/computeMetadata/" || path == root) {
        return plain(200, path == "/" ? "computeMetadata/\n" : path == root ? "instance/\nproject/\n" : "v1/\n");
    }
    if (!path.starts_with(root)) {
        return plain(404, "Not Found", "text/html");
    }
    const std::string_view what = path.substr(root.size());
    if (what == "project/project-id") {
        return plain(200, GoogleState::project);
    }
    if (what == "project/numeric-project-id") {
        return plain(200, GoogleState::project_number);
    }
    if (what == "universe/universe-domain") {
        return plain(200, "googleapis.com");
    }
    if (what.starts_with(accounts) && mode != "no_account") {
        const std::string_view rest = what.substr(accounts.size());
        const std::size_t slash = rest.find('/');
        const std::string_view account = rest.substr(0, slash);
        if (slash != std::string_view::npos && (account == "default" || account == GoogleState::metadata_account)) {
            return account_answer(state_, rest.substr(slash + 1), query_of(request));
        }
    }
    return plain(404, "Not Found", "text/html");
}

}  // namespace emulator
