#pragma once

#include "core/deadline.hpp"
#include "core/result.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace cortex::channels {

/// Where a server of ours listens, and what it wants to see.
struct Endpoint {
    std::string base_url = {};   ///< "http://127.0.0.1:PORT/v1"
    std::string api_key = {};    ///< Random, of this child only.
};

struct EmbeddedServerOptions {
    int threads = 0;             ///< 0: as many as the processor has, at most four.
    int context = 4096;          ///< Tokens of one conversation, answer included.
    int prompt_cache_mib = 256;  ///< Memory for the state of conversations that wait while another is answered.
    /// A child that is not ready by then is ended. Longer than any caller's patience: a caller whose own deadline passes
    /// gets a timeout, the model goes on loading for the next one.
    std::chrono::milliseconds load_limit{180'000};
};

/// One llama.cpp server in a process of its own: the pinned runtime of `CORTEX_HOME`, or the `llama-server` program that
/// `CORTEX_LLAMA_SERVER` names. It listens on the loopback interface, demands a random key, writes its log below
/// `CORTEX_HOME/log`, and ends with this object or with this process, however that ends. Inference errors abort the
/// child, never the caller. Any number of objects, each used from any number of threads. Every call blocks.
class EmbeddedServer {
public:
    explicit EmbeddedServer(EmbeddedServerOptions options = {});
    ~EmbeddedServer();
    EmbeddedServer(const EmbeddedServer&) = delete;
    EmbeddedServer& operator=(const EmbeddedServer&) = delete;

    /// Where the server is that serves `gguf`; starts one if none runs (or if it died), once for all who ask meanwhile.
    /// Errors: `config` (no such file, no GGUF, no runtime, another file is being served), `unavailable` (the child died:
    /// with its last words), `timeout`, `cancelled` (`stop` came first).
    Result<Endpoint> start(const std::filesystem::path& gguf, Deadline deadline = {});

    /// Ends the child and returns when it is gone. `start` may be called again.
    void stop() noexcept;

private:
    class Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace cortex::channels
