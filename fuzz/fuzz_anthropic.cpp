// Whatever a server sends, the decoder ends exactly once, and what it understood can be sent back.
#include "decoder_fuzz.hpp"
#include "dialects/anthropic/dialect.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cortex;
    static const dialects::anthropic::Dialect dialect;
    static const ModelCall call = fuzz::call_of("m");
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    fuzz::decode(dialect, call, input);
    return 0;
}
