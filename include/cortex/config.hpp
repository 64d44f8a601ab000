#pragma once

#include <cortex/attachment.hpp>
#include <cortex/export.hpp>
#include <cortex/secret.hpp>
#include <cortex/tool.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex {

/// Where one provider is and how it is paid for. Absent fields are looked up in the environment, as the vendor's own SDK does.
/// Aggregates only: use designated initialisers, in this order.
struct ProviderConfig {
    Secret api_key = {};             ///< Else the vendor's variable, e.g. ANTHROPIC_API_KEY. Set but empty counts as absent.
    std::string base_url = {};       ///< Beats the vendor's variable, e.g. ANTHROPIC_BASE_URL. With or without a final '/'.
    std::string api_version = {};    ///< anthropic: the `anthropic-version` header, default 2023-06-01. azure: the `api-version` of dated addresses, else OPENAI_API_VERSION, 2024-10-21. gemini: the path's, default v1beta.
    bool bedrock = false;            ///< Claude through Amazon Bedrock.
    std::string aws_region = {};     ///< bedrock: else AWS_REGION, AWS_DEFAULT_REGION, the profile's, us-east-1.
    bool vertex_ai = false;          ///< Claude through Google Vertex AI.
    std::string project = {};        ///< vertex_ai: else ANTHROPIC_VERTEX_PROJECT_ID, GOOGLE_CLOUD_PROJECT. gemini: a project without api_key means Vertex AI.
    std::string location = {};       ///< vertex_ai: else CLOUD_ML_REGION, us-east5. "global", "us", "eu" or a region. gemini: else GOOGLE_CLOUD_LOCATION, us-central1.
    std::string default_model = {};  ///< Serves roles for which no model is named.
    std::string model_path = {};     ///< local: a GGUF file for the embedded runtime; else CORTEX_LOCAL_MODEL, else the fetched one.

    // bedrock. Each is looked up in the environment and in the AWS files where it is absent; what is set here beats them.
    std::string aws_profile = {};            ///< A profile of ~/.aws/config and ~/.aws/credentials.
    std::string aws_access_key_id = {};      ///< With aws_secret_access_key: keys, instead of the credential chain.
    Secret aws_secret_access_key = {};
    Secret aws_session_token = {};
    std::string aws_auth = {};               ///< "auto" (default), "bearer" (a Bedrock API key only) or "sigv4" (never a Bedrock API key).
    std::string guardrail_id = {};           ///< Sent as X-Amzn-Bedrock-GuardrailIdentifier.
    std::string guardrail_version = {};      ///< Sent as X-Amzn-Bedrock-GuardrailVersion; needs guardrail_id.
    std::string service_tier = {};           ///< Sent as X-Amzn-Bedrock-Service-Tier: "default", "priority", "flex", "reserved".
    // vertex_ai
    std::string quota_project = {};          ///< The project that is charged (x-goog-user-project); else GOOGLE_CLOUD_QUOTA_PROJECT, the credential's.
    // openai and azure
    std::string organization = {};           ///< openai: sent as OpenAI-Organization; else OPENAI_ORG_ID.
    std::string azure_endpoint = {};         ///< azure: https://RESOURCE.openai.azure.com, instead of base_url; else AZURE_OPENAI_ENDPOINT.
    std::string azure_deployment = {};       ///< azure: the deployment, where it is not in base_url; default: the model's name.
};

/// In order of preference: the first is the default.
using Providers = std::vector<std::pair<std::string, ProviderConfig>>;

/// What may be spent. A limit that is absent does not hold.
struct Budget {
    std::optional<double> usd = {};              ///< US dollars, above 0, by the catalogue's prices. A model without a price is refused, as what is not known cannot be kept.
    std::optional<std::int64_t> tokens = {};     ///< Input and output, above 0.
};

/// Limits that hold together: what a call needs is taken from all of them before it is sent, and settled when it ended.
struct Budgets {
    Budget call = {};       ///< One model call, its repeats included.
    Budget run = {};        ///< One turn; `TurnOptions::max_cost` says the same for a single turn.
    Budget session = {};
    Budget user = {};       ///< All sessions of one user_id of this engine.
    Budget engine = {};     ///< All of this engine.
};

/// A limit does not let the next call of a turn through, and whoever may raise it is asked.
struct BudgetQuestion {
    std::string scope = {};        ///< Whose limit: "call", "run", "session", "user" or "engine".
    std::string user_id = {};
    std::string session_id = {};
    std::string provider = {};     ///< Whom the call would ask.
    std::string model = {};
    Budget limit = {};             ///< As it stands: `usd` or `tokens`, whichever is too low; so the next three.
    Budget spent = {};
    Budget reserved = {};          ///< By calls under way.
    Budget needed = {};            ///< By this call, at most.
    std::string message = {};      ///< What the BudgetExceededError says where the limit stays.
};

/// By how much the limit is raised, for all that it holds for; an empty Budget leaves it, and the turn ends in a BudgetExceededError.
/// Called on a thread of the engine's tools, where it may block: the turn waits, and its timeout runs. What it throws is logged, and leaves the limit.
using BudgetCallback = std::function<Budget(const BudgetQuestion&)>;

