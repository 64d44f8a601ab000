#include "gemini_answer.hpp"

#include "crypto.hpp"
#include "gemini_error.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string finish_of(const std::string& reason) {
    if (reason == "end_turn" || reason == "tool_use" || reason == "stop_sequence") {
        return "STOP";
    }
    if (reason == "max_tokens") {
        return "MAX_TOKENS";
    }
    if (reason == "refusal") {
        return "SAFETY";
    }
    std::string word = reason;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return word;
}

json::object call_part(const json::object& block, const GeminiCall& call, const std::string& fresh_id) {
    json::object function;
    if (block.contains("id") && !text_of(block, "id").empty()) {
        function["id"] = text_of(block, "id");
    } else if (call.rules->gives_call_ids && !call.on_vertex()) {
        function["id"] = fresh_id;
    }
    function["name"] = text_of(block, "name");
    const json::value* input = member(block, "input");
    function["args"] = input != nullptr ? *input : json::value(json::object());
    json::object part{{"functionCall", std::move(function)}};
    if (const json::value* signature = member(block, "thoughtSignature")) {
        part["thoughtSignature"] = *signature;
    }
    return part;
}

void describe_finish(GeminiAnswer& answer, const GeminiCall& call) {
    const bool calls = std::any_of(answer.parts.begin(), answer.parts.end(),
                                   [](const json::object& part) { return part.contains("functionCall"); });
    if (answer.finish == "STOP" && calls && !call.on_vertex()) {
        answer.more.emplace("finishMessage", "Model generated function call(s).");
    } else if (answer.finish == "MALFORMED_FUNCTION_CALL") {
        answer.more.emplace("finishMessage", "Malformed function call: print(default_api.unfinished(");
    } else if (answer.finish == "UNEXPECTED_TOOL_CALL") {
        answer.more.emplace("finishMessage",
                            "Unexpected tool call: Model tried to call an undeclared function: undeclared");
    } else if (answer.finish == "SAFETY") {
        answer.more.emplace("safetyRatings", json::array{json::object{{"category", "HARM_CATEGORY_DANGEROUS_CONTENT"},
                                                                      {"probability", "HIGH"},
                                                                      {"blocked", true}}});
    }
}

std::size_t tokens_of(const json::object& part) {
    if (is_true(part, "thought")) {
        return 0;  // counted as thinking
    }
    if (part.contains("text")) {
        return estimated_tokens(text_of(part, "text").size());
    }
    return part.contains("functionCall") ? estimated_tokens(json::serialize(part.at("functionCall")).size()) : 0;
}

json::object usage_of(const GeminiAnswer& answer, const GeminiCall& call, std::size_t candidate_tokens) {
    json::object usage{{"promptTokenCount", call.prompt_tokens}};
    const auto put = [&usage](std::string_view name, std::size_t number) {
        if (number > 0) {  // what is zero is left out
            usage[name] = number;
        }
    };
    put("cachedContentTokenCount", call.cached_tokens);
    put("candidatesTokenCount", candidate_tokens);
    put("thoughtsTokenCount", answer.thought_tokens);
    usage["totalTokenCount"] = call.prompt_tokens + candidate_tokens + answer.thought_tokens;
    usage["promptTokensDetails"] = json::array{json::object{{"modality", "TEXT"}, {"tokenCount", call.prompt_tokens}}};
    if (call.cached_tokens > 0) {
        usage["cacheTokensDetails"] =
            json::array{json::object{{"modality", "TEXT"}, {"tokenCount", call.cached_tokens}}};
    }
    if (call.on_vertex()) {
        usage["trafficType"] = "ON_DEMAND";
    } else {
        usage["serviceTier"] = "standard";
    }
    for (const auto& item : answer.usage) {
        usage[item.key()] = item.value();
    }
    return usage;
}

json::object candidate_of(json::array parts, const GeminiCall& call, std::size_t index) {
    json::object content;
    if (!parts.empty()) {
        content["parts"] = std::move(parts);
    }
    content["role"] = "model";
    json::object candidate{{"content", std::move(content)}};
    if (!call.on_vertex()) {
        candidate["index"] = index;
    }
    return candidate;
}

