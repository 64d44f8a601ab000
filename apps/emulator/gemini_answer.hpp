#pragma once
// An answer in Gemini's words: one document, or the chunks of a stream.

#include "answer.hpp"
#include "gemini_call.hpp"
#include "gemini_signatures.hpp"

#include <string>
#include <vector>

namespace emulator {

/// What does not come from the answer itself.
struct GeminiFrame {
    std::string response_id;
    std::string created;              ///< Vertex's createTime
    std::string continuation_token;   ///< of a CONTINUATION
    bool signature_apart = false;     ///< in streams: a text's signature comes in a last part without text
};

/// The answer, cut into parts and signed.
struct GeminiAnswer {
    std::vector<json::object> parts;
    std::string finish;              ///< finishReason
    json::object more;               ///< other members of the candidate
    json::value prompt_feedback;     ///< not null: the prompt was blocked, nothing else is said
    json::object usage;              ///< members that replace the computed ones
    std::size_t thought_tokens = 0;  ///< whether shown or not
};

/// `id_seed`: what the ids of function calls are made of.
[[nodiscard]] GeminiAnswer gemini_answer(const Answer& answer, const GeminiCall& call, const std::string& id_seed);

/// Signs the part that carries the signature, where the model signs and the script did not.
void sign_answer(GeminiAnswer& answer, const GeminiCall& call, const ThoughtSigner& signer);

[[nodiscard]] json::object gemini_document(const GeminiAnswer& answer, const GeminiCall& call,
                                           const GeminiFrame& frame);

/// Unframed, one JSON text each; an answer that is not yet signed. Faults included.
[[nodiscard]] std::vector<std::string> gemini_chunks(GeminiAnswer answer, const GeminiCall& call,
                                                     const GeminiFrame& frame, const ThoughtSigner& signer,
                                                     const StreamFaults& faults);

/// The parts that stream a call's arguments piece by piece (Vertex).
[[nodiscard]] std::vector<json::object> partial_call(const json::object& part);

}  // namespace emulator
