#include "auth/cached_source.hpp"

#include "support/fake_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace cortex::auth {
namespace {

using namespace std::chrono_literals;

/// A source that gives what it is told, and counts.
struct Scripted final : CredentialSource {
    std::function<Result<std::optional<Credential>>(World&)> give;
    std::atomic<int> asked{0};
    std::atomic<int> told_refused{0};
    std::atomic<bool> stopped{false};

    Result<std::optional<Credential>> fetch(World& world) override {
        ++asked;
        return give(world);
    }
    void refused(const Credential&) override { ++told_refused; }
    void stop() noexcept override { stopped = true; }
};

Credential token(std::string text, std::optional<WallTime> end) {
    return {.kind = Credential::Kind::bearer, .secret = Secret(std::move(text)), .expires_at = end};
}

struct Bench {
    Bench() {
        auto own = std::make_unique<Scripted>();
        source = own.get();
        source->give = [this](World& asked) -> Result<std::optional<Credential>> {
            return std::optional(token("t" + std::to_string(source->asked.load()), asked.clock->wall() + life));
        };
        cached = std::make_unique<CachedSource>(std::move(own), CachedSource::Times{});
        world = fake.world();
    }
    Result<std::optional<Credential>> fetch() { return cached->fetch(world); }
    CredentialSource::AtHand at_hand() { return cached->at_hand(fake.clock.wall_now); }

    test::FakeWorld fake;
    World world;
    std::chrono::seconds life{3600};
    Scripted* source = nullptr;
    std::unique_ptr<CachedSource> cached;
};

ErrorInfo down() { return {.code = ErrorCode::network, .message = "down", .retryable = true}; }

TEST(CachedSource, asks_once_and_remembers_until_shortly_before_the_end) {
    Bench bench;
    EXPECT_FALSE(bench.at_hand().credential) << "nothing is known yet";
    ASSERT_TRUE(bench.fetch());
    ASSERT_TRUE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 1);
    EXPECT_TRUE(bench.at_hand().credential);
    EXPECT_FALSE(bench.at_hand().refresh);

    bench.fake.clock.advance(3301s);
    EXPECT_TRUE(bench.at_hand().credential) << "it still works";
    EXPECT_TRUE(bench.at_hand().refresh);
    ASSERT_TRUE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 2);
    EXPECT_FALSE(bench.at_hand().refresh);
}

TEST(CachedSource, one_that_has_ended_is_not_given_any_more) {
    Bench bench;
    ASSERT_TRUE(bench.fetch());
    bench.fake.clock.advance(3600s);
    EXPECT_FALSE(bench.at_hand().credential);
    bench.source->give = [](World&) -> Result<std::optional<Credential>> { return down(); };
    EXPECT_FALSE(bench.fetch());
}

TEST(CachedSource, while_a_renewal_fails_what_is_still_good_is_given_and_the_source_is_left_in_peace) {
    Bench bench;
    ASSERT_TRUE(bench.fetch());
    bench.fake.clock.advance(3400s);
    bench.source->give = [](World&) -> Result<std::optional<Credential>> { return down(); };
    const auto kept = bench.fetch();
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ(bench.source->asked, 2);
    ASSERT_TRUE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 2) << "not again within half a minute";
    bench.fake.clock.advance(30s);
    ASSERT_TRUE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 3);
}

TEST(CachedSource, a_short_life_is_renewed_at_its_half_and_not_all_the_time) {
    Bench bench;
    bench.life = 60s;
    ASSERT_TRUE(bench.fetch());
    bench.fake.clock.advance(29s);
    EXPECT_FALSE(bench.at_hand().refresh);
    bench.fake.clock.advance(1s);
    EXPECT_TRUE(bench.at_hand().refresh);
}

TEST(CachedSource, keys_without_an_end_are_looked_for_again_after_five_minutes) {
    Bench bench;
    bench.source->give = [](World&) -> Result<std::optional<Credential>> { return std::optional(token("k", std::nullopt)); };
    ASSERT_TRUE(bench.fetch());
    bench.fake.clock.advance(299s);
    EXPECT_TRUE(bench.at_hand().credential);
    bench.fake.clock.advance(1s);
    EXPECT_FALSE(bench.at_hand().credential) << "the file may hold others by now";
    ASSERT_TRUE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 2);
}

TEST(CachedSource, absence_is_remembered_for_half_a_minute) {
    Bench bench;
    bench.source->give = [](World&) -> Result<std::optional<Credential>> { return std::optional<Credential>(); };
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(*bench.fetch());
    EXPECT_EQ(bench.source->asked, 1);
    bench.fake.clock.advance(30s);
    EXPECT_FALSE(*bench.fetch());
    EXPECT_EQ(bench.source->asked, 2);
}

TEST(CachedSource, a_refused_credential_is_forgotten_but_not_its_successor) {
    Bench bench;
    const Credential first = **bench.fetch();
    bench.cached->refused(first);
    EXPECT_FALSE(bench.at_hand().credential);
    const Credential second = **bench.fetch();
    EXPECT_FALSE(same_credential(first, second));
    bench.cached->refused(first);
    EXPECT_TRUE(bench.at_hand().credential) << "the refusal was of the one before";
    EXPECT_EQ(bench.source->told_refused, 1);
}

TEST(CachedSource, an_error_is_not_remembered) {
    Bench bench;
    bench.source->give = [](World&) -> Result<std::optional<Credential>> { return down(); };
    EXPECT_FALSE(bench.fetch());
    EXPECT_FALSE(bench.fetch());
    EXPECT_EQ(bench.source->asked, 2);
}

TEST(CachedSource, many_who_ask_at_once_share_one_fetch) {
    for (const bool works : {true, false}) {
        Bench bench;
        std::latch everybody(64);
        bench.source->give = [&](World& world) -> Result<std::optional<Credential>> {
            everybody.wait();   // no one is late: all of them have called by now
            if (!works) return down();
            return std::optional(token("t", world.clock->wall() + 1h));
        };
        std::atomic<int> served{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 64; ++i)
            threads.emplace_back([&] {
                World own = bench.world;
                everybody.count_down();
                if (static_cast<bool>(bench.cached->fetch(own)) == works) ++served;
            });
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(served, 64);
        // Who calls after a failure has come asks anew; nobody else does.
        if (works) {
            EXPECT_EQ(bench.source->asked, 1);
        }
    }
}

TEST(CachedSource, the_end_of_the_engine_reaches_a_fetch_under_way) {
    Bench bench;
    std::latch inside(1);
    bench.source->give = [&](World& world) -> Result<std::optional<Credential>> {
        std::latch stopped(1);
        const std::stop_callback on_stop(world.stop, [&] { stopped.count_down(); });
        inside.count_down();
        stopped.wait();
        return ErrorInfo{.code = ErrorCode::cancelled, .message = "stopped"};
    };
    std::thread other([&] {
        World own = bench.world;
        EXPECT_FALSE(bench.cached->fetch(own));
    });
    inside.wait();
    bench.cached->stop();
    other.join();
    EXPECT_TRUE(bench.source->stopped);
}

}  // namespace
}  // namespace cortex::auth
