#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace cortex::channels {

/// The HTTP status that 127.0.0.1:`port` answers a GET of `path` with; nothing where it does not answer within `limit`.
/// Only for asking a server of our own whether it is ready: no redirects, no TLS, no proxy.
std::optional<int> probe_loopback(int port, std::string_view path, std::string_view bearer, std::chrono::milliseconds limit);

/// A port that is free at this moment, for a server that cannot choose one itself.
int free_loopback_port();

}  // namespace cortex::channels
