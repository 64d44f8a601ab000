#include "gemini.hpp"

#include "compose.hpp"
#include "crypto.hpp"
#include "form.hpp"
#include "gemini_bytes.hpp"
#include "gemini_error.hpp"
#include "gemini_shape.hpp"
#include "moved_clock.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace emulator {

namespace {

constexpr std::string_view developer_service = "generativelanguage.googleapis.com";
constexpr std::string_view vertex_service = "aiplatform.googleapis.com";
constexpr std::size_t nonce_size = 12;
constexpr std::size_t no_limit = 1'000'000'000;

std::string key_of(const HttpRequest& request) {
    const std::string* header = find_header(request.headers, "x-goog-api-key");
    return header != nullptr ? *header : field(query_of(request), "key");
}

bool has_bearer(const HttpRequest& request) {
    const std::string* header = find_header(request.headers, "authorization");
    return header != nullptr && lower(*header).starts_with("bearer ");
}

json::object localized(std::string_view message) {
    return {{"@type", "type.googleapis.com/google.rpc.LocalizedMessage"}, {"locale", "en-US"}, {"message", message}};
}

void check_key(const std::string& key, const KeyRing& keys, std::string_view service) {
    if (key.empty()) {
        throw Refused(gemini_error(403,
                                   "Method doesn't allow unregistered callers (callers without established identity). "
                                   "Please use API Key or other form of API consumer identity to call this API."));
    }
    if (keys.accepts(key)) {
        return;
    }
    if (key.starts_with("AQ.")) {
        throw Refused(gemini_error(401,
                                   "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                                   "login cookie or other valid authentication credential.",
                                   "UNAUTHENTICATED", {error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", service)}));
    }
    constexpr std::string_view message = "API key not valid. Please pass a valid API key.";
    throw Refused(
        gemini_error(400, message, "INVALID_ARGUMENT", {error_info("API_KEY_INVALID", service), localized(message)}));
}

// What a program in front of the service sometimes makes of an error.
Reply listed_if_asked(Reply reply, const GoogleSwitches& switches) {
    if (reply.status >= 400 && switches.error_shape == "google_array" && reply.pieces.size() == 1 &&
        !reply.pieces.front().starts_with('[')) {
        reply.pieces.front() = "[" + reply.pieces.front() + "]";
    }
    return reply;
}

std::string duration(double seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9gs", seconds);
    return text.data();
}

// The thinking counts against the limit, so it may be all that there is.
Answer composed(const GeminiCall& call, const std::string& seed) {
    Prompt prompt = prompt_of(call);
    Prompt unlimited = prompt;
    unlimited.max_tokens = no_limit;
    unlimited.stops.clear();
    Answer answer = compose(unlimited, seed);
    for (json::object& block : answer.blocks) {
        block.erase("id");  // whether a call has an id is the model's matter
    }
    if (text_of(call.part("generationConfig"), "responseMimeType") == "text/x.enum" && !answer.blocks.empty()) {
        json::object& block = answer.blocks.back();
        boost::system::error_code error;
        const json::value word = json::parse(text_of(block, "text"), error);
        if (!error && word.is_string()) {
            block["text"] = word;
        }
    }
    std::size_t thoughts = 0;
    for (const json::object& block : answer.blocks) {
        thoughts += estimated_tokens(text_of(block, "thinking").size());
    }
    if (thoughts >= prompt.max_tokens) {
        std::erase_if(answer.blocks, [](const json::object& block) { return text_of(block, "type") != "thinking"; });
        answer.stop_reason = "max_tokens";
        return answer;
    }
    prompt.max_tokens -= thoughts;
    apply_limits(answer, prompt);
    return answer;
}

std::vector<std::string> as_events(const std::vector<std::string>& chunks) {
    std::vector<std::string> events;
    for (const std::string& chunk : chunks) {
        events.push_back("data: " + chunk + "\r\n\r\n");
    }
    return events;
}

std::vector<std::string> as_list(const std::vector<std::string>& chunks) {
    std::vector<std::string> list;
    for (const std::string& chunk : chunks) {
        list.push_back((list.empty() ? "[" : ",\r\n") + chunk);
    }
    list.back() += "]";
    return list;
}

}  // namespace

GeminiApi::GeminiApi(const GoogleServices& google)
    : google_(google), secret_(random_bytes(32)), signer_(random_bytes(32)) {}

std::string GeminiApi::authorize_token(const HttpRequest& request, const GeminiAddress& address) const {
    const IssuedToken caller = google_.authorize(request);
    if (address.project.find("denied") != std::string::npos) {
        throw Refused(
            gemini_error(403, "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist).", {},
                         {error_info("IAM_PERMISSION_DENIED", vertex_service)}));
    }
    if (google_.switches().require_quota_project && caller.holder == TokenHolder::user &&
        find_header(request.headers, "x-goog-user-project") == nullptr) {
        throw Refused(gemini_error(403,
                                   "Your application is authenticating by using local Application Default Credentials. "
                                   "The aiplatform.googleapis.com API requires a quota project, which is not set by "
                                   "default.",
                                   {}, {error_info("SERVICE_DISABLED", vertex_service)}));
    }
    return caller.account + " " + address.project;
}

std::string GeminiApi::authorize(const HttpRequest& request, const GeminiAddress& address, const KeyRing& keys) const {
    const bool vertex = address.host == GeminiHost::vertex;
    const std::string key = key_of(request);
    if (!key.empty() && has_bearer(request)) {
        refuse_argument("Multiple authentication credentials received. Please pass only one.");
    }
    if (vertex && (key.empty() || !address.project.empty())) {
        return authorize_token(request, address);
    }
    if (key.empty() && has_bearer(request)) {
        throw Refused(gemini_error(401,
                                   "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                                   "login cookie or other valid authentication credential.",
                                   "UNAUTHENTICATED",
                                   {error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", developer_service)}));
    }
    check_key(key, keys, vertex ? vertex_service : developer_service);
    return key;
}

Reply GeminiApi::scripted(const ErrorAnswer& error, std::string_view message, GeminiHost host) const {
    const std::string_view service = host == GeminiHost::vertex ? vertex_service : developer_service;
    constexpr std::string_view metric = "generativelanguage.googleapis.com/generate_content_paid_tier_requests";
    json::array details;
    std::string text = error.message.empty() ? std::string(message) : error.message;
    const auto say = [&](std::string_view usual) { text = error.message.empty() ? std::string(usual) : text; };
    if (error.status == 429 && error.code == "per_day") {
        say("You exceeded your current quota, please check your plan and billing details.");
        details.push_back(quota_failure("GenerateRequestsPerDayPerProjectPerModel", metric, "1000"));
    } else if (error.status == 429 && error.code == "credits") {
        say("Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.");
    } else if (error.status == 429 && error.code.empty()) {
        say("You exceeded your current quota, please check your plan and billing details.");
        const double seconds = google_.switches().retry_info_seconds;
        details.push_back(quota_failure("GenerateRequestsPerMinutePerProjectPerModel", metric, "10"));
        details.push_back(retry_info(duration(seconds > 0 ? seconds : 1)));
    } else if (error.status == 503) {
        say("The model is overloaded. Please try again later.");
    } else if (!error.code.empty()) {
        details.push_back(error_info(error.code, service));
    }
    return listed_if_asked(gemini_error(error.status, text, error.type, std::move(details)), google_.switches());
}

void GeminiApi::charge_cache(GeminiCall& call, const std::string& owner) {
    const json::value* tools = member(call.body, "tools");
    const std::string frame =
        (tools == nullptr ? std::string() : json::serialize(*tools)) + json::serialize(call.part("systemInstruction"));
    Digest digest = sha256(owner + "\x1f" + std::string(call.rules->id) + "\x1f" + frame);
    json::object before = call.body;
    before.erase("contents");
    std::size_t tokens = gemini_tokens(before);
    for (const json::value& content : list_in(call.body, "contents")) {
        digest = sha256(std::string(bytes_of(digest)) + json::serialize(content));
        tokens += gemini_content_tokens(as_object(content));
        const bool seen = !prefixes_.emplace(bytes_of(digest)).second;
        if (seen && tokens >= call.rules->min_cached_tokens) {
            call.cached_tokens = tokens;
        }
    }
}

std::string GeminiApi::continuation_code(const GeminiCall& call, std::string_view nonce) const {
    std::string text = std::string(nonce) + (call.on_vertex() ? "vertex " : "developer ") + std::string(call.rules->id);
    for (const std::string_view name : {"contents", "systemInstruction", "tools"}) {
        const json::value* value = member(call.body, name);
        text += value != nullptr ? json::serialize(*value) : "-";
    }
    return std::string(bytes_of(hmac_sha256(secret_, text)));
}

void GeminiApi::check_continuation(const GeminiCall& call) const {
    if (!call.body.contains("continuationToken")) {
        return;
    }
    if (!call.rules->is_4() || (call.on_vertex() && !call.beta)) {
        refuse_argument("continuation_token is not supported for this model or version of the API.");
    }
    const std::string token = bytes_of_any_base64(text_of(call.body, "continuationToken")).value_or("");
    const std::string_view nonce = std::string_view(token).substr(0, nonce_size);
    if (token.size() <= nonce_size ||
        !same_bytes(std::string_view(token).substr(nonce_size), continuation_code(call, nonce))) {
        refuse_argument(
            "The continuation_token is not valid for this request: send the same request again with the "
            "token of its last candidate.");
    }
}

Reply GeminiApi::write(const HttpRequest& request, const GeminiCall& call, const Step* step) {
    const std::string seed = hex(random_bytes(8)) + std::to_string(next_id_++);
    const std::string nonce = random_bytes(nonce_size);
    Answer raw = step != nullptr && step->answer ? *step->answer : composed(call, seed);
    if (step != nullptr && !step->stop_reason.empty()) {
        raw.stop_reason = step->stop_reason;
    }
    GeminiAnswer answer = gemini_answer(raw, call, seed);
    const GeminiFrame frame{seed.substr(0, 22), iso_time(google_.now()), base64(nonce + continuation_code(call, nonce)),
                            next_id_ % 2 == 0};
    Reply reply = google_json(200, nullptr);
    reply.headers.emplace_back("server-timing", "gfet4t7; dur=12");
    if (!call.on_vertex()) {
        reply.headers.emplace_back("x-gemini-service-tier", "standard");
    }
    if (!call.stream) {
        sign_answer(answer, call, signer_);
        reply.pieces = {json::serialize(gemini_document(answer, call, frame))};
        return reply;
    }
    const std::vector<std::string> chunks =
        gemini_chunks(std::move(answer), call, frame, signer_, step != nullptr ? step->faults : StreamFaults{});
    const bool events = field(query_of(request), "alt") == "sse";
    reply.stream = true;
    if (events) {
        reply.headers.front().second = "text/event-stream";
    }
    reply.pieces = events ? as_events(chunks) : as_list(chunks);
    return reply;
}

Reply GeminiApi::generate(const HttpRequest& request, const GeminiAddress& address, const std::string& owner,
                          const Step* step, bool& step_used) {
    GeminiCall call;
    call.host = address.host;
    call.model = address.model;
    call.stream = address.verb == "streamGenerateContent";
    call.beta = address.version != "v1";
    const json::object body = read_gemini_body(request);
    const GeminiRules* asked = find_gemini_model(address.model);
    if (asked == nullptr) {
        refuse_gemini_model(address);
    }
    call.rules = &answering_model(*asked, address.host);
    call.body = read_message(body, generate_request_shape(), address.host);
    if (call.body.contains("model") && text_of(call.body, "model") != "models/" + address.model) {
        refuse_content("model", "the model must be that of the address.");
    }
    call.body.erase("model");
    check_gemini_call(call);
    check_continuation(call);
    signer_.verify(call);
    call.prompt_tokens = gemini_tokens(call.body);
    if (call.prompt_tokens > static_cast<std::size_t>(call.rules->window)) {
        refuse_argument("The input token count (" + std::to_string(call.prompt_tokens) +
                        ") exceeds the maximum number of tokens allowed (" + std::to_string(call.rules->window) + ").");
    }
    charge_cache(call, owner);
    step_used = step != nullptr;
    return write(request, call, step);
}

Reply GeminiApi::answer(const HttpRequest& request, const KeyRing& keys, const Step* step, bool& step_used) {
    try {
        const GeminiAddress address = read_gemini_address(request.path());
        if (!address.known || request.method != (address.verb.empty() ? "GET" : "POST")) {
            throw Refused(gemini_error(
                404, "The requested URL " + std::string(request.path()) + " was not found on this server."));
        }
        const std::string owner = authorize(request, address, keys);
        if (address.verb == "generateContent" || address.verb == "streamGenerateContent") {
            return listed_if_asked(generate(request, address, owner, step, step_used), google_.switches());
        }
        step_used = step != nullptr;
        return address.verb.empty() ? gemini_models(request, address) : gemini_count(request, address);
    } catch (const Refused& refused) {
        return listed_if_asked(refused.reply(), google_.switches());
    }
}

}  // namespace emulator
