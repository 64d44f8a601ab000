#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace cortex {

/// Where media comes from: exactly one field is set.
struct MediaSource {
    std::string base64 = {};
    std::string url = {};
    std::string file_id = {};
    std::string text = {};      ///< Plain-text documents.
};

struct TextBlock {
    std::string text;
};
struct ImageBlock {
    std::string media_type;
    MediaSource source;
};
struct DocumentBlock {
    std::string media_type;
    MediaSource source;
    std::string title;
};
struct ToolUseBlock {
    std::string id;
    std::string name;
    std::string input;   ///< JSON text of an object, exactly as the model wrote it.
};
struct ContentBlock;
struct ToolResultBlock {
    std::string tool_use_id;
    std::vector<ContentBlock> content;
    bool is_error = false;
};
/// `signature` is the vendor's and opaque: never trimmed, merged or invented.
struct ThinkingBlock {
    std::string text;
    std::string signature;
};
struct RedactedThinkingBlock {
    std::string data;
};
/// A block of a type that this version does not know; only `ContentBlock::raw` says what it is.
struct UnknownBlock {
    std::string type;
};

/// One typed piece of a message: the neutral view, and beside it the vendor's own JSON object where a vendor wrote it.
/// `raw` goes back verbatim to the message's origin and is ignored for any other.
struct ContentBlock {
    using Value = std::variant<TextBlock, ImageBlock, DocumentBlock, ToolUseBlock, ToolResultBlock, ThinkingBlock,
                               RedactedThinkingBlock, UnknownBlock>;
    Value value;
    std::string raw = {};

    template <class T>
    const T* as() const noexcept { return std::get_if<T>(&value); }
};

enum class Role { user, assistant };

/// Who wrote an assistant message: thinking and raw blocks belong to exactly this origin.
struct Origin {
    std::string provider = {};   ///< The channel's vendor, e.g. "anthropic".
    std::string model = {};      ///< The id that was asked.
    std::string account = {};    ///< Fingerprint of the account, where it can be told; else empty.
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Message {
    Role role = Role::user;
    std::vector<ContentBlock> content = {};
    Origin origin = {};          ///< Assistant messages only.
};

/// Messages are immutable once they are in a conversation, and shared between it and the calls that send it.
using MessagePtr = std::shared_ptr<const Message>;

/// The concatenated text blocks: no thinking, no tools.
std::string text_of(const Message& message);

}  // namespace cortex
