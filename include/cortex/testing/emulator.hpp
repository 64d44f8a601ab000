#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::testing {

/// How an Emulator is started.
struct EmulatorOptions {
    /// The cortex-emulator program. Empty: the file that the environment variable CORTEX_EMULATOR names, else the program on PATH.
    std::string program = {};
    /// More command line options, as `cortex-emulator --help` lists them, e.g. {"--key", "sk-ant-test"}.
    std::vector<std::string> options = {};
};

/// A running strict emulator for a test: a child process on a free loopback port that answers like the Anthropic and OpenAI
/// services and refuses what they refuse. It ends with this object, and with this process if that dies first.
/// One thread at a time. Every function may throw std::runtime_error with the reason (no such program, script refused).
class Emulator {
public:
    explicit Emulator(EmulatorOptions options = {});
    ~Emulator();

    Emulator(Emulator&&) noexcept;
    Emulator& operator=(Emulator&&) noexcept;
    Emulator(const Emulator&) = delete;
    Emulator& operator=(const Emulator&) = delete;

    /// "http://127.0.0.1:PORT": the base URL of an Anthropic client. Valid as long as this object.
    [[nodiscard]] std::string_view base_url() const noexcept;

    /// The base URL of an OpenAI client: base_url() + "/v1".
    [[nodiscard]] std::string openai_base_url() const;

    /// Enqueues answers: a JSON step or list of steps, as docs/emulator.md describes them.
    void script(std::string_view json);

    /// The requests since the start or the last reset, oldest first, as a JSON array.
    [[nodiscard]] std::string requests() const;

    /// Counters as a JSON object: connections, in_flight, in_flight_max, requests, disconnects, script_pending, routes.
    [[nodiscard]] std::string stats() const;

    /// Forgets requests, pending steps and cached prefixes.
    void reset();

    /// Ends the program; safe to call twice. The destructor does the same and ignores what goes wrong.
    void stop();

private:
    struct Process;
    std::unique_ptr<Process> process_;
};

}  // namespace cortex::testing