void finish(json::object& candidate, const GeminiAnswer& answer, const GeminiFrame& frame) {
    if (answer.parts.empty() && answer.finish == "SAFETY") {
        candidate["content"] = json::object();  // clients meet both: without parts, and without anything
    }
    candidate["finishReason"] = answer.finish;
    for (const auto& item : answer.more) {
        candidate[item.key()] = item.value();
    }
    if (answer.finish == "CONTINUATION") {
        candidate.emplace("continuationToken", frame.continuation_token);
    }
}

json::object framed(json::array candidates, json::object usage, const GeminiCall& call, const GeminiFrame& frame) {
    json::object document;
    if (!candidates.empty()) {
        document["candidates"] = std::move(candidates);
    }
    document["usageMetadata"] = std::move(usage);
    document["modelVersion"] = call.rules->id;
    if (call.on_vertex()) {
        document["createTime"] = frame.created;
    }
    document["responseId"] = frame.response_id;
    return document;
}

json::object* carrier_of(std::vector<json::object>& parts) {
    const auto call = std::find_if(parts.begin(), parts.end(),
                                   [](const json::object& part) { return part.contains("functionCall"); });
    if (call != parts.end()) {
        return &*call;
    }
    const auto text = std::find_if(parts.rbegin(), parts.rend(), [](const json::object& part) {
        return part.contains("text") && !is_true(part, "thought");
    });
    return text == parts.rend() ? nullptr : &*text;
}

// Small and uneven, so that no client can rely on one size; long answers go in longer pieces.
std::vector<json::object> pieces_of(const json::object& part) {
    constexpr std::size_t sizes[] = {9, 14, 6, 21, 11};
    const std::string whole = text_of(part, "text");
    std::string_view text = whole;
    std::vector<json::object> list;
    while (!text.empty()) {
        const std::size_t size = std::max(sizes[list.size() % std::size(sizes)], text.size() / 400);
        const std::string_view piece = pieces(text, size).front();
        json::object cut = part;
        cut["text"] = piece;
        list.push_back(std::move(cut));
        text.remove_prefix(piece.size());
    }
    return list.empty() ? std::vector<json::object>{part} : list;
}

/// Cuts the texts of an unsigned answer into deltas and streams arguments where that was asked for.
std::vector<json::object> deltas_of(const GeminiAnswer& answer, const GeminiCall& call) {
    const json::object& calling = object_in(call.part("toolConfig"), "functionCallingConfig");
    const bool by_pieces = is_true(calling, "streamFunctionCallArguments");
    std::vector<json::object> deltas;
    for (const json::object& part : answer.parts) {
        const bool plain_text = part.contains("text") && !part.contains("thoughtSignature");
        const std::vector<json::object> list = plain_text ? pieces_of(part)
                                               : by_pieces && part.contains("functionCall")
                                                   ? partial_call(part)
                                                   : std::vector<json::object>{part};
        deltas.insert(deltas.end(), list.begin(), list.end());
    }
    return deltas;
}

std::string error_chunk(const StreamFaults& faults) {
    const bool overloaded = faults.error_type == "overloaded_error" || faults.error_type == "UNAVAILABLE";
    const bool limited = faults.error_type == "rate_limit_error" || faults.error_type == "RESOURCE_EXHAUSTED";
    const int code = overloaded ? 503 : limited ? 429 : 500;
    const std::string_view message = faults.error_message == "Overloaded"
                                         ? std::string_view("The model is overloaded. Please try again later.")
                                         : std::string_view(faults.error_message);
    return json::serialize(gemini_error_body(code, message));
}

}  // namespace

GeminiAnswer gemini_answer(const Answer& answer, const GeminiCall& call, const std::string& id_seed) {
    GeminiAnswer result;
    result.finish = finish_of(answer.stop_reason);
    result.usage = answer.usage;
    for (const json::object& block : answer.blocks) {
        const std::string type = text_of(block, "type");
        if (type == "thinking") {
            const std::string text = text_of(block, "thinking");
            result.thought_tokens += estimated_tokens(text.size());
            if (call.shows_thoughts) {
                result.parts.push_back({{"text", text}, {"thought", true}});
            }
        } else if (type == "text") {
            json::object part = block;
            part.erase("type");
            result.parts.push_back(std::move(part));
        } else if (type == "tool_use") {
            const std::string number = std::to_string(result.parts.size());
            result.parts.push_back(call_part(block, call, hex(bytes_of(sha256(id_seed + number))).substr(0, 8)));
        } else {
            result.parts.push_back(block);  // a part that a script wrote out
        }
    }
    if (const json::object* details = answer.stop_details.if_object()) {
        if (details->contains("blockReason")) {
            result.prompt_feedback = *details;
        } else {
            result.more = *details;
        }
    }
    describe_finish(result, call);
    return result;
}

