#include "core/attachment_block.hpp"

#include "core/base64.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex {
namespace {

ErrorInfo wrong(std::string message) { return {.code = ErrorCode::config, .message = std::move(message)}; }

/// More than any vendor takes in one request; also keeps the encoder's int from overflowing.
constexpr std::size_t largest_attachment = std::size_t{512} << 20U;

}  // namespace

Result<void> require_utf8(std::string_view field, std::string_view text) {
    if (const auto offset = invalid_utf8_offset(text))
        return wrong(fmt::format("{} is not valid UTF-8 at byte {}. Convert it to UTF-8 first.", field, *offset));
    return {};
}

Result<ContentBlock> attachment_block(const Attachment& attachment, std::string_view field) {
    const int sources = !attachment.data.empty() + !attachment.url.empty() + !attachment.file_id.empty();
    if (sources != 1) return wrong(fmt::format("{} has {} of data, url and file_id set; set exactly one.", field, sources));
    if (attachment.data.size() > largest_attachment) return wrong(fmt::format("{}.data has more than 512 MiB; send less.", field));
    const bool image = attachment.media_type == "image/jpeg" || attachment.media_type == "image/png" || attachment.media_type == "image/gif" ||
                       attachment.media_type == "image/webp";
    const bool plain = attachment.media_type == "text/plain";
    if (!image && !plain && attachment.media_type != "application/pdf")
        return wrong(fmt::format("{}.media_type is \"{}\"; use image/jpeg, image/png, image/gif, image/webp, application/pdf or text/plain.", field,
                                 attachment.media_type));
    MediaSource source{.base64 = {}, .url = attachment.url, .file_id = attachment.file_id, .text = {}};
    if (plain && !attachment.data.empty()) {
        if (auto checked = require_utf8(fmt::format("{}.data", field), attachment.data); !checked) return std::move(checked).error();
        source.text = attachment.data;
    } else if (!attachment.data.empty()) {
        source.base64 = base64(attachment.data);
    }
    if (image) return ContentBlock{.value = ImageBlock{attachment.media_type, std::move(source)}, .raw = {}};
    if (auto checked = require_utf8(fmt::format("{}.title", field), attachment.title); !checked) return std::move(checked).error();
    return ContentBlock{.value = DocumentBlock{attachment.media_type, std::move(source), attachment.title}, .raw = {}};
}

}  // namespace cortex
