#pragma once
// Servers on the user's own machine: what each does differently, chosen by words in the model's name.

#include "json_util.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

namespace emulator {

/// The words, anywhere in the name and in any case: `ollama`, `vllm`, `llamacpp` for the program, `deepseek-v4` for
/// DeepSeek's own service, which thinks unless told not to; `think` or `reason`,
/// `no-tools`, `no-auto-tools`, `no-developer`, `no-stream-options`, `no-usage`, `no-done`, `loading`, and `ctx-N` for a
/// window of N tokens.
struct LocalServer {
    enum class Kind { plain, ollama, vllm, llamacpp, deepseek };
    Kind kind = Kind::plain;
    bool reasons = false;
    bool takes_tools = true;  ///< false: 400 as Ollama says it
    bool takes_auto_tools = true;  ///< false: 400 as vLLM says it without its two options
    bool takes_developer = true;
    bool takes_stream_options = true;
    bool tells_usage = true;
    bool says_done = true;  ///< streams end with `[DONE]`
    bool loads_first = false;  ///< the first request finds the model loading: 503
    std::int64_t window = 0;  ///< tokens; 0: no limit

    /// The member that shows reasoning.
    [[nodiscard]] std::string_view reasoning_field() const noexcept {
        return kind == Kind::ollama || kind == Kind::vllm ? "reasoning" : "reasoning_content";
    }
};

[[nodiscard]] LocalServer read_local_server(std::string_view model);

/// Refuses what this server cannot do, as it says it.
void check_local_server(const LocalServer& server, const json::object& body, std::string_view model,
                        std::size_t prompt_tokens);

/// The error member that this server writes for a refusal that all of them share.
[[nodiscard]] json::object local_error(const LocalServer& server, int status, std::string_view type,
                                       std::string_view message, std::string_view param, std::string_view code);

/// Models that were asked for once, and so are loaded.
class LoadedModels {
public:
    /// Throws ShapedRefusal for the first request of a model that loads first.
    void load(const LocalServer& server, const std::string& model);
    void clear() { loaded_.clear(); }

private:
    std::unordered_set<std::string> loaded_;
};

}  // namespace emulator
