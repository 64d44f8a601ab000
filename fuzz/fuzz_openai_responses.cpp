// Whatever a server sends, the decoder ends exactly once, and what it understood can be sent back.
#include "core/json.hpp"
#include "decoder_fuzz.hpp"
#include "dialects/openai_responses/dialect.hpp"
#include "dialects/strict_schema.hpp"

#include <boost/json/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cortex;
    static const dialects::openai_responses::Dialect dialect;
    static const ModelCall call = [] {
        auto model = std::make_shared<ModelInfo>();
        model->id = "m";
        return ModelCall{.model = model,
                         .wire_model = "m",
                         .provider = "p",
                         .prefix = nullptr,
                         .messages = {},
                         .params = legalize({}, *model, {}).value(),
                         .stream = true};
    }();
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    (void)dialects::fits_strict_subset(input);
    fuzz::decode(dialect, call, input, [](std::string_view text) {
        // A request nests what an answer held a few levels deeper.
        boost::json::parse_options options;
        options.max_depth = JsonParser::max_depth + 16;
        boost::system::error_code failure;
        return boost::json::parse({text.data(), text.size()}, failure, {}, options).is_object() && !failure;
    });
    return 0;
}
