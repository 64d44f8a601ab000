#include "auth/google/places.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace cortex::auth::google {

std::string Place::label() const {
    if (kind == Kind::variable) return fmt::format("environment variable {}", credentials_variable);
    return path.empty() ? std::string("gcloud user credentials") : fmt::format("gcloud user credentials ({})", path);
}

std::string gcloud_folder(const World& world) {
    if (auto folder = env_value(world, "CLOUDSDK_CONFIG")) return *folder;
    if (auto home = env_value(world, "HOME")) return *home + "/.config/gcloud";
    if (auto data = env_value(world, "APPDATA")) return *data + "/gcloud";
    return {};
}

std::vector<Place> credential_places(const World& world) {
    Place gcloud{.kind = Place::Kind::gcloud, .path = {}, .why = "neither CLOUDSDK_CONFIG nor HOME is set"};
    if (const std::string folder = gcloud_folder(world); !folder.empty()) {
        gcloud.path = folder + (folder.back() == '/' ? "" : "/") + "application_default_credentials.json";
        gcloud.why.clear();
    }
    const auto variable = env_value(world, credentials_variable);
    if (!variable) return {{.kind = Place::Kind::variable, .path = {}, .why = "not set"}, std::move(gcloud)};
    if (*variable == gcloud.path)
        return {{.kind = Place::Kind::variable, .path = {}, .why = "names gcloud's own file"}, std::move(gcloud)};
    return {{.kind = Place::Kind::variable, .path = *variable, .why = {}}, std::move(gcloud)};
}

std::string quotable(std::string_view words, std::size_t limit) {
    std::string out = replace_invalid_utf8(utf8_prefix(trim(words), limit));
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    while (!out.empty() && (out.back() == '.' || out.back() == ' ')) out.pop_back();
    return out;
}

}  // namespace cortex::auth::google
