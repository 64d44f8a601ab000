#include "gemini_shape.hpp"

#include <array>

namespace emulator {

namespace {

using enum FieldKind;
using enum FieldHosts;

constexpr bool many = true;

constexpr FieldShape list_of(std::string_view name, FieldKind kind) { return {name, kind, many}; }
constexpr FieldShape one(std::string_view name, const MessageShape& shape, FieldHosts hosts = both) {
    return {name, message, false, &shape, {}, hosts};
}
constexpr FieldShape list_of(std::string_view name, const MessageShape& shape, FieldHosts hosts = both) {
    return {name, message, many, &shape, {}, hosts};
}
constexpr FieldShape on(FieldHosts hosts, std::string_view name, FieldKind kind) {
    return {name, kind, false, nullptr, {}, hosts};
}
constexpr FieldShape choice(std::string_view name, std::string_view type, std::string_view words_of_it,
                            FieldHosts hosts = both) {
    return {name, word, false, nullptr, words_of_it, hosts, type};
}

extern const MessageShape schema;

constexpr std::array schema_fields{
    choice("type", "v1beta.Type", "TYPE_UNSPECIFIED STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL"),
    FieldShape{"format"},
    FieldShape{"title"},
    FieldShape{"description"},
    FieldShape{"nullable", boolean},
    list_of("enum", text),
    one("items", schema),
    list_of("prefixItems", schema),
    FieldShape{"properties", map, false, &schema},
    list_of("required", text),
    list_of("propertyOrdering", text),
    list_of("anyOf", schema),
    FieldShape{"minItems", int64},
    FieldShape{"maxItems", int64},
    FieldShape{"minLength", int64},
    FieldShape{"maxLength", int64},
    FieldShape{"minProperties", int64},
    FieldShape{"maxProperties", int64},
    FieldShape{"minimum", number},
    FieldShape{"maximum", number},
    FieldShape{"pattern"},
    FieldShape{"default", anything},
    FieldShape{"example", anything},
    on(vertex, "additionalProperties", anything),
    on(vertex, "ref", text),
    FieldShape{"defs", map, false, &schema, {}, vertex},
};
constexpr MessageShape schema{schema_fields};

constexpr std::array blob_fields{FieldShape{"mimeType"}, FieldShape{"data", bytes}, on(vertex, "displayName", text)};
constexpr MessageShape blob{blob_fields};

constexpr std::array file_fields{FieldShape{"mimeType"}, FieldShape{"fileUri"}, on(vertex, "displayName", text)};
constexpr MessageShape file{file_fields};

constexpr std::array call_fields{FieldShape{"id"}, FieldShape{"name"}, FieldShape{"args", any_object}};
constexpr MessageShape call{call_fields};

constexpr std::array response_blob_fields{FieldShape{"mimeType"}, FieldShape{"data", bytes}, FieldShape{"displayName"}};
constexpr MessageShape response_blob{response_blob_fields};
constexpr std::array response_part_fields{one("inlineData", response_blob), one("fileData", file, vertex)};
constexpr MessageShape response_part{response_part_fields};
constexpr std::array response_fields{
    FieldShape{"id"},
    FieldShape{"name"},
    FieldShape{"response", any_object},
    list_of("parts", response_part),
    FieldShape{"willContinue", boolean},
    choice("scheduling", "v1beta.FunctionResponse.Scheduling", "SCHEDULING_UNSPECIFIED SILENT WHEN_IDLE INTERRUPT")};
constexpr MessageShape response{response_fields};

constexpr std::array code_fields{FieldShape{"id"},
                                 choice("language", "v1beta.ExecutableCode.Language", "LANGUAGE_UNSPECIFIED PYTHON"),
                                 FieldShape{"code"}};
constexpr MessageShape code{code_fields};
constexpr std::array outcome_fields{FieldShape{"id"},
                                    choice("outcome", "v1beta.CodeExecutionResult.Outcome",
                                           "OUTCOME_UNSPECIFIED OUTCOME_OK OUTCOME_FAILED OUTCOME_DEADLINE_EXCEEDED"),
                                    FieldShape{"output"}};
constexpr MessageShape outcome{outcome_fields};
constexpr std::array video_fields{FieldShape{"startOffset"}, FieldShape{"endOffset"}, FieldShape{"fps", number}};
constexpr MessageShape video{video_fields};

constexpr std::array part_fields{FieldShape{"text"},
                                 one("functionCall", call),
                                 one("functionResponse", response),
                                 one("inlineData", blob),
                                 one("fileData", file),
                                 one("executableCode", code),
                                 one("codeExecutionResult", outcome),
                                 on(developer, "toolCall", any_object),
                                 on(developer, "toolResponse", any_object),
                                 FieldShape{"thought", boolean},
                                 FieldShape{"thoughtSignature", bytes},
                                 one("videoMetadata", video),
                                 FieldShape{"mediaResolution", any_object},
                                 FieldShape{"partMetadata", any_object}};
constexpr MessageShape part{part_fields};

constexpr std::array content_fields{FieldShape{"role"}, list_of("parts", part)};
constexpr MessageShape content{content_fields};

constexpr std::array declaration_fields{
    FieldShape{"name"},
    FieldShape{"description"},
    one("parameters", schema),
    FieldShape{"parametersJsonSchema", anything},
    one("response", schema),
    FieldShape{"responseJsonSchema", anything},
    choice("behavior", "v1beta.FunctionDeclaration.Behavior", "UNSPECIFIED BLOCKING NON_BLOCKING")};
constexpr MessageShape declaration{declaration_fields};

constexpr std::array tool_fields{list_of("functionDeclarations", declaration),
                                 FieldShape{"googleSearch", any_object},
                                 FieldShape{"googleSearchRetrieval", any_object},
                                 FieldShape{"urlContext", any_object},
                                 FieldShape{"codeExecution", any_object},
                                 FieldShape{"googleMaps", any_object},
                                 FieldShape{"computerUse", any_object},
                                 on(developer, "fileSearch", any_object),
                                 list_of("mcpServers", any_object),
                                 on(vertex, "retrieval", any_object),
                                 on(vertex, "enterpriseWebSearch", any_object)};
constexpr MessageShape tool{tool_fields};

constexpr std::array calling_fields{
    choice("mode", "v1beta.FunctionCallingConfig.Mode", "MODE_UNSPECIFIED AUTO ANY NONE VALIDATED"),
    list_of("allowedFunctionNames", text), on(vertex, "streamFunctionCallArguments", boolean)};
constexpr MessageShape calling{calling_fields};
constexpr std::array tool_config_fields{one("functionCallingConfig", calling),
                                        FieldShape{"retrievalConfig", any_object},
                                        on(developer, "includeServerSideToolInvocations", boolean)};
constexpr MessageShape tool_config{tool_config_fields};

constexpr std::array thinking_fields{FieldShape{"includeThoughts", boolean}, FieldShape{"thinkingBudget", int32},
                                     choice("thinkingLevel", "v1beta.ThinkingConfig.ThinkingLevel",
                                            "THINKING_LEVEL_UNSPECIFIED MINIMAL LOW MEDIUM HIGH XHIGH")};
constexpr MessageShape thinking{thinking_fields};

constexpr std::array generation_fields{
    FieldShape{"temperature", number},
    FieldShape{"topP", number},
    FieldShape{"topK", number},
    FieldShape{"candidateCount", int32},
    FieldShape{"maxOutputTokens", int32},
    list_of("stopSequences", text),
    FieldShape{"seed", int32},
    FieldShape{"presencePenalty", number},
    FieldShape{"frequencyPenalty", number},
    FieldShape{"responseLogprobs", boolean},
    FieldShape{"logprobs", int32},
    FieldShape{"responseMimeType"},
    one("responseSchema", schema),
    FieldShape{"responseJsonSchema", anything},
    list_of("responseModalities", text),
    FieldShape{"speechConfig", any_object},
    FieldShape{"imageConfig", any_object},
    choice("mediaResolution", "v1beta.GenerationConfig.MediaResolution",
           "MEDIA_RESOLUTION_UNSPECIFIED MEDIA_RESOLUTION_LOW MEDIA_RESOLUTION_MEDIUM MEDIA_RESOLUTION_HIGH"),
    one("thinkingConfig", thinking),
    FieldShape{"responseFormat", any_object, many, nullptr, {}, vertex},
    on(vertex, "audioTimestamp", boolean)};
constexpr MessageShape generation{generation_fields};

constexpr std::array safety_fields{
    choice("category", "v1beta.HarmCategory",
           "HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT "
           "HARM_CATEGORY_DANGEROUS_CONTENT HARM_CATEGORY_CIVIC_INTEGRITY HARM_CATEGORY_JAILBREAK "
           "HARM_CATEGORY_IMAGE_HATE HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT HARM_CATEGORY_IMAGE_HARASSMENT "
           "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"),
    choice(
        "threshold", "v1beta.SafetySetting.HarmBlockThreshold",
        "HARM_BLOCK_THRESHOLD_UNSPECIFIED BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH BLOCK_NONE OFF"),
    choice("method", "v1beta.SafetySetting.HarmBlockMethod", "HARM_BLOCK_METHOD_UNSPECIFIED SEVERITY PROBABILITY",
           vertex)};
constexpr MessageShape safety{safety_fields};

constexpr std::array request_fields{on(developer, "model", text),
                                    list_of("contents", content),
                                    one("systemInstruction", content),
                                    list_of("tools", tool),
                                    one("toolConfig", tool_config),
                                    list_of("safetySettings", safety),
                                    one("generationConfig", generation),
                                    FieldShape{"cachedContent"},
                                    FieldShape{"continuationToken"},
                                    choice("serviceTier", "v1beta.ServiceTier", "unspecified standard flex priority"),
                                    on(developer, "store", boolean),
                                    on(vertex, "labels", map),
                                    on(vertex, "modelArmorConfig", any_object)};
constexpr MessageShape request{request_fields};

// The Developer API counts a whole request in a field of its own, Vertex takes the fields as they are.
constexpr std::array count_fields{on(vertex, "model", text),
                                  list_of("contents", content),
                                  one("generateContentRequest", request, developer),
                                  one("systemInstruction", content, vertex),
                                  list_of("tools", tool, vertex),
                                  one("toolConfig", tool_config, vertex),
                                  one("generationConfig", generation, vertex),
                                  list_of("instances", part, vertex)};
constexpr MessageShape count_request{count_fields};

}  // namespace

const MessageShape& generate_request_shape() noexcept { return request; }
const MessageShape& count_request_shape() noexcept { return count_request; }

}  // namespace emulator
