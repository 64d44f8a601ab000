#pragma once
// Gemini's generateContent on both hosts: the Developer API with a key, Vertex AI with a verified access token.

#include "gemini_answer.hpp"
#include "google_services.hpp"
#include "http.hpp"
#include "keys.hpp"
#include "script.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

namespace emulator {

/// What an address asks for.
struct GeminiAddress {
    GeminiHost host = GeminiHost::developer;
    std::string version;   ///< v1, v1beta, v1beta1
    std::string project;   ///< Vertex; empty in express mode, where a key stands for it
    std::string location;
    std::string model;     ///< empty: the list
    std::string verb;      ///< generateContent, streamGenerateContent, countTokens; empty: a GET
    bool known = false;    ///< false: no such address
};

[[nodiscard]] GeminiAddress read_gemini_address(std::string_view path);

class GeminiApi {
public:
    explicit GeminiApi(const GoogleServices& google);

    [[nodiscard]] static bool serves(const HttpRequest& request);

    /// Hides a key in the query of a kept request.
    static void mask(HttpRequest& request);

    /// As AnthropicApi::answer.
    [[nodiscard]] Reply answer(const HttpRequest& request, const KeyRing& keys, const Step* step, bool& step_used);

    /// A scripted error with the details that belong to its status. `code`: "per_day", "credits", or an ErrorInfo's
    /// reason.
    [[nodiscard]] Reply scripted(const ErrorAnswer& error, std::string_view message, GeminiHost host) const;

    void reset() { prefixes_.clear(); }

private:
    [[nodiscard]] Reply generate(const HttpRequest& request, const GeminiAddress& address, const std::string& owner,
                                 const Step* step, bool& step_used);
    [[nodiscard]] Reply write(const HttpRequest& request, const GeminiCall& call, const Step* step);
    [[nodiscard]] std::string authorize(const HttpRequest& request, const GeminiAddress& address,
                                        const KeyRing& keys) const;
    [[nodiscard]] std::string authorize_token(const HttpRequest& request, const GeminiAddress& address) const;
    void check_continuation(const GeminiCall& call) const;
    [[nodiscard]] std::string continuation_code(const GeminiCall& call, std::string_view nonce) const;

    /// Remembers this prompt and counts how much of it an earlier one began with.
    void charge_cache(GeminiCall& call, const std::string& owner);

    const GoogleServices& google_;
    std::string secret_;
    ThoughtSigner signer_;
    std::uint64_t next_id_ = 0;
    std::unordered_set<std::string> prefixes_;  ///< digests of owner, model, tools and the first contents
};

/// The table, or one of it; countTokens. Throw Refused.
[[nodiscard]] Reply gemini_models(const HttpRequest& request, const GeminiAddress& address);
[[nodiscard]] Reply gemini_count(const HttpRequest& request, const GeminiAddress& address);

[[nodiscard]] json::object read_gemini_body(const HttpRequest& request);
/// Of system instruction, tools and contents.
[[nodiscard]] std::size_t gemini_tokens(const json::object& body);
[[nodiscard]] std::size_t gemini_content_tokens(const json::object& content);

/// 404 in the host's words. Throws Refused.
[[noreturn]] void refuse_gemini_model(const GeminiAddress& address);

}  // namespace emulator
