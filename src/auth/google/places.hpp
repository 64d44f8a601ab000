#pragma once

#include "core/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cortex::auth::google {

/// A credential file that ADC looks for, by path alone.
struct Place {
    enum class Kind { variable, gcloud } kind = Kind::variable;
    std::string path = {};   ///< Empty: there is no such place on this machine; `why` says so.
    std::string why = {};

    /// "service account x@y (/k.json, GOOGLE_APPLICATION_CREDENTIALS)" and the like are made of this.
    std::string label() const;
};

inline constexpr std::string_view credentials_variable = "GOOGLE_APPLICATION_CREDENTIALS";

/// GOOGLE_APPLICATION_CREDENTIALS, then gcloud's well-known file: `$CLOUDSDK_CONFIG`, else `$HOME/.config/gcloud`, else `%APPDATA%\gcloud`
/// (google-auth 2.63.0 auth/_cloud_sdk.py). A variable that names gcloud's own file is gcloud's file.
std::vector<Place> credential_places(const World& world);

/// The folder of gcloud's configuration; empty where neither CLOUDSDK_CONFIG nor HOME is set.
std::string gcloud_folder(const World& world);

/// Keeps words of a server or program printable and short enough for a message, on one line.
std::string quotable(std::string_view words, std::size_t limit = 300);

}  // namespace cortex::auth::google
