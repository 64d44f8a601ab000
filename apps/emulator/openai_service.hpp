#pragma once
// The OpenAI side: who asks, at which of its addresses, for which model; then Chat Completions or Responses.

#include "azure_openai.hpp"
#include "openai_chat.hpp"
#include "responses.hpp"

#include <string>

namespace emulator {

class OpenaiService {
public:
    /// `local`: no key is needed and every model is a local server's.
    explicit OpenaiService(bool local) : local_(local) {}

    void reset();

    [[nodiscard]] Reply answer(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                               const Step* step, bool& step_used);

    /// A scripted error in the shape of the address, or of the local server that the body's model names.
    [[nodiscard]] Reply scripted(const HttpRequest& request, const ErrorAnswer& error, std::string_view message,
                                 const std::string& request_id) const;

private:
    [[nodiscard]] Reply answer_openai(const HttpRequest& request, const KeyRing& keys, const std::string& request_id,
                                      const Step* step, bool& step_used);
    [[nodiscard]] Reply answer_azure(const AzurePath& path, const HttpRequest& request, const KeyRing& keys,
                                     const std::string& request_id, const Step* step, bool& step_used);
    [[nodiscard]] Reply generate(std::string_view route, OpenaiCall call, const std::string& request_id,
                                 const Step* step, bool& step_used);
    [[nodiscard]] Reply models(std::string_view id, const std::string& request_id) const;
    [[nodiscard]] bool is_local(std::string_view model) const;

    bool local_;
    LoadedModels loaded_;
    OpenaiChatApi chat_;
    ResponsesApi responses_;
};

}  // namespace emulator
