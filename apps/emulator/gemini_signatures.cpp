#include "gemini_signatures.hpp"

#include "crypto.hpp"
#include "gemini_bytes.hpp"
#include "gemini_error.hpp"
#include "gemini_turns.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace emulator {

namespace {

// A token is a nonce, the start of the digest of the call's id (zeros: no id), and a code over both and the part.
constexpr std::size_t nonce_size = 12;
constexpr std::size_t id_size = 8;
constexpr std::size_t head_size = nonce_size + id_size;
constexpr std::size_t token_size = head_size + std::tuple_size_v<Digest>;

constexpr std::array<std::string_view, 2> placeholders{"skip_thought_signature_validator",
                                                       "context_engineering_is_the_way_to_go"};

// As the literal text, which is base64 by chance, or as the base64 of the text.
bool is_placeholder(std::string_view text, std::string_view decoded) {
    return std::any_of(placeholders.begin(), placeholders.end(),
                       [&](std::string_view word) { return text == word || decoded == word; });
}

// Objects lose their order and numbers their spelling on the way through a client; that is no change.
json::value canonical(const json::value& value) {
    if (const json::object* object = value.if_object()) {
        std::vector<std::pair<std::string, json::value>> items;
        for (const auto& item : *object) {
            items.emplace_back(item.key(), canonical(item.value()));
        }
        std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        json::object sorted;
        for (auto& [name, inner] : items) {
            sorted[name] = std::move(inner);
        }
        return sorted;
    }
    if (const json::array* array = value.if_array()) {
        json::array list;
        for (const json::value& item : *array) {
            list.push_back(canonical(item));
        }
        return list;
    }
    const std::optional<double> number = number_of(value);
    return number ? json::value(*number) : value;
}

std::string essence_of(const json::object& part) {
    if (part.contains("functionCall")) {
        const json::object& call = object_in(part, "functionCall");
        return "call " + text_of(call, "name") + " " + json::serialize(canonical(object_in(call, "args")));
    }
    return "text " + text_of(part, "text");
}

std::string id_mark(const json::object& part) {
    const std::string id = text_of(object_in(part, "functionCall"), "id");
    return id.empty() ? std::string(id_size, '\0') : std::string(bytes_of(sha256(id)).substr(0, id_size));
}

[[noreturn]] void refuse_signature(const GeminiCall& call) {
    refuse_argument(call.on_vertex() ? "Invalid thought signature." : "Corrupted thought signature.");
}

[[noreturn]] void refuse_missing(const PlacedPart& placed) {
    refuse_argument("Function call `" + text_of(object_in(*placed.part, "functionCall"), "name") + "` in the " +
                    std::to_string(placed.content + 1) +
                    ". content block is missing a `thought_signature`. Learn more: "
                    "https://ai.google.dev/gemini-api/docs/thought-signatures");
}

[[noreturn]] void refuse_id(const PlacedPart& placed) {
    refuse_content(placed.path() + ".function_call.id", "the model gave this call another id, or none.");
}

}  // namespace

std::string ThoughtSigner::seal(const GeminiCall& call, const json::object& part, std::string_view head) const {
    std::string text(head);
    text += call.on_vertex() ? "vertex " : "developer ";
    text += std::string(call.rules->family) + " " + essence_of(part);
    return std::string(bytes_of(hmac_sha256(secret_, text)));
}

std::string ThoughtSigner::sign(const GeminiCall& call, const json::object& part) const {
    const std::string head = random_bytes(nonce_size) + id_mark(part);
    return base64(head + seal(call, part, head));
}

bool ThoughtSigner::fits(const GeminiCall& call, const json::object& part, std::string_view token) const {
    return token.size() == token_size &&
           same_bytes(token.substr(head_size), seal(call, part, token.substr(0, head_size)));
}

void ThoughtSigner::verify(const GeminiCall& call) const {
    const std::size_t current = start_of_current_turn(call.body);
    for (const GeminiTurn& turn : turns_of(call.body)) {
        if (!turn.model) {
            continue;
        }
        const std::vector<PlacedPart> calls = turn.all("functionCall");
        if (!calls.empty() && calls.front().content > current && call.rules->wants_signatures() &&
            text_of(*calls.front().part, "thoughtSignature").empty()) {
            refuse_missing(calls.front());
        }
        for (const PlacedPart& placed : turn.parts) {
            const std::string text = text_of(*placed.part, "thoughtSignature");
            const std::string token = bytes_of_any_base64(text).value_or("");
            if (text.empty() || is_placeholder(text, token)) {
                continue;
            }
            const bool of_call = placed.part->contains("functionCall");
            if (!fits(call, *placed.part, token) || (of_call && placed.part != calls.front().part)) {
                refuse_signature(call);
            }
            const std::string_view given = std::string_view(token).substr(nonce_size, id_size);
            const bool without_id = given == std::string(id_size, '\0');
            for (const PlacedPart& other : of_call ? calls : std::vector<PlacedPart>()) {
                const bool named = !text_of(object_in(*other.part, "functionCall"), "id").empty();
                const bool another = other.part == placed.part && id_mark(*other.part) != given;
                if (named && (without_id || another)) {
                    refuse_id(other);
                }
            }
        }
    }
}

}  // namespace emulator
