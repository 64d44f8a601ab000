#pragma once

#include "core/http.hpp"
#include "core/model_call.hpp"

#include <string_view>

namespace cortex::channels {

/// An answer of Amazon Bedrock that failed, by the code that AWS gives (header `x-amzn-errortype`, or the body), else by its
/// status.
ErrorInfo classify_aws(const ModelCall& call, const HttpHead& head, std::string_view body);

/// An exception inside a stream whose HTTP status was 200. `name` as the frame has it ("throttlingException").
ErrorInfo classify_aws_exception(const ModelCall& call, std::string_view name, std::string_view payload, std::string_view message = {});

}  // namespace cortex::channels
