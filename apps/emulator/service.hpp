#pragma once
// From request to reply: routes, keys, script, dialects. Knows no sockets; used by one thread.

#include "anthropic.hpp"
#include "aws_service.hpp"
#include "gemini.hpp"
#include "google_services.hpp"
#include "http.hpp"
#include "openai_service.hpp"
#include "recorder.hpp"
#include "script.hpp"
#include "vertex.hpp"

#include <memory>
#include <string>
#include <vector>

namespace emulator {

struct ServiceOptions {
    std::vector<std::string> keys;  ///< accepted keys; none: any that does not look wrong
    bool local = false;             ///< OpenAI routes behave as a local server: no key, lenient
    bool record_secrets = false;
    bool gzip = false;              ///< compress every answer whose client accepts it
    AwsOptions aws;
    std::vector<std::string> google_tokens;  ///< access tokens of Google's that are always good
};

/// Numbers that only the server knows.
struct ServerStats {
    std::uint64_t connections = 0;  ///< ever
    std::uint64_t open = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t in_flight_max = 0;
};

class Service {
public:
    explicit Service(ServiceOptions options);

    /// Never throws for what a client may send. `record` is null for the control routes.
    [[nodiscard]] Reply answer(const HttpRequest& request, const ServerStats& stats, std::shared_ptr<Record>& record);

    void finish(const std::shared_ptr<Record>& record) { recorder_.finish(record); }

    [[nodiscard]] Script& script() noexcept { return script_; }
    [[nodiscard]] Recorder& recorder() noexcept { return recorder_; }

private:
    [[nodiscard]] Reply control(const HttpRequest& request, const ServerStats& stats);
    [[nodiscard]] Reply answer_api(const HttpRequest& request, Record& record);
    [[nodiscard]] Reply answer_google(const HttpRequest& request, Record& record);
    [[nodiscard]] Reply answer_gemini(const HttpRequest& request, Record& record);
    [[nodiscard]] Reply answer_step(const Step& step);

    ServiceOptions options_;
    Script script_;
    Recorder recorder_;
    AnthropicApi anthropic_;
    OpenaiService openai_;
    AwsService aws_;
    GoogleServices google_;
    VertexApi vertex_;
    GeminiApi gemini_;
    std::uint64_t next_request_id_ = 0;
};

}  // namespace emulator
