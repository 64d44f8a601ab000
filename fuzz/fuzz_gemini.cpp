// Whatever a server sends, the decoder ends exactly once, and what it understood can be sent back.
#include "core/json.hpp"
#include "decoder_fuzz.hpp"
#include "dialects/gemini/dialect.hpp"

#include <boost/json/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cortex;
    static const dialects::gemini::Dialect dialect;
    static const ModelCall call = [] {
        auto model = std::make_shared<ModelInfo>();
        model->id = "gemini-3.8-flash";
        return ModelCall{.model = model,
                         .wire_model = "gemini-3.8-flash",
                         .provider = "p",
                         .prefix = nullptr,
                         .messages = {},
                         .params = legalize({}, *model, {}).value(),
                         .stream = true};
    }();
    fuzz::decode(dialect, call, {reinterpret_cast<const char*>(data), size}, [](std::string_view text) {
        // A request nests what an answer held a few levels deeper.
        boost::json::parse_options options;
        options.max_depth = JsonParser::max_depth + 16;
        boost::system::error_code failure;
        return boost::json::parse({text.data(), text.size()}, failure, {}, options).is_object() && !failure;
    });
    return 0;
}
