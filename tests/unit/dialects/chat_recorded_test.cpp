// Every recorded answer of every chat server, read a second time by plain means: text, thinking, calls with their arguments,
// counts and the closing word must come out the same, whole, cut into single bytes, and cut in two.
#include "dialects/openai_chat/dialect.hpp"
#include "unit/dialects/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace cortex::test {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

/// How many recorded answers (status 200) a folder must at least hold.
struct Server {
    const char* folder;
    std::size_t documents;
    std::size_t streams;
};
void PrintTo(const Server& server, std::ostream* out) { *out << server.folder; }

constexpr Server servers[] = {{"azure-openai", 1, 0}, {"cerebras", 5, 0},  {"crusoe", 2, 1},   {"deepseek", 17, 11},
                              {"doubleword", 6, 3},   {"groq", 8, 6},      {"huggingface-router", 4, 0},
                              {"llamacpp", 31, 7},    {"mistral", 18, 19}, {"mistralrs", 3, 0}, {"ollama", 2, 0},
                              {"openai-chat", 58, 35}, {"openrouter", 29, 14}, {"venice", 6, 1}, {"zai", 3, 1},
                              {"vercel-fixtures", 10, 5}};

struct Answer {
    std::string name;
    std::string body;
    bool stream = false;
};

const json::value* at(const json::value& value, std::initializer_list<std::string_view> path) {
    const json::value* here = &value;
    for (const std::string_view name : path) {
        here = here != nullptr && here->is_object() ? here->get_object().if_contains(name) : nullptr;
    }
    return here == nullptr || here->is_null() ? nullptr : here;
}

std::string text_at(const json::value& value, std::initializer_list<std::string_view> path) {
    const json::value* found = at(value, path);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t count_at(const json::value& value, std::initializer_list<std::string_view> path) {
    const json::value* found = at(value, path);
    return found != nullptr && found->is_number() ? found->to_number<std::int64_t>() : 0;
}

void collect_recorded(const fs::path& file, std::vector<Answer>& out) {
    const json::value document = json::parse(read_file(file));
    const json::value* list = at(document, {"interactions"});
    if (list == nullptr) return;
    int number = 0;
    for (const json::value& item : list->get_array()) {
        ++number;
        std::string url = text_at(item, {"request", "url"});
        url = url.substr(0, url.find('?'));
        if (!url.ends_with("/chat/completions") || count_at(item, {"response", "status"}) != 200) continue;
        Answer answer{.name = file.filename().string() + "#" + std::to_string(number), .body = text_at(item, {"response", "body"})};
        if (const json::value* parsed = at(item, {"response", "json"})) answer.body = json::serialize(*parsed);
        answer.stream = answer.body.find("data:") != std::string::npos && !answer.body.starts_with('{');
        out.push_back(std::move(answer));
    }
}

/// Bodies, and streams that lost their framing: one chunk a line.
void collect_fixture(const fs::path& file, std::vector<Answer>& out) {
    const std::string text = read_file(file);
    if (text.find("\"choices\"") == std::string::npos || text.find("text_completion") != std::string::npos) return;
    Answer answer{.name = file.filename().string(), .body = text, .stream = file.string().ends_with(".chunks.txt")};
    if (answer.stream) {
        answer.body.clear();
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            if (!line.empty()) answer.body += "data: " + line + "\n\n";
        answer.body += "data: [DONE]\n\n";
    }
    out.push_back(std::move(answer));
}

std::vector<Answer> answers_of(const Server& server) {
    std::vector<Answer> out;
    const fs::path root = fs::path(CORTEX_TESTDATA) / "recorded" / server.folder;
    if (!fs::exists(root)) return out;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        if (std::string_view(server.folder) == "vercel-fixtures")
            collect_fixture(entry.path(), out);
        else if (entry.path().extension() == ".json")
            collect_recorded(entry.path(), out);
    }
    return out;
}

struct Call {
    std::string name;
    std::string arguments;
};

/// What a plain reading shows.
struct Reading {
    std::string text;
    std::string thinking;
    std::vector<Call> calls;
    std::string stop;
    std::string model;
    const json::value* usage = nullptr;
    bool error = false;
};