struct EngineConfig {
    /// Empty: every provider whose credential is in the environment, in the order anthropic, openai, gemini.
    Providers providers = {};
    std::string orchestrator_model = {};  ///< Plans and reasons. Absent: worker_model, then default_model, then the catalogue's.
    std::string worker_model = {};        ///< Simple completions and tool calls. Absent: orchestrator_model, and so on.

    int max_retries = 2;                                     ///< Repeats of one model call, 0 to 7. Of all calls of the engine a fifth are repeated in the long run, beside the first hundred.
    std::chrono::milliseconds retry_after_cap{120'000};      ///< A longer wish of the server ends the call at once.
    std::chrono::milliseconds connect_timeout{5'000};        ///< Name look-up, TCP and TLS of one request.
    std::chrono::milliseconds idle_timeout{300'000};         ///< Between two bytes of a stream.
    std::chrono::milliseconds call_timeout{600'000};         ///< One request, from its start to its last byte.
    int io_threads = 1;                                      ///< Network threads, 1 to 64.
    int tool_threads = 64;                                   ///< Threads for native tools at most, 1 to 1,024; started when needed.
    bool allow_thinking = true;                              ///< False: no model is ever asked to think.
    std::string models_path = {};                            ///< Overrides of the model catalogue; else CORTEX_MODELS_PATH.

    /// Who answers when a provider fails, in this order. Empty: the default models of the other registered providers, in theirs. Only
    /// models that can do what the request needs are asked (tools, pictures, room for the history).
    std::vector<std::string> fallback_models = {};
    bool failover = true;                                    ///< False: a failure is raised at once.
    bool failover_on_auth_error = false;                     ///< A refused key is passed over too, instead of raised.
    bool continue_in_midstream = false;                      ///< After a break in mid-answer the next model goes on where the text ended.
    Budgets budgets = {};
    BudgetCallback on_budget = {};                           ///< May raise a limit that stops a turn. A turn asks three times for one call at most.
    bool ask_run_for_budget = false;                         ///< The consumer of the `Run` is asked instead, by a BudgetRequest.

    /// How long a model may say nothing until the next one of the failover list is asked too. The first that says something answers the
    /// turn, and the other request is closed (a service may bill it all the same). Absent: never. An answer that only calls tools counts once it is whole.
    std::optional<std::chrono::milliseconds> hedge_after = {};
    double hedge_budget = 0.1;                               ///< Second requests for each call on average, above 0, at most 1; ten at most are saved up.
};

struct AgentConfig {
    std::string name = {};            ///< Required.
    std::string system_prompt = {};   ///< Sent with every request of the agent's sessions; empty: none.
    std::vector<Tool> tools = {};     ///< Names are unique. The list is fixed for the agent's life.
    int max_tool_rounds = 5;          ///< 0 to 100. After so many rounds of one turn the model is asked to answer without tools.
    int max_parallel_tools = 16;      ///< Calls of one turn that run at once, 1 to 1,024.
    bool allow_thinking = true;       ///< False: no model is asked to think in this agent's sessions.
};

struct SessionConfig {
    std::string user_id = "default";
    std::string session_id = {};      ///< Default: "sess_" and 32 lower-case hexadecimal digits.
};

/// What a user may ask of a model's extended thinking, for one turn: "auto" (the default), "off", or a budget in tokens.
class CORTEX_API Thinking {
public:
    enum class Kind { automatic, off, budget, invalid };

    Thinking() = default;
    Thinking(int budget_tokens) : kind_(Kind::budget), budget_(budget_tokens) {}
    Thinking(std::string_view text);      ///< "auto", "off" or a number; anything else makes the turn fail with a ConfigError.
    Thinking(const char* text) : Thinking(std::string_view(text)) {}

    Kind kind() const noexcept { return kind_; }
    int budget() const noexcept { return budget_; }        ///< Tokens; meaningful for `Kind::budget`.

private:
    Kind kind_ = Kind::automatic;
    int budget_ = 0;
};

/// What holds for one turn; it beats session, agent and engine.
struct TurnOptions {
    Thinking thinking = {};
    std::optional<std::chrono::milliseconds> timeout = {};  ///< The whole turn: retries and streaming included.
    std::optional<double> max_cost = {};                    ///< US dollars. A turn that cannot fit is refused before a request.
    std::optional<int> max_tokens = {};                     ///< Answer tokens; default 8,192 or the model's limit.
    std::optional<double> temperature = {};                 ///< 0 to 1. Sent only where the model takes it; else the metadata says so.
    bool show_thinking = false;                             ///< Streams the model's thinking too, as chunks of their own.
    std::vector<Attachment> attachments = {};
    /// A JSON Schema of an object, as JSON text: the answer is JSON that fits it, and `Response::content` nothing else. One that does not fit is asked
    /// for once more (not where it was streamed), then the turn ends in a ProtocolError. "": the answer is text.
    std::string answer_schema = {};
};

}  // namespace cortex
