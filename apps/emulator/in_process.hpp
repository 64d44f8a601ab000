#pragma once
// The emulator as an object: the same checks and answers as the program's, without a socket, for tests that send thousands.

#include "service.hpp"

#include <string>
#include <string_view>

namespace emulator {

class InProcess {
public:
    explicit InProcess(ServiceOptions options = {}) : service_(std::move(options)) {}

    struct Answer {
        int status = 0;
        std::string body;  ///< JSON, or the whole event stream
        [[nodiscard]] bool accepted() const noexcept { return status == 200; }
    };

    /// POST /v1/messages with this body and these comma-separated betas.
    [[nodiscard]] Answer messages(std::string_view body, std::string_view betas = {},
                                  std::string_view key = "sk-ant-in-process");
    /// POST /v1/messages/count_tokens.
    [[nodiscard]] Answer count_tokens(std::string_view body, std::string_view betas = {},
                                      std::string_view key = "sk-ant-in-process");
    /// POST /v1/chat/completions.
    [[nodiscard]] Answer chat(std::string_view body, std::string_view key = "sk-in-process");
    /// POST /v1/responses.
    [[nodiscard]] Answer responses(std::string_view body, std::string_view key = "sk-in-process");
    /// POST to an address of Azure's: "/openai/v1/responses",
    /// "/openai/deployments/gpt-5.4/chat/completions?api-version=2024-10-21".
    [[nodiscard]] Answer azure(std::string_view target, std::string_view body, std::string_view key = "in-process");

    /// POST /v1beta/models/{call} with a key; `call`: "gemini-3.8-flash:generateContent", "...:streamGenerateContent?alt=sse".
    [[nodiscard]] Answer gemini(std::string_view call, std::string_view body, std::string_view key = "AQ.in-process");
    /// The same on Vertex's global endpoint; `token` must be one of ServiceOptions::google_tokens.
    [[nodiscard]] Answer gemini_vertex(std::string_view call, std::string_view body, std::string_view token);

    /// A step, or a list of steps, as the program's `--script` takes it. Throws Rejection.
    void script(std::string_view steps);

private:
    [[nodiscard]] Answer post(std::string_view path, std::string_view body, Headers headers);

    Service service_;
};

}  // namespace emulator
