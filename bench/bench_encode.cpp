// What writing the request of the next turn costs behind a history of 200,000 tokens: 400 messages, 800 KB of texts, signed thinking, calls and
// results. Beside it, over the same blocks or the same bytes: the same writer without the rules that make a history legal, Boost.JSON
// serializing the parsed request, a SHA-256, and a copy. In each round they follow each other; given are the medians, and of the rounds'
// ratios the median, the least and the greatest.
//
//   bench_encode [ROUNDS]

#include "core/catalog.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "dialects/anthropic/dialect.hpp"
#include "dialects/gemini/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/openai_responses/dialect.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace cortex;
using Clock = std::chrono::steady_clock;

constexpr int exchanges = 100;   // of four messages each
constexpr const char* model = "claude-sonnet-4-5";

[[noreturn]] void fail(std::string_view what) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

/// Text of about so many bytes, with quotes, line ends and letters outside ASCII as prose has them.
std::string prose(std::size_t bytes, int seed) {
    static constexpr std::array<std::string_view, 12> words{"the order",   "was \"late\"",  "because",     "its parcel", "naïve",    "estimate,",
                                                            "in Zürich.\n", "We measured", "forty-two of", "them and",   "found no", "reason — yet."};
    std::string out;
    for (auto at = static_cast<std::size_t>(seed); out.size() < bytes; at = at * 7 + 3) out.append(words[at % words.size()]).push_back(' ');
    return out;
}

/// A list of records, as a tool that searches gives back: JSON, which is text inside the request.
std::string records(std::size_t bytes, int seed) {
    std::string out = "[";
    for (int i = 0; out.size() < bytes; ++i)
        out += R"({"order":"A-)" + std::to_string(seed * 100 + i) + R"(","item":"teapot","paid":19.9,"delivered":true},)";
    out.back() = ']';
    return out;
}

MessagePtr from_user(std::vector<ContentBlock> content) {
    return std::make_shared<Message>(Message{.role = Role::user, .content = std::move(content), .origin = {}});
}

/// An answer as the decoder leaves it in a conversation.
MessagePtr from_model(const Dialect& dialect, const ModelCall& call, const std::function<void(JsonWriter&)>& content, const char* stop) {
    JsonWriter json;
    json.begin_object().field("id", "msg_01Bench").field("type", "message").field("role", "assistant").field("model", model);
    json.key("content").begin_array();
    content(json);
    json.end_array().field("stop_reason", stop);
    json.key("usage").begin_object().field("input_tokens", 1000).field("output_tokens", 500).end_object().end_object();
    std::vector<StreamEvent> events;
    dialect.decoder(call)->on_document(json.text(), events);
    if (events.empty() || !std::holds_alternative<MessageDone>(events.back())) fail("an answer was not decoded");
    auto message = std::get<MessageDone>(std::move(events.back())).message;
    message.origin = {.provider = call.provider, .model = call.wire_model, .account = {}};
    return std::make_shared<Message>(std::move(message));
}

void append_exchange(const Dialect& dialect, ModelCall& call, int number) {
    const std::string id = "toolu_01Bench" + std::to_string(100'000 + number);
    call.messages.push_back(from_user({{.value = TextBlock{prose(900, number)}}}));
    call.messages.push_back(from_model(
        dialect, call,
        [&](JsonWriter& json) {
            json.begin_object().field("type", "thinking").field("thinking", prose(1200, number + 1));
            json.field("signature", std::string(400, 'A')).end_object();
            json.begin_object().field("type", "text").field("text", prose(300, number + 2)).end_object();
            json.begin_object().field("type", "tool_use").field("id", id).field("name", "search").key("input").begin_object();
            json.field("query", prose(150, number + 3)).field("limit", 40).end_object().end_object();
        },
        "tool_use"));
    ToolResultBlock result{.tool_use_id = id, .content = {}};
    result.content.push_back({.value = TextBlock{records(3000, number)}});
    call.messages.push_back(from_user({{.value = std::move(result)}}));
    call.messages.push_back(from_model(
        dialect, call, [&](JsonWriter& json) { json.begin_object().field("type", "text").field("text", prose(1500, number + 4)).end_object(); },
        "end_turn"));
}

ModelCall conversation(const Dialect& dialect) {
    const auto catalog = Catalog::load().value();
    const auto info = std::make_shared<const ModelInfo>(*catalog->find(model));
    FrozenPrefix prefix{.system = prose(2000, 1)};
    for (const char* name : {"search", "refund", "write_mail"})
        prefix.tools.push_back({.name = name, .description = prose(300, 2), .input_schema = R"({"type":"object","properties":{"query":{"type":"string"}}})"});
    ModelCall call{.model = info,
                   .wire_model = model,
                   .provider = "anthropic",
                   .prefix = std::make_shared<const FrozenPrefix>(std::move(prefix)),
                   .messages = {},
                   .params = legalize({}, *info, {}).value()};
    for (int i = 0; i < exchanges; ++i) append_exchange(dialect, call, i);
    call.messages.push_back(from_user({{.value = TextBlock{"And now?"}}}));
    return call;
}

void write_plainly(JsonWriter& json, const ContentBlock& block) {
    json.begin_object();
    if (const auto* text = block.as<TextBlock>()) json.field("type", "text").field("text", text->text);
    if (const auto* use = block.as<ToolUseBlock>())
        json.field("type", "tool_use").field("id", use->id).field("name", use->name).key("input").raw(use->input);
    if (const auto* thinking = block.as<ThinkingBlock>())
        json.field("type", "thinking").field("thinking", thinking->text).field("signature", thinking->signature);
    if (const auto* result = block.as<ToolResultBlock>()) {
        json.field("type", "tool_result").field("tool_use_id", result->tool_use_id).key("content").begin_array();
        for (const ContentBlock& inner : result->content) write_plainly(json, inner);
        json.end_array();
    }
    json.end_object();
}

/// The same request by somebody who knows that its history is legal.
std::string plain_encoding(const ModelCall& call, std::size_t size) {
    JsonWriter json(size);
    json.begin_object().field("model", call.wire_model).key("tools").begin_array();
    for (const ToolDefinition& tool : call.prefix->tools)
        json.begin_object().field("name", tool.name).field("description", tool.description).key("input_schema").raw(tool.input_schema).end_object();
    json.end_array().field("system", call.prefix->system).key("messages").begin_array();
    for (const MessagePtr& message : call.messages) {
        json.begin_object().field("role", message->role == Role::user ? "user" : "assistant").key("content").begin_array();
        for (const ContentBlock& block : message->content) write_plainly(json, block);
        json.end_array().end_object();
    }
    json.end_array().field("max_tokens", call.params.max_tokens()).end_object();
    return std::move(json).take();
}

std::size_t sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) fail("no SHA-256");
    return digest[0];
}

