#pragma once

#include "support/published_cases.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace cortex::auth::aws::test {

/// The whole file, or nothing where this machine has none.
inline std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

inline std::optional<boost::json::value> read_json(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) return std::nullopt;
    return boost::json::parse(*text);
}

inline std::string text_of(const boost::json::value& value) { return std::string(value.as_string()); }

}  // namespace cortex::auth::aws::test
