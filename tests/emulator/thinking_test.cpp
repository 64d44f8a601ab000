#include "anthropic_thinking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emulator {
namespace {

using ::testing::HasSubstr;

AnthropicCall call_for(std::string model, const std::string& body = R"({"tools": [{"name": "add"}], "system": "s"})") {
    AnthropicCall call;
    call.model = std::move(model);
    call.rules = find_model(call.model);
    call.account = "account";
    call.body = json::parse(body).as_object();
    call.turns.push_back({"user", {json::object{{"type", "text"}, {"text", "Hi"}}}});
    return call;
}

AnthropicCall replay(AnthropicCall call, std::string thinking, const std::string& signature) {
    call.turns.push_back(
        {"assistant",
         {json::object{{"type", "thinking"}, {"thinking", std::move(thinking)}, {"signature", signature}}}});
    return call;
}

std::string refusal(const ThinkingSigner& signer, AnthropicCall call) {
    try {
        signer.verify(call);
    } catch (const Rejection& rejection) {
        return rejection.what();
    }
    return {};
}

TEST(ThinkingSigner, accepts_what_it_signed) {
    const ThinkingSigner signer("secret");
    for (const char* model : {"claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"}) {
        const AnthropicCall call = call_for(model);
        EXPECT_EQ(refusal(signer, replay(call, "thought", signer.sign(call, "thought", false))), "") << model;
    }
}

TEST(ThinkingSigner, refuses_every_signature_with_one_changed_character) {
    const ThinkingSigner signer("secret");
    const AnthropicCall call = call_for("claude-sonnet-4-5");
    const std::string signature = signer.sign(call, "thought", false);
    for (std::size_t i = 0; i < signature.size(); ++i) {
        std::string changed = signature;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_THAT(refusal(signer, replay(call, "thought", changed)),
                    HasSubstr("Invalid `signature` in `thinking` block"))
            << i;
    }
}

TEST(ThinkingSigner, refuses_shorter_longer_and_foreign_signatures) {
    const ThinkingSigner signer("secret");
    const AnthropicCall call = call_for("claude-sonnet-4-5");
    const std::string signature = signer.sign(call, "thought", false);
    for (const std::string& wrong : {std::string(), signature.substr(0, signature.size() - 4), signature + "AAAA",
                                     " " + signature, ThinkingSigner("other").sign(call, "thought", false)}) {
        EXPECT_THAT(refusal(signer, replay(call, "thought", wrong)), HasSubstr("Invalid `signature`")) << wrong;
    }
    EXPECT_THAT(refusal(signer, replay(call, "other thought", signature)), HasSubstr("Invalid `signature`"));
}

TEST(ThinkingSigner, text_in_a_hidden_block_is_ignored) {
    const ThinkingSigner signer("secret");
    const AnthropicCall call = call_for("claude-opus-5-5");
    const std::string signature = signer.sign(call, "thought", true);
    EXPECT_EQ(refusal(signer, replay(call, "", signature)), "");
    EXPECT_EQ(refusal(signer, replay(call, "made up", signature)), "");
}

TEST(ThinkingSigner, binds_to_the_account_too) {
    const ThinkingSigner signer("secret");
    AnthropicCall call = call_for("claude-opus-5-5");
    const std::string signature = signer.sign(call, "thought", false);
    call.account = "other";
    EXPECT_THAT(refusal(signer, replay(call, "thought", signature)), HasSubstr("the account"));
}

TEST(ThinkingSigner, cache_marks_and_deferred_tools_change_no_binding) {
    const ThinkingSigner signer("secret");
    const AnthropicCall call = call_for("claude-opus-5-5");
    const std::string signature = signer.sign(call, "thought", false);
    const AnthropicCall marked = call_for(
        "claude-opus-5-5",
        R"({"tools": [{"name": "add", "cache_control": {"type": "ephemeral"}}, {"name": "later", "defer_loading": true}], "system": "s"})");
    EXPECT_EQ(refusal(signer, replay(marked, "thought", signature)), "");
    const AnthropicCall renamed = call_for("claude-opus-5-5", R"({"tools": [{"name": "sub"}], "system": "s"})");
    EXPECT_THAT(refusal(signer, replay(renamed, "thought", signature)), HasSubstr("the `tools`"));
}

TEST(ThinkingSigner, drops_instead_of_refusing_when_asked) {
    const ThinkingSigner signer("secret");
    AnthropicCall call = call_for("claude-opus-5-5");
    const std::string signature = signer.sign(call, "thought", false);
    call.turns.front().blocks.push_back(json::object{{"type", "text"}, {"text", "more"}});
    call.drop_unbound = true;
    AnthropicCall changed = replay(call, "thought", signature);
    signer.verify(changed);
    ASSERT_EQ(changed.transformations.size(), 1U);
    EXPECT_EQ(json::serialize(changed.transformations),
              R"([{"type":"thinking_dropped","path":"messages.1.content.0","reason":"prefix_binding_mismatch"}])");
}

}  // namespace
}  // namespace emulator