struct Contender {
    std::string name;
    std::size_t bytes;                   ///< What it writes or reads.
    std::function<std::size_t()> work;   ///< Gives something that depends on all that it did.
    std::vector<double> microseconds = {};
    double allocations = 0;
};

/// Microseconds of one call, over at least 20 ms of this thread's CPU time.
double one_round(Contender& contender) {
    const auto cpu = [] {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
    };
    std::size_t calls = 0;
    volatile std::size_t sink = 0;
    const std::uint64_t allocated = allocations.load();
    const double begin = cpu();
    double now = begin;
    while (now - begin < 20'000) {
        sink = sink + contender.work();
        ++calls;
        now = cpu();
    }
    contender.allocations = static_cast<double>(allocations.load() - allocated) / static_cast<double>(calls);
    return (now - begin) / static_cast<double>(calls);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(const std::string& title, std::vector<Contender> contenders, int rounds) {
    for (int i = -1; i < rounds; ++i)
        for (Contender& contender : contenders) {
            const double time = one_round(contender);
            if (i >= 0) contender.microseconds.push_back(time);   // the first round is for warmth
        }
    std::printf("\n%s:\n\n| | KB | us | GB/s | allocations | `encode` takes so many times as long |\n|---|---|---|---|---|---|\n", title.c_str());
    const auto& ours = contenders.front().microseconds;
    for (const Contender& contender : contenders) {
        const auto& theirs = contender.microseconds;
        std::vector<double> ratios;
        for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
        const auto [least, greatest] = std::minmax_element(ratios.begin(), ratios.end());
        const auto [fastest, slowest] = std::minmax_element(theirs.begin(), theirs.end());
        const auto bytes = static_cast<double>(contender.bytes);
        std::printf("| %s | %.0f | %.0f (%.0f-%.0f) | %.2f | %.0f | %.2f (%.2f-%.2f) |\n", contender.name.c_str(), bytes / 1e3, median(theirs),
                    *fastest, *slowest, bytes / median(theirs) / 1e3, contender.allocations, median(ratios), *least, *greatest);
    }
}

/// The messages of a request, to see that both encodings say the same.
boost::json::value messages_of(const std::string& body) {
    auto messages = boost::json::parse(body).at("messages");
    for (auto& message : messages.as_array())
        for (auto& block : message.at("content").as_array()) block.as_object().erase("cache_control");
    return messages;
}

void measure(const std::string& title, const Dialect& dialect, const ModelCall& call, bool says_the_same, int rounds) {
    const std::string body = *dialect.encode(call);
    if (says_the_same && messages_of(body) != messages_of(plain_encoding(call, body.size()))) fail("the encodings differ");
    const std::size_t size = body.size();
    const auto parsed = boost::json::parse(body);
    std::vector<Contender> contenders{{"`Dialect::encode`", size, [&] { return dialect.encode(call)->size(); }}};
    if (says_the_same) contenders.push_back({"the writer over the same blocks, no rules", size, [&] { return plain_encoding(call, size).size(); }});
    contenders.push_back({"Boost.JSON `serialize` of the parsed request", size, [&] { return boost::json::serialize(parsed).size(); }});
    contenders.push_back({"SHA-256 of the bytes", size, [&] { return sha256(body); }});
    contenders.push_back({"a copy of the bytes", size, [&] {
                              const std::string copy(body);
                              return static_cast<std::size_t>(copy[copy.size() / 2]);
                          }});
    compare(title, std::move(contenders), rounds);
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 9;
    const dialects::anthropic::Dialect dialect;
    ModelCall call = conversation(dialect);
    measure("All answers are the model's own", dialect, call, true, rounds);
    call.wire_model = "claude-haiku-4-5";
    measure("All answers are another model's, whose thinking stays out", dialect, call, false, rounds);

    const auto catalog = Catalog::load().value();
    const auto moved = [&](const std::string& title, const Dialect& other, const char* provider, const char* id) {
        const auto info = std::make_shared<const ModelInfo>(*catalog->find(id));
        ModelCall there = call;
        there.model = info;
        there.wire_model = id;
        there.provider = provider;
        there.params = legalize({}, *info, {}).value();
        measure("The same conversation, moved over to " + title, other, there, false, rounds);
    };
    moved("OpenAI's Responses", dialects::openai_responses::Dialect(), "openai", "gpt-5.4");
    moved("OpenAI's Chat Completions", dialects::openai_chat::Dialect(), "openai", "gpt-4o");
    moved("Gemini", dialects::gemini::Dialect(), "gemini", "gemini-2.5-pro");
    return 0;
}
