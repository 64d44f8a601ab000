#include "anthropic_thinking.hpp"

#include "crypto.hpp"

namespace emulator {

namespace {

constexpr std::size_t digest_size = 12;  // truncated: the token is opaque and only has to tell parts apart
constexpr std::size_t mac_size = 32;
constexpr char format_mark = '\x12';

std::string short_digest(std::string_view bytes) { return std::string(bytes_of(sha256(bytes)).substr(0, digest_size)); }

bool is_thinking(const json::object& block) {
    const std::string type = text_of(block, "type");
    return type == "thinking" || type == "redacted_thinking";
}

// Deferred tools do not count, nor do cache marks: neither changes what the model had read.
std::string tools_digest(const AnthropicCall& call) {
    std::string text;
    if (const json::value* tools = member(call.body, "tools"); tools != nullptr && tools->is_array()) {
        for (const json::value& tool : tools->get_array()) {
            if (tool.is_object() && !is_true(tool.get_object(), "defer_loading")) {
                text += json::serialize(without(tool, "cache_control")) + "\n";
            }
        }
    }
    return short_digest(text);
}

}  // namespace

struct ThinkingSigner::Token {
    bool hidden = false;
    std::string model;
    std::string account;
    std::string system;
    std::string tools;
    std::string messages;
};

// The digests of everything before a message; it grows turn by turn.
struct ThinkingSigner::Prefix {
    std::string account;
    std::string system;
    std::string tools;
    std::string conversation;
    std::string last_role;

    explicit Prefix(const AnthropicCall& call)
        : account(short_digest(call.account)),
          system(short_digest(json::serialize(without(call.system, "cache_control")))),
          tools(tools_digest(call)) {}

    void add(const Turn& turn) {
        if (turn.role != last_role) {  // turns of one role are one turn to the service
            conversation += "\x1e" + turn.role;
            last_role = turn.role;
        }
        for (const json::value& block : turn.blocks) {
            if (!is_thinking(block.get_object())) {
                conversation += "\x1f" + json::serialize(without(block, "cache_control"));
            }
        }
        conversation = std::string(bytes_of(sha256(conversation)));
    }

    [[nodiscard]] std::string messages() const { return short_digest(conversation + last_role); }
};

ThinkingSigner::ThinkingSigner(std::string secret) : secret_(std::move(secret)) {}

std::string ThinkingSigner::seal(const Token& token, std::string_view text) const {
    std::string bytes{format_mark, token.hidden ? '\1' : '\0', static_cast<char>(token.model.size())};
    bytes += token.model + token.account + token.system + token.tools + token.messages;
    const Digest mac = hmac_sha256(secret_, bytes + "\x1f" + std::string(token.hidden ? std::string_view() : text));
    return base64(bytes + std::string(bytes_of(mac)));
}

std::string ThinkingSigner::sign(const AnthropicCall& call, std::string_view text, bool hidden) const {
    Prefix prefix(call);
    for (const Turn& turn : call.turns) {
        prefix.add(turn);
    }
    return seal({hidden, call.model, prefix.account, prefix.system, prefix.tools, prefix.messages()}, text);
}

void ThinkingSigner::verify(AnthropicCall& call) const {
    bool any = false;
    for (const Turn& turn : call.turns) {
        any = any || turn.holds("thinking") || turn.holds("redacted_thinking");
    }
    if (!any) {
        return;
    }
    Prefix prefix(call);
    for (std::size_t i = 0; i < call.turns.size(); ++i) {
        const json::array blocks = call.turns[i].blocks;
        for (std::size_t at = 0; at < blocks.size(); ++at) {
            const json::object& block = blocks[at].get_object();
            if (is_thinking(block)) {
                verify_block(call, block, prefix, join(join(join("messages", i), "content"), at));
            }
        }
        prefix.add(call.turns[i]);
    }
}

void ThinkingSigner::verify_block(AnthropicCall& call, const json::object& block, const Prefix& prefix,
                                  const std::string& path) const {
    const bool redacted = text_of(block, "type") == "redacted_thinking";
    const std::string signature = text_of(block, redacted ? "data" : "signature");
    const std::string invalid =
        redacted ? "Invalid `data` in `redacted_thinking` block" : "Invalid `signature` in `thinking` block";
    const std::optional<std::string> bytes = from_base64(signature);
    if (!bytes || bytes->size() < 3 || bytes->front() != format_mark) {
        refuse(path, invalid);
    }
    const std::size_t name_size = static_cast<unsigned char>((*bytes)[2]);
    if (bytes->size() != 3 + name_size + 4 * digest_size + mac_size) {
        refuse(path, invalid);
    }
    std::size_t at = 3;
    const auto take = [&](std::size_t count) {
        std::string part = bytes->substr(at, count);
        at += count;
        return part;
    };
    Token token;
    token.hidden = (*bytes)[1] == '\1';
    token.model = take(name_size);
    token.account = take(digest_size);
    token.system = take(digest_size);
    token.tools = take(digest_size);
    token.messages = take(digest_size);
    if (!same_bytes(seal(token, redacted ? std::string() : text_of(block, "thinking")), signature)) {
        refuse(path, invalid);
    }
    const auto drop = [&](std::string_view reason) {
        call.transformations.push_back(json::object{{"type", "thinking_dropped"}, {"path", path}, {"reason", reason}});
    };
    const ModelRules* signed_by = find_model(token.model);
    if (signed_by == nullptr || (signed_by != call.rules) || (!call.rules->known && token.model != call.model)) {
        if (!call.rules->drops_foreign_thinking) {
            refuse(path, invalid);
        }
        drop("model_binding_mismatch");
        return;
    }
    if (!call.rules->bound_thinking) {
        return;
    }
    std::string differs;
    std::string reason = "prefix_binding_mismatch";
    if (token.account != prefix.account) {
        differs = "the account";
        reason = "organization_binding_mismatch";
    } else if (token.system != prefix.system) {
        differs = "the `system` prompt";
    } else if (token.tools != prefix.tools) {
        differs = "the `tools`";
    } else if (token.messages != prefix.messages()) {
        differs = "the messages before it";
    }
    if (differs.empty()) {
        return;
    }
    if (!call.drop_unbound) {
        refuse(
            path,
            invalid + ". The block is bound to a different conversation: " + differs +
                " changed since it was created. Send the earlier content unchanged, remove the thinking blocks, or set "
                "`thinking.block_binding.prefix_mismatch_behavior` to \"drop_block\".");
    }
    drop(reason);
}

}  // namespace emulator
