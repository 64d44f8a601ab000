#pragma once

#include "core/channel.hpp"
#include "core/legal_params.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::channels {

inline ModelCall call_of(bool stream, ModelInfo info = {.id = "m"}, std::string wire = "m") {
    auto model = std::make_shared<ModelInfo>(std::move(info));
    LegalParams params = legalize({}, *model, {}).value();
    return {.model = model, .wire_model = std::move(wire), .provider = "p", .prefix = nullptr, .messages = {}, .params = params, .stream = stream};
}

inline Body body() { return std::make_shared<const std::string>("{}"); }

/// All values of that header, joined: "" where there is none.
inline std::string value(const HttpRequest& request, std::string_view name) {
    std::string out;
    for (const HttpHeader& header : request.headers)
        if (header.name == name) out += (out.empty() ? "" : "|") + header.value;
    return out;
}

/// A call of a model that thinks with a budget, with a tool.
inline ModelCall thinking_with_tools(bool by_header = true, bool tools = true, bool budget = true) {
    ModelInfo model{.id = "m", .max_output_tokens = 16'000};
    model.thinking.takes_budget = true;
    model.thinking.interleaves_by_header = by_header;
    Need need;
    if (budget) need.thinking = Thinking(2048);
    auto prefix = std::make_shared<FrozenPrefix>();
    if (tools) prefix->tools.push_back({"f", "", R"({"type":"object"})"});
    ModelCall call = call_of(false, model);
    call.prefix = prefix;
    call.params = legalize(need, model, {}).value();
    return call;
}

}  // namespace cortex::channels
