// The reader of private keys: whatever the text, it gives a key that can sign, or a sentence, and never a part of the text.

#include "auth/google/jwt.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view where = "The field private_key of /k.json";

void read(std::string_view pem) {
    const auto key = cortex::auth::google::SigningKey::from_pem(pem, where);
    if (key) {
        (void)key->sign("text");   // a damaged key may fail here, with a sentence too
        return;
    }
    const std::string& message = key.error().message;
    if (!message.starts_with(where) || key.error().code != cortex::ErrorCode::auth) std::abort();
    if (message.size() > 400) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read(text);
    // Most inputs have no frame: the same bytes inside of one reach the decoder.
    for (const std::string_view kind : {"PRIVATE KEY", "RSA PRIVATE KEY"}) {
        std::string pem = "-----BEGIN ";
        pem.append(kind).append("-----\n").append(text).append("\n-----END ").append(kind).append("-----\n");
        read(pem);
    }
    (void)cortex::auth::google::base64url(text);
    return 0;
}