void read_content(const json::value& message, Reading& reading) {
    reading.text += text_at(message, {"content"});
    const std::string reasoning = text_at(message, {"reasoning_content"});
    reading.thinking += reasoning.empty() ? text_at(message, {"reasoning"}) : reasoning;
    const json::value* parts = at(message, {"content"});
    if (parts == nullptr || !parts->is_array()) return;
    for (const json::value& part : parts->get_array()) {
        if (text_at(part, {"type"}) == "text") reading.text += text_at(part, {"text"});
        if (const json::value* thoughts = at(part, {"thinking"}); thoughts != nullptr && thoughts->is_array())
            for (const json::value& thought : thoughts->get_array()) reading.thinking += text_at(thought, {"text"});
    }
}

void read_calls(const json::value& message, std::map<std::string, std::size_t>& places, Reading& reading) {
    const json::value* calls = at(message, {"tool_calls"});
    if (calls == nullptr || !calls->is_array()) return;
    for (const json::value& call : calls->get_array()) {
        // No recorded server leaves out the index in a stream; whole answers have ids.
        const std::string key = at(call, {"index"}) != nullptr ? std::to_string(count_at(call, {"index"})) : text_at(call, {"id"});
        const auto [place, fresh] = places.try_emplace(key, reading.calls.size());
        if (fresh) reading.calls.emplace_back();
        Call& known = reading.calls[place->second];
        if (known.name.empty()) known.name = text_at(call, {"function", "name"});
        const json::value* arguments = at(call, {"function", "arguments"});
        if (arguments != nullptr) known.arguments += arguments->is_string() ? std::string(arguments->get_string()) : json::serialize(*arguments);
    }
}

Reading read(const std::vector<json::value>& chunks) {
    Reading reading;
    std::map<std::string, std::size_t> places;
    for (const json::value& chunk : chunks) {
        if (at(chunk, {"error"}) != nullptr) reading.error = true;
        if (reading.model.empty()) reading.model = text_at(chunk, {"model"});
        if (const json::value* groq = at(chunk, {"x_groq", "usage"})) reading.usage = groq;
        if (const json::value* usage = at(chunk, {"usage"})) reading.usage = usage;
        const json::value* choices = at(chunk, {"choices"});
        if (choices == nullptr) continue;
        for (const json::value& choice : choices->get_array()) {
            if (count_at(choice, {"index"}) != 0) continue;
            const json::value* message = at(choice, {"delta"});
            if (message == nullptr) message = at(choice, {"message"});
            if (message != nullptr) {
                read_content(*message, reading);
                read_calls(*message, places, reading);
            }
            if (reading.stop.empty()) reading.stop = text_at(choice, {"finish_reason"});
        }
    }
    return reading;
}

std::vector<json::value> chunks_of(const Answer& answer) {
    std::vector<json::value> out;
    if (!answer.stream) {
        out.push_back(json::parse(answer.body));
        return out;
    }
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) {
        boost::system::error_code failure;
        if (!line.starts_with("data:")) continue;
        json::value value = json::parse(line.substr(5), failure);
        if (!failure) out.push_back(std::move(value));
    }
    return out;
}

void expect_usage(const Usage& usage, const json::value& told) {
    const std::int64_t prompt = count_at(told, {"prompt_tokens"});
    const std::int64_t cached = std::max(count_at(told, {"prompt_tokens_details", "cached_tokens"}), count_at(told, {"prompt_cache_hit_tokens"}));
    const std::int64_t completion = count_at(told, {"completion_tokens"});
    const std::int64_t reasoning = count_at(told, {"completion_tokens_details", "reasoning_tokens"});
    EXPECT_EQ(usage.total_input(), prompt);
    EXPECT_EQ(usage.cache_read, std::min(cached, prompt));
    // Some count reasoning beside the completion, which their total shows.
    const bool beside = reasoning > 0 && count_at(told, {"total_tokens"}) == prompt + completion + reasoning;
    EXPECT_EQ(usage.output, beside ? completion + reasoning : completion);
    EXPECT_EQ(usage.thinking, std::min(reasoning, usage.output));
}

