#include "channels/local_runtime/home.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace cortex::channels {

std::string environment_value(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Home Home::from_environment() {
    std::error_code ignored;
    if (const std::string named = environment_value("CORTEX_HOME"); !named.empty())
        return Home(std::filesystem::absolute(named, ignored));
    if (const std::string home = environment_value("HOME"); !home.empty())
        return Home(std::filesystem::absolute(home, ignored) / ".cortex");
    // Services often run without HOME.
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return Home(std::filesystem::path(found->pw_dir) / ".cortex");
    return Home(std::filesystem::absolute(".cortex", ignored));
}

}  // namespace cortex::channels
