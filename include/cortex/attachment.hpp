#pragma once

#include <string>

namespace cortex {

/// An image or a document that goes with a message or a tool's result. Exactly one of `data`, `url` and `file_id` is set.
struct Attachment {
    std::string media_type = {};   ///< image/jpeg, image/png, image/gif, image/webp, application/pdf or text/plain.
    std::string data = {};         ///< The bytes themselves, not encoded.
    std::string url = {};          ///< https; the vendor fetches it.
    std::string file_id = {};      ///< Uploaded to the vendor before.
    std::string title = {};        ///< Documents only.
};

}  // namespace cortex
