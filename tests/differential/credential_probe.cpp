// credential_probe aws [PROFILE] | google | sign | assertion
//
// `aws` and `google` run the chain once in the environment that they are started in, and print one JSON object; secrets are shown as
// the SHA-256 of their bytes. (`google --token` shows the token itself, to be tried at an emulator.) `sign` and `assertion` read one
// JSON object a line from standard input and answer each with a line.

#include "probe_signing.hpp"

#include "auth/aws/chain.hpp"
#include "auth/aws/sigv4_hash.hpp"
#include "auth/google/adc.hpp"
#include "core/date_time.hpp"
#include "core/json_writer.hpp"
#include "core/secret_access.hpp"
#include "world/machine.hpp"

#include <iostream>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using cortex::Credential;

std::string digest(const cortex::Secret& secret) {
    const std::string_view text = cortex::SecretAccess::text(secret);
    return text.empty() ? std::string() : cortex::auth::aws::hex(cortex::auth::aws::sha256(text));
}

void write_credential(cortex::JsonWriter& out, const Credential& credential, bool show_token) {
    out.field("found", true).field("source", credential.source).field("access_key_id", credential.access_key_id);
    out.field("secret", digest(credential.secret)).field("token", digest(credential.session_token)).field("account_id", credential.account_id);
    out.field("expires_at", credential.expires_at ? cortex::format_iso8601(*credential.expires_at) : std::string());
    out.field("quota_project", credential.quota_project).field("project", credential.project).field("universe", credential.universe_domain);
    if (show_token) out.field("bearer", cortex::SecretAccess::text(credential.secret));
}

template <class Source>
std::string ask(Source& source, cortex::World world, bool show_token) {
    cortex::JsonWriter out;
    out.begin_object();
    const cortex::Result<std::optional<Credential>> outcome = source.fetch(world);
    if (!outcome)
        out.field("found", false).field("error", outcome.error().message).field("code", cortex::to_string(outcome.error().code));
    else if (*outcome)
        write_credential(out, **outcome, show_token);
    else
        out.field("found", false);
    out.key("considered").begin_array();
    for (const std::string& line : source.report(world).considered) out.string(line);
    out.end_array();
    if constexpr (std::is_same_v<Source, cortex::auth::google::Adc>) {
        const auto project = cortex::auth::google::choose_project(world, {});
        out.field("chosen_project", project ? project->value : std::string());
    }
    out.end_object();
    return std::move(out).take();
}

int answer_lines(std::string (*answer)(const cortex::JsonObject&)) {
    cortex::JsonParser parser;
    for (std::string line; std::getline(std::cin, line);) {
        const cortex::JsonObject* request = parser.parse_object(line);
        if (request == nullptr) {
            std::cerr << "a line is no JSON object\n";
            return 1;
        }
        std::cout << answer(*request) << '\n';
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::string mode = words.empty() ? std::string() : words[0];
    const std::string second = words.size() > 1 ? words[1] : std::string();
    if (mode == "sign") return answer_lines(probe::signed_request);
    if (mode == "assertion") return answer_lines(probe::assertion);
    const auto machine = cortex::world::Machine::create();
    if (mode == "aws") {
        cortex::auth::aws::Chain chain({.provider = "probe", .method = cortex::auth::aws::AuthMethod::sigv4, .profile = second});
        std::cout << ask(chain, *machine, false) << '\n';
        return 0;
    }
    if (mode == "google") {
        cortex::auth::google::Adc adc({.provider = "probe"});
        std::cout << ask(adc, *machine, second == "--token") << '\n';
        return 0;
    }
    std::cerr << "usage: credential_probe aws [PROFILE] | google [--token] | sign | assertion\n";
    return 2;
}
