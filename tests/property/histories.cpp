#include "histories.hpp"

#include "pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cortex::property {
namespace {

ContentBlock text_block(std::string text) { return {.value = TextBlock{std::move(text)}, .raw = {}}; }

/// Models that wrote answers in earlier times, and that nobody asks now.
const std::vector<Origin>& gone() {
    static const std::vector<Origin> all{{"anthropic", "claude-3-opus-20240229", ""},
                                         {"openai", "gpt-4-turbo-2024-04-09", ""},
                                         {"openai", "o1-2024-12-17", ""},
                                         {"gemini", "gemini-1.5-pro-002", ""},
                                         {"local", "mistral-7b-instruct", ""},
                                         {"elsewhere", "claude-sonnet-4-5", ""},
                                         {"", "", ""}};
    return all;
}

bool calls_something(const Message& message) {
    return std::any_of(message.content.begin(), message.content.end(), [](const ContentBlock& block) { return block.as<ToolUseBlock>() != nullptr; });
}

/// What a vendor's block carries that only it can read.
std::string foreign_raw(std::string_view type) { return fmt::format(R"({{"type":"{}","secret":"{}"}})", type, for_its_own_vendor); }

}  // namespace

std::string Histories::task() {
    std::string text = random_text(rng_) + "\n";
    const std::size_t rounds = tools_.empty() ? 0 : rng_.below(3);
    for (std::size_t round = 0; round < rounds; ++round) {
        if (round > 0) text += "THEN\n";
        const std::size_t calls = 1 + rng_.below(3);
        for (std::size_t call = 0; call < calls; ++call)
            text += "CALL_" + rng_.one_of(tools_).name + (rng_.chance(70) ? ": something" : ": {}") + "\n";
    }
    return text;
}

void Histories::add_user(History& history) {
    auto message = std::make_shared<Message>();
    if (rng_.chance(12)) message->content.push_back(random_image(rng_, true));
    if (rng_.chance(12)) message->content.push_back(random_document(rng_, true));
    if (rng_.chance(5)) message->content.push_back(text_block(random_blank(rng_)));
    message->content.push_back(text_block(task()));
    if (rng_.chance(3)) message->content.push_back(text_block(random_text(rng_)));
    history.messages.push_back(std::move(message));
}

ContentBlock Histories::foreign_thinking() {
    switch (rng_.below(4)) {
        case 0: return {.value = RedactedThinkingBlock{std::string(for_its_own_vendor)}, .raw = foreign_raw("redacted_thinking")};
        case 1: return {.value = ThinkingBlock{std::string(for_its_own_vendor), ""}, .raw = {}};
        case 2: return {.value = UnknownBlock{"server_tool_use"}, .raw = foreign_raw("server_tool_use")};
        default: return {.value = ThinkingBlock{std::string(for_its_own_vendor), std::string(for_its_own_vendor)}, .raw = foreign_raw("reasoning")};
    }
}

ContentBlock Histories::foreign_call(std::size_t number) {
    ToolUseBlock call{.id = random_call_id(rng_, number), .name = {}, .input = random_input(rng_)};
    call.name = tools_.empty() || rng_.chance(25) ? random_odd_name(rng_) : rng_.one_of(tools_).name;
    return {.value = std::move(call), .raw = rng_.chance(60) ? foreign_raw("tool_use") : std::string()};
}

void Histories::add_foreign(History& history) {
    auto message = std::make_shared<Message>();
    message->role = Role::assistant;
    message->origin = rng_.one_of(gone());
    if (rng_.chance(15)) {   // cancelled: the text that had come, of a model that may be asked again
        if (rng_.chance(50)) {
            const Target& target = rng_.one_of(asked_);
            message->origin = {target.choice->provider, target.choice->wire_model, ""};
        }
        message->content.push_back(text_block(random_text(rng_)));
        history.messages.push_back(std::move(message));
        return;
    }
    if (rng_.chance(50)) message->content.push_back(foreign_thinking());
    if (rng_.chance(60)) message->content.push_back({.value = TextBlock{random_text(rng_)}, .raw = rng_.chance(40) ? foreign_raw("text") : std::string()});
    if (rng_.chance(10)) message->content.push_back(text_block(random_blank(rng_)));
    if (rng_.chance(10)) message->content.push_back(foreign_thinking());
    if (rng_.chance(10)) message->content.push_back(text_block(random_text(rng_)));
    if (rng_.chance(45)) {
        const std::size_t calls = 1 + rng_.below(3);
        for (std::size_t call = 0; call < calls; ++call) message->content.push_back(foreign_call(call));
    }
    if (message->content.empty()) return;   // a session keeps no empty answer
    history.messages.push_back(std::move(message));
}

bool Histories::add_real(History& history, const Target& target) {
    Exchange exchange = property::exchange(vendors_, target, plan(target, history, random_need(rng_, target), rng_.chance(50)), rng_);
    if (complaint_.empty() && !exchange.refusal.empty()) complaint_ = exchange.refusal;
    if (complaint_.empty() && !exchange.done) complaint_ = target.name + " gave no answer: " + exchange.error;
    if (!exchange.done || exchange.done->message.content.empty()) return false;
    ++answers_;
    history.messages.push_back(std::make_shared<Message>(std::move(exchange.done->message)));
    return true;
}

void Histories::add_answer(History& history, unsigned real) {
    if (rng_.chance(real))
        add_real(history, rng_.one_of(asked_));
    else
        add_foreign(history);
}

/// The results of the last message's calls: all of them mostly, in their order mostly; or none, where the turn was interrupted.
void Histories::add_results(History& history) {
    auto message = std::make_shared<Message>();
    for (const ContentBlock& block : history.messages.back()->content)
        if (const auto* call = block.as<ToolUseBlock>(); call != nullptr && !rng_.chance(8)) message->content.push_back(random_result(rng_, call->id, true));
    if (message->content.size() > 1 && rng_.chance(10)) std::swap(message->content.front(), message->content.back());
    if (!message->content.empty() && rng_.chance(4)) message->content.push_back(random_result(rng_, "call_of_nobody", false));
    if (rng_.chance(8)) message->content.push_back(text_block(task()));
    if (!message->content.empty()) history.messages.push_back(std::move(message));
}

void Histories::talk_with(const Target& target, History& history) {
    add_user(history);
    for (int round = 0; round < 4 && add_real(history, target); ++round) {
        if (!calls_something(*history.messages.back())) return;
        const std::size_t before = history.messages.size();
        add_results(history);
        if (history.messages.size() == before) return;
    }
}

History Histories::next(unsigned real) {
    History history;
    tools_ = random_tools(rng_);
    FrozenPrefix prefix;
    if (rng_.chance(70)) prefix.system = random_text(rng_);
    if (rng_.chance(5)) prefix.system = random_blank(rng_);
    prefix.tools = tools_;
    history.prefix = std::make_shared<FrozenPrefix>(std::move(prefix));
    add_user(history);
    const std::size_t answers = rng_.below(7);
    for (std::size_t i = 0; i < answers; ++i) {
        if (rng_.chance(5)) add_user(history);   // the turn before was cancelled before anything came
        if (history.messages.back()->role == Role::user) add_answer(history, real);
        if (history.messages.back()->role == Role::user) continue;
        if (calls_something(*history.messages.back())) {
            if (rng_.chance(85)) add_results(history);
        } else if (rng_.chance(10)) {
            add_foreign(history);   // neighbours
        }
        if (history.messages.back()->role == Role::assistant) add_user(history);
    }
    return history;
}

}  // namespace cortex::property
