#include "net/sse_decoder.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace cortex::net {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// A buffer that one giant event made large is given back; below this, keeping it is cheaper than asking again.
constexpr std::size_t keep_capacity = std::size_t{1} << 20U;

std::size_t find_from(std::string_view text, char wanted, std::size_t from) noexcept {
    if (from >= text.size()) return text.size();
    const void* hit = std::memchr(text.data() + from, wanted, text.size() - from);
    return hit == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
}

/// Bytes before the first one that is not ASCII. Eight at a time: nearly all of nearly every stream is ASCII.
std::size_t ascii_prefix(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t i = 0;
    for (; i + 32 <= text.size(); i += 32) {
        std::uint64_t words[4];
        std::memcpy(words, text.data() + i, 32);
        if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
    }
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, 8);
        if ((word & high_bits) != 0) break;
    }
    if (text.size() >= 8 && i + 8 > text.size()) {
        // The last few bytes: a word that ends with the text covers them.
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + text.size() - 8, 8);
        if ((word & high_bits) == 0) return text.size();
    }
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
    return i;
}

/// Checks each run of bytes that are not ASCII by itself: a character never mixes the two.
bool is_utf8(std::string_view text) noexcept {
    while (true) {
        text.remove_prefix(ascii_prefix(text));
        if (text.empty()) return true;
        std::size_t run = 1;
        while (run < text.size() && static_cast<unsigned char>(text[run]) >= 0x80) ++run;
        if (invalid_utf8_offset(text.substr(0, run))) return false;
        text.remove_prefix(run);
    }
}

void assign_utf8(std::string& to, std::string_view text) {
    if (is_utf8(text))
        to.assign(text);
    else
        to = replace_invalid_utf8(text);
}

void clear(std::string& buffer) noexcept {
    if (buffer.capacity() > keep_capacity)
        buffer = std::string();
    else
        buffer.clear();
}

/// The value of `line` if its field is `name`; the length is a constant, so that the comparison is one or two
/// instructions.
template <std::size_t N>
std::optional<std::string_view> value_of(std::string_view line, const char (&name)[N]) noexcept {
    constexpr std::size_t length = N - 1;
    if (line.size() < length || std::memcmp(line.data(), name, length) != 0) return std::nullopt;
    line.remove_prefix(length);
    if (line.empty()) return line;
    if (line.front() != ':') return std::nullopt;
    line.remove_prefix(1);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    return line;
}

}  // namespace

void SseDecoder::reset() noexcept {
    finish_event();
    clear(line_);
    id_.clear();
    chunk_ = {};
    pos_ = 0;
    retry_.reset();
    error_.reset();
    mark_seen_ = 0;
    swallow_lf_ = false;
    delivered_ = false;
}

void SseDecoder::begin(std::string_view bytes) {
    chunk_ = bytes;
    pos_ = 0;
    if (mark_seen_ < byte_order_mark.size()) skip_byte_order_mark();
    next_lf_ = find_from(chunk_, '\n', pos_);
    next_cr_ = find_from(chunk_, '\r', pos_);
}

void SseDecoder::skip_byte_order_mark() {
    while (pos_ < chunk_.size() && mark_seen_ < byte_order_mark.size()) {
        if (chunk_[pos_] != byte_order_mark[mark_seen_]) {
            // Not a mark after all: what had matched is the start of the first line.
            line_.assign(byte_order_mark.substr(0, mark_seen_));
            mark_seen_ = static_cast<unsigned char>(byte_order_mark.size());
            return;
        }
        ++pos_;
        ++mark_seen_;
    }
}

std::size_t SseDecoder::find_line_end() noexcept {
    if (chunk_[pos_] == '\n') return pos_;  // the blank line of nearly every event
    if (next_lf_ < pos_) next_lf_ = find_from(chunk_, '\n', pos_);
    if (next_cr_ < pos_) next_cr_ = find_from(chunk_, '\r', pos_);
    return std::min(next_lf_, next_cr_);
}