void sign_answer(GeminiAnswer& answer, const GeminiCall& call, const ThoughtSigner& signer) {
    json::object* carrier = carrier_of(answer.parts);
    const bool signs = call.rules->signs && (call.rules->wants_signatures() || call.thinks);
    if (carrier != nullptr && signs && !carrier->contains("thoughtSignature") &&
        (call.rules->wants_signatures() || carrier->contains("functionCall"))) {
        const std::string signature = signer.sign(call, *carrier);
        (*carrier)["thoughtSignature"] = signature;
    }
    for (json::object& part : answer.parts) {
        if (const json::value* signature = member(part, "thoughtSignature");
            signature != nullptr && signature->is_null()) {
            part.erase("thoughtSignature");  // a script wants none
        }
    }
}

json::object gemini_document(const GeminiAnswer& answer, const GeminiCall& call, const GeminiFrame& frame) {
    std::size_t tokens = 0;
    for (const json::object& part : answer.parts) {
        tokens += tokens_of(part);
    }
    if (!answer.prompt_feedback.is_null()) {
        json::object document = framed({}, usage_of(answer, call, 0), call, frame);
        document["promptFeedback"] = answer.prompt_feedback;
        return document;
    }
    const auto count =
        static_cast<std::size_t>(integer_of(call.part("generationConfig"), "candidateCount").value_or(1));
    json::array candidates;
    for (std::size_t i = 0; i < count; ++i) {
        json::object candidate = candidate_of(json::array(answer.parts.begin(), answer.parts.end()), call, i);
        finish(candidate, answer, frame);
        candidates.push_back(std::move(candidate));
    }
    return framed(std::move(candidates), usage_of(answer, call, tokens * count), call, frame);
}

std::vector<std::string> gemini_chunks(GeminiAnswer answer, const GeminiCall& call, const GeminiFrame& frame,
                                       const ThoughtSigner& signer, const StreamFaults& faults) {
    if (!answer.prompt_feedback.is_null()) {
        return {json::serialize(gemini_document(answer, call, frame))};
    }
    json::object* carrier = carrier_of(answer.parts);
    const bool calls = carrier != nullptr && carrier->contains("functionCall");
    if (calls) {
        sign_answer(answer, call, signer);
    }
    answer.parts = deltas_of(answer, call);
    // From 3 on the end comes in a part without text, at times with the signature of what was said.
    const bool apart = call.rules->wants_signatures() && (calls || frame.signature_apart) && !answer.parts.empty();
    if (apart) {
        answer.parts.push_back({{"text", ""}});
    }
    if (!calls) {
        sign_answer(answer, call, signer);
    }
    std::vector<std::string> chunks;
    if (faults.unknown_event) {
        chunks.push_back(json::serialize(json::object{{"weatherReport", json::object{{"sky", "clear"}}}}));
    }
    if (faults.unknown_block) {
        answer.parts.insert(answer.parts.begin(), {{"hologram", json::object{{"shape", "cube"}}}});
    }
    std::size_t tokens = 0;
    for (std::size_t i = 0; i <= answer.parts.size(); ++i) {
        const int deltas = static_cast<int>(i);
        const bool last = i + 1 >= answer.parts.size();
        if (faults.error_after_deltas >= 0 && (deltas == faults.error_after_deltas || i == answer.parts.size())) {
            chunks.push_back(error_chunk(faults));
            return chunks;
        }
        if (faults.malformed_after_deltas == deltas) {
            chunks.emplace_back("{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"brok");
        }
        if (i == answer.parts.size() && i > 0) {
            break;  // the fault that comes after everything
        }
        json::array parts;
        if (i < answer.parts.size()) {
            tokens += tokens_of(answer.parts[i]);
            parts.push_back(answer.parts[i]);
        }
        json::object candidate = candidate_of(std::move(parts), call, 0);
        if (last && !faults.no_terminal && faults.error_after_deltas < 0) {
            finish(candidate, answer, frame);
        }
        chunks.push_back(json::serialize(framed({std::move(candidate)}, usage_of(answer, call, tokens), call, frame)));
    }
    return chunks;
}

}  // namespace emulator
