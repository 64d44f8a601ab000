#pragma once

#include "core/dialect.hpp"
#include "core/model_call.hpp"
#include "core/stream_event.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::test {

/// A call of a model that takes thinking budgets.
ModelCall call_of(std::vector<Message> messages, std::string system = {}, Need need = {});
Message user(std::string text);
Message assistant(std::vector<ContentBlock> blocks,
                  Origin origin = {.provider = "anthropic", .model = "claude-sonnet-4-5", .account = {}});
ContentBlock block(ContentBlock::Value value, std::string raw = {});

/// The same call with the tools "look" and "add" listed.
ModelCall with_tools(ModelCall call);
/// A user message that answers calls.
Message results(std::vector<ContentBlock> blocks);
ContentBlock result(std::string id, std::string text, bool is_error = false);
/// The body without its cache marks.
std::string without_marks(std::string body);

/// What a decode came to.
struct Played {
    std::vector<StreamEvent> events;
    std::string text;                      ///< All text deltas, joined.
    std::string thinking;                  ///< All thinking deltas, joined.
    int ends = 0;                          ///< MessageDone and MessageFailed, counted.
    std::optional<MessageDone> done;
    std::optional<MessageFailed> failed;
};

/// Feeds a stream cut after each of `cuts` bytes (none: whole) and ends it.
Played play_stream(const Dialect& dialect, std::string_view sse, const std::vector<std::size_t>& cuts = {});
Played play_document(const Dialect& dialect, std::string_view body);

/// All that a decode came to, as JSON with fixed names: what golden files speak of.
std::string render(const Played& played);

std::string read_file(const std::filesystem::path& path);
/// Folders of tests/wire/`dialect` that hold a file of that name, in order.
std::vector<std::filesystem::path> cases(std::string_view dialect, std::string_view file);

HttpHead head(int status, std::vector<HttpHeader> headers = {});

}  // namespace cortex::test
