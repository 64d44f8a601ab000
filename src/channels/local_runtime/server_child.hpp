#pragma once

#include "channels/local_runtime/child_process.hpp"
#include "channels/local_runtime/embedded_server.hpp"
#include "channels/local_runtime/home.hpp"
#include "core/result.hpp"

#include <filesystem>
#include <string>

namespace cortex::channels {

/// A server child that answers, and how to reach it.
struct ServerChild {
    ChildProcess process = {};
    Endpoint endpoint = {};
    std::filesystem::path log = {};
};

/// Starts the child and waits until it serves `gguf`. Returns early, with `cancelled`, as soon as `interrupt` (an eventfd)
/// is readable. The calling thread must live as long as the child.
Result<ServerChild> start_server_child(const Home& home, const std::filesystem::path& gguf,
                                       const EmbeddedServerOptions& options, int interrupt);

/// Asks it to end, then insists.
void end_server_child(ServerChild& child) noexcept;

}  // namespace cortex::channels
