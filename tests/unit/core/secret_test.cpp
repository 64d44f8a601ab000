#include "core/secret_access.hpp"

#include <cortex/secret.hpp>

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view marker = "a-key-whose-letters-must-not-stay-in-memory-that-was-given-back";

/// Blocks that went back to the heap with the marker in them, while `watching`.
std::atomic<bool> watching{false};
std::atomic<int> leaks{0};

void watch_block(void* block) noexcept {
    if (block == nullptr || !watching) return;
    const std::string_view bytes(static_cast<const char*>(block), ::malloc_usable_size(block));
    if (bytes.find(marker) != std::string_view::npos) ++leaks;
}

template <class Work>
int leaks_of(Work work) {
    leaks = 0;
    watching = true;
    work();
    watching = false;
    return leaks;
}

}  // namespace

void* operator new(std::size_t size) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
    watch_block(block);
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace {

using cortex::Secret;
using cortex::SecretAccess;
using Kind = SecretAccess::Kind;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!Printable<Secret>, "a secret must not be printed by accident");
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(Secret, is_absent_without_text) {
    EXPECT_TRUE(Secret().absent());
    EXPECT_TRUE(Secret("").absent());
    EXPECT_TRUE(Secret(std::string()).absent());
    EXPECT_TRUE(Secret(static_cast<const char*>(nullptr)).absent());
    EXPECT_EQ(SecretAccess::kind(Secret()), Kind::absent);
    EXPECT_EQ(SecretAccess::text(Secret()), "");
}

TEST(Secret, keeps_its_text_for_the_code_that_signs) {
    const Secret secret("hunter2");
    EXPECT_FALSE(secret.absent());
    EXPECT_EQ(SecretAccess::kind(secret), Kind::text);
    EXPECT_EQ(SecretAccess::text(secret), "hunter2");
}

TEST(Secret, copies_share_one_buffer) {
    const Secret secret("hunter2");
    const Secret copy = secret;
    EXPECT_EQ(SecretAccess::text(copy).data(), SecretAccess::text(secret).data());
}

TEST(Secret, asks_its_source_before_each_use) {
    int calls = 0;
    const Secret secret([&calls] { return "key-" + std::to_string(++calls); });
    EXPECT_EQ(SecretAccess::kind(secret), Kind::callable);
    EXPECT_EQ(calls, 0);   // nothing is asked before it is needed
    EXPECT_EQ(SecretAccess::call(secret), "key-1");
    EXPECT_EQ(SecretAccess::call(secret), "key-2");
}

TEST(Secret, passes_on_what_its_source_throws) {
    const Secret secret([]() -> std::string { throw std::runtime_error("vault is sealed"); });
    EXPECT_THROW(SecretAccess::call(secret), std::runtime_error);
}

TEST(Secret, can_leave_the_question_to_the_run) {
    EXPECT_FALSE(Secret::from_run().absent());
    EXPECT_EQ(SecretAccess::kind(Secret::from_run()), Kind::from_run);
}

TEST(SecretMemory, the_watch_sees_an_ordinary_string) {
    EXPECT_EQ(leaks_of([] { const auto plain = std::make_unique<std::string>(marker); }), 1);
}

TEST(SecretMemory, nothing_stays_when_the_last_copy_goes) {
    EXPECT_EQ(leaks_of([] {
                  std::string text(marker);
                  auto first = std::make_unique<Secret>(std::move(text));
                  const Secret second = *first;
                  first.reset();
                  EXPECT_EQ(SecretAccess::text(second), marker);
              }),
              0);
}

TEST(SecretMemory, a_literal_is_not_left_behind_either) {
    EXPECT_EQ(leaks_of([] { const Secret secret(marker.data()); }), 0);
}

TEST(Wipe, overwrites_every_byte_and_empties_the_text) {
    std::string text(64, 'k');
    const volatile char* const bytes = text.data();
    cortex::wipe(text);
    EXPECT_TRUE(text.empty());
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], '\0') << i;
}

}  // namespace
