#include "reasoning_seal.hpp"

#include "crypto.hpp"
#include "openai_words.hpp"
#include "responses.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr std::string_view mark = "gAAAAAB";  // as the service's begin
constexpr std::size_t mac_size = 32;

std::string digest(std::string_view text) { return hex(bytes_of(sha256(text))).substr(0, 24); }

// The alphabet of base64 that is safe in addresses, as the service uses it.
std::string to_url_alphabet(std::string text) {
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::string from_url_alphabet(std::string text) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    return text;
}

// What an item says, however it is written: ids, states and marks move between requests.
std::string meaning(const json::object& item) {
    const std::string type = item_type(item);
    if (type == "message") {
        std::string text = "message\x1f" + text_of(item, "role");
        const json::value* content = member(item, "content");
        if (content != nullptr && content->is_string()) {
            return text + "\x1f" + std::string(content->get_string());
        }
        if (content != nullptr && content->is_array()) {
            for (const json::value& part : content->get_array()) {
                const json::object& object = part.get_object();
                text += "\x1f";
                for (const std::string_view name :
                     {"text", "refusal", "image_url", "file_data", "file_id", "file_url"}) {
                    text += text_of(object, name);
                }
            }
        }
        return text;
    }
    std::string text = type;
    for (const std::string_view name : {"call_id", "name", "arguments", "input", "output"}) {
        if (const json::value* value = member(item, name)) {
            text += "\x1f" + json::serialize(*value);
        }
    }
    return text;
}

// The frame of the conversation: what stands before its first item.
std::string beginning(const ResponsesCall& call) {
    std::string text = text_of(call.body, "instructions");
    if (const json::value* tools = member(call.body, "tools")) {
        text += "\x1e" + json::serialize(*tools);
    }
    return digest(text);
}

void add(std::string& prefix, const json::object& item) {
    if (item_type(item) != "reasoning") {
        prefix = digest(prefix + "\x1e" + meaning(item));
    }
}

std::string follower_of(const json::object* item) {
    if (item == nullptr) {
        return {};
    }
    const std::string type = item_type(*item);
    return type + ":" + text_of(*item, "call_id");
}

std::string host_of(const ResponsesCall& call) { return call.on_azure() ? "azure" : "openai"; }

[[noreturn]] void unverified(const std::string& id, std::string_view reason) {
    openai::reject("The encrypted content for item " + id + " could not be verified. Reason: " + std::string(reason),
                   {}, "invalid_encrypted_content");
}

}  // namespace

ReasoningSealer::ReasoningSealer() : secret_(random_bytes(32)) {}

std::string ReasoningSealer::text_for(const json::object& token) const {
    std::string bytes = json::serialize(token);
    bytes += bytes_of(hmac_sha256(secret_, bytes));
    return std::string(mark) + to_url_alphabet(base64(bytes));
}

std::string ReasoningSealer::seal(const ResponsesCall& call, const json::array& written, const std::string& id,
                                  const json::object* followed_by) const {
    std::string prefix = beginning(call);
    for (const json::array* items : {&call.items, &written}) {
        for (const json::value& item : *items) {
            add(prefix, item.get_object());
        }
    }
    return text_for({{"nonce", hex(random_bytes(8))},
                     {"id", id},
                     {"host", host_of(call)},
                     {"model", call.rules->prefix},
                     {"caller", digest(call.caller)},
                     {"prefix", prefix},
                     {"next", follower_of(followed_by)}});
}

json::object ReasoningSealer::open(std::string_view text, const std::string& id) const {
    constexpr std::string_view broken = "Encrypted content could not be decrypted or parsed.";
    if (!text.starts_with(mark)) {
        unverified(id, broken);
    }
    const std::optional<std::string> bytes = from_base64(from_url_alphabet(std::string(text.substr(mark.size()))));
    if (!bytes || bytes->size() <= mac_size) {
        unverified(id, broken);
    }
    const std::string_view token = std::string_view(*bytes).substr(0, bytes->size() - mac_size);
    if (!same_bytes(bytes_of(hmac_sha256(secret_, token)), std::string_view(*bytes).substr(token.size()))) {
        unverified(id, broken);
    }
    return json::parse(token).get_object();
}

void ReasoningSealer::verify(ResponsesCall& call) const {
    std::string prefix = beginning(call);
    for (std::size_t i = 0; i < call.items.size(); ++i) {
        const json::object& item = call.items[i].get_object();
        if (item_type(item) == "reasoning") {
            verify_item(call, i, prefix);
        }
        add(prefix, item);
    }
}

void ReasoningSealer::verify_item(ResponsesCall& call, std::size_t index, const std::string& prefix) const {
    const json::object& item = call.items[index].get_object();
    const std::string given = text_of(item, "id");
    const json::object token = open(text_of(item, "encrypted_content"), given.empty() ? "(without id)" : given);
    const std::string id = text_of(token, "id");
    if (!given.empty() && given != id) {
        unverified(given, "Encrypted content item_id did not match the target item id.");
    }
    if (text_of(token, "host") != host_of(call)) {
        unverified(id, "Encrypted content could not be decrypted or parsed.");
    }
    std::size_t next = index + 1;
    while (next < call.items.size() && item_type(call.items[next].get_object()) == "reasoning") {
        ++next;
    }
    const json::object* follower = next < call.items.size() ? &call.items[next].get_object() : nullptr;
    const std::string needed = text_of(token, "next");
    if (!needed.empty() && (follower == nullptr || !is_output_item(*follower) || follower_of(follower) != needed)) {
        openai::reject("Item '" + id + "' of type 'reasoning' was provided without its required following item.",
                       "input");
    }
    std::string_view reason;
    std::string_view sentence;
    if (text_of(token, "model") != call.rules->prefix) {
        reason = "model_mismatch";
        sentence = "Encrypted content model did not match the target model.";
    } else if (text_of(token, "caller") != digest(call.caller)) {
        reason = "organization_mismatch";
        sentence = "Encrypted content organization_id did not match the target organization.";
    } else if (call.rules->drops_foreign_reasoning() && text_of(token, "prefix") != prefix) {
        reason = "prefix_mismatch";
    }
    if (reason.empty()) {
        return;
    }
    if (!call.rules->drops_foreign_reasoning()) {
        unverified(id, sentence);
    }
    call.transformations.push_back(
        json::object{{"id", id}, {"type", "reasoning"}, {"action", "removed"}, {"reason", reason}});
}

}  // namespace emulator