void expect_reads(const Played& played, const Reading& reading) {
    EXPECT_EQ(played.ends, 1);
    EXPECT_EQ(played.text, reading.text);
    EXPECT_EQ(played.thinking, reading.thinking);
    if (reading.error) {
        EXPECT_TRUE(played.failed);
        return;
    }
    ASSERT_TRUE(played.done) << (played.failed ? played.failed->error.message : "");
    const MessageDone& done = *played.done;
    std::size_t calls = 0;
    for (const ContentBlock& content : done.message.content) {
        const auto* use = content.as<ToolUseBlock>();
        if (use == nullptr) continue;
        ASSERT_LT(calls, reading.calls.size());
        EXPECT_FALSE(use->id.empty());
        EXPECT_EQ(use->name, reading.calls[calls].name);
        const std::string& arguments = reading.calls[calls].arguments;
        EXPECT_EQ(use->input, arguments.empty() ? "{}" : arguments);
        ++calls;
    }
    EXPECT_EQ(calls, reading.calls.size());
    EXPECT_EQ(done.vendor_stop, reading.stop);
    EXPECT_EQ(done.model, reading.model);
    if (reading.stop == "length") {
        EXPECT_EQ(done.stop, StopReason::length);
    } else if (calls > 0) {
        EXPECT_EQ(done.stop, StopReason::tool_calls);
    }
    EXPECT_EQ(done.usage_known, reading.usage != nullptr);
    if (reading.usage != nullptr) expect_usage(done.usage, *reading.usage);
}

/// Where the first word that closes the answer stands in a stream; before it no cut is an answer.
std::size_t before_the_end(const std::string& sse) {
    std::size_t begin = 0;
    while (begin < sse.size()) {
        const std::size_t end = sse.find('\n', begin);
        const std::string line = sse.substr(begin, end - begin);
        const std::size_t word = line.find("\"finish_reason\":");
        if (line.find("[DONE]") != std::string::npos || (word != std::string::npos && line.find("\"finish_reason\":null") == std::string::npos))
            return begin;
        if (end == std::string::npos) break;
        begin = end + 1;
    }
    return sse.size();
}

class ChatServer : public testing::TestWithParam<Server> {};

TEST_P(ChatServer, is_understood_however_its_answers_are_cut) {
    const std::vector<Answer> answers = answers_of(GetParam());
    if (answers.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    const dialects::openai_chat::Dialect dialect;
    std::size_t documents = 0;
    std::size_t streams = 0;
    for (const Answer& answer : answers) {
        SCOPED_TRACE(answer.name);
        const std::vector<json::value> chunks = chunks_of(answer);
        const Reading reading = read(chunks);
        if (!answer.stream) {
            ++documents;
            expect_reads(play_document(dialect, answer.body), reading);
            continue;
        }
        ++streams;
        const Played whole = play_stream(dialect, answer.body);
        expect_reads(whole, reading);
        const std::string rendered = render(whole);
        std::vector<std::size_t> every;
        for (std::size_t cut = 1; cut < answer.body.size(); ++cut) every.push_back(cut);
        EXPECT_EQ(render(play_stream(dialect, answer.body, every)), rendered);
        const std::size_t step = answer.body.size() / 48 + 1;
        for (std::size_t cut = 1; cut < answer.body.size(); cut += step)
            ASSERT_EQ(render(play_stream(dialect, answer.body, {cut})), rendered) << "cut at byte " << cut;
    }
    EXPECT_GE(documents, GetParam().documents);
    EXPECT_GE(streams, GetParam().streams);
}

TEST_P(ChatServer, that_breaks_off_before_its_closing_word_has_not_answered) {
    const std::vector<Answer> answers = answers_of(GetParam());
    if (answers.empty()) GTEST_SKIP() << "no recorded traffic below " << CORTEX_TESTDATA;
    const dialects::openai_chat::Dialect dialect;
    for (const Answer& answer : answers) {
        if (!answer.stream || read(chunks_of(answer)).error) continue;
        SCOPED_TRACE(answer.name);
        const std::size_t end = before_the_end(answer.body);
        for (const std::size_t size : {std::size_t{0}, end / 4, end / 2, end}) {
            const Played played = play_stream(dialect, std::string_view(answer.body).substr(0, size));
            EXPECT_EQ(played.ends, 1);
            ASSERT_TRUE(played.failed) << size;
            EXPECT_EQ(played.failed->error.code, ErrorCode::network) << played.failed->error.message;
            EXPECT_TRUE(played.failed->error.retryable);
        }
    }
}

std::string name_of(const testing::TestParamInfo<Server>& param) {
    std::string name = param.param.folder;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, ChatServer, testing::ValuesIn(servers), name_of);

}  // namespace
}  // namespace cortex::test