bool SseDecoder::next(SseEvent& out) {
    if (delivered_) finish_event();
    while (!error_ && pos_ < chunk_.size()) {
        if (swallow_lf_) {
            swallow_lf_ = false;
            if (chunk_[pos_] == '\n') {
                ++pos_;
                continue;
            }
        }
        const std::size_t end = find_line_end();
        if (end == chunk_.size()) break;
        std::string_view line = chunk_.substr(pos_, end - pos_);
        swallow_lf_ = chunk_[end] == '\r';
        pos_ = end + 1;
        if (line_.empty()) {
            if (!line.empty())
                take_line(line, false);
            else if (dispatch(out))
                return true;
        } else {
            if (line_.front() != ':') line_.append(line);
            take_line(line_, true);
            clear(line_);
        }
    }
    if (!error_) keep_rest();
    return false;
}

bool SseDecoder::dispatch(SseEvent& out) {
    if (held_ == Held::none) {
        type_.clear();
        return false;
    }
    out.type = type_.empty() ? std::string_view("message") : std::string_view(type_);
    out.data = held_ == Held::view ? data_view_ : std::string_view(data_).substr(data_start_);
    out.id = id_;
    delivered_ = true;
    return true;
}

void SseDecoder::finish_event() noexcept {
    delivered_ = false;
    type_.clear();
    data_view_ = {};
    if (held_ == Held::owned) clear(data_);
    data_start_ = 0;
    held_ = Held::none;
}

void SseDecoder::take_line(std::string_view line, bool buffered) {
    if (line.front() == ':') return;
    if (line.size() > limit_) return fail();
    if (const auto data = value_of(line, "data")) return take_data(*data, buffered);
    if (const auto type = value_of(line, "event")) return assign_utf8(type_, *type);
    if (const auto id = value_of(line, "id")) {
        if (id->find('\0') == std::string_view::npos) assign_utf8(id_, *id);
        return;
    }
    if (const auto retry = value_of(line, "retry")) {
        std::int64_t count = 0;
        const char* const end = retry->data() + retry->size();
        const auto [stop, status] = std::from_chars(retry->data(), end, count);
        if (status == std::errc() && stop == end && retry->front() != '-') retry_ = std::chrono::milliseconds(count);
    }
}

void SseDecoder::take_data(std::string_view value, bool buffered) {
    const bool valid = is_utf8(value);
    if (held_ == Held::none && valid) {
        if (buffered) {
            // The line was collected in line_: it becomes the data without another copy.
            data_start_ = line_.size() - value.size();
            data_.swap(line_);
            held_ = Held::owned;
        } else {
            data_view_ = value;
            held_ = Held::view;
        }
        return;
    }
    if (held_ == Held::none) {
        data_ = replace_invalid_utf8(value);
    } else {
        if (held_ == Held::view) data_.assign(data_view_);
        data_.push_back('\n');
        if (valid)
            data_.append(value);
        else
            data_.append(replace_invalid_utf8(value));
    }
    held_ = Held::owned;
    if (data_.size() - data_start_ > limit_) fail();
}

/// The chunk ends here and its memory goes: what is still needed of it is copied.
void SseDecoder::keep_rest() {
    if (held_ == Held::view) {
        data_.assign(data_view_);
        data_view_ = {};
        held_ = Held::owned;
    }
    std::string_view rest = chunk_.substr(pos_);
    chunk_ = {};
    pos_ = 0;
    if (rest.empty()) return;
    const char first = line_.empty() ? rest.front() : line_.front();
    if (first == ':') {
        line_.assign(1, ':');  // a comment's text is of no use, however long it gets
        return;
    }
    line_.append(rest);
    if (line_.size() > limit_) fail();
}

void SseDecoder::fail() {
    reset();
    mark_seen_ = static_cast<unsigned char>(byte_order_mark.size());
    ErrorInfo info;
    info.code = ErrorCode::protocol;
    info.message = "an event of the stream is larger than " + std::to_string(limit_) +
                   " bytes. The answer was given up; ask for a shorter one.";
    error_ = std::move(info);
}

}  // namespace cortex::net
