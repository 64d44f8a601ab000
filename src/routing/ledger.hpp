#pragma once

#include "core/result.hpp"
#include "core/usage.hpp"
#include "routing/amount.hpp"

#include <cortex/config.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::routing {

/// Where a limit holds, from the narrowest to the widest.
enum class Scope { call, run, session, user, engine };
std::string_view to_string(Scope scope) noexcept;

/// Who pays for a call. An empty name has no account; the engine's account always pays.
struct Spender {
    std::string user = {};
    std::string session = {};
    std::string run = {};   ///< One turn, with all that it starts.
};

/// A limit that is absent does not hold.
struct Limit {
    std::optional<std::int64_t> money = {};    ///< Nano-dollars.
    std::optional<std::int64_t> tokens = {};   ///< Input and output.
};

/// US dollars in nano-dollars, rounded down; what is no number, or below 0, is 0.
std::int64_t nanodollars(double usd) noexcept;

/// Four fifths of a limit are gone: told once for each account and value of its limit. A call's own limit never warns. What is
/// reserved counts in the accounts that outlive a turn; in a run's, whose calls are cut to fit it, only what was spent.
struct BudgetWarning {
    Scope scope = Scope::engine;
    std::string key = {};       ///< The run's, session's or user's name; "" for the engine.
    std::string message = {};   ///< One sentence with the figures.
};

/// Why a reservation is refused: the narrowest limit that does not allow it.
struct Breach {
    enum class Of { money, tokens, unknown_price };
    Scope scope = Scope::engine;
    std::string key = {};
    Of of = Of::money;
    std::int64_t limit = 0;      ///< Nano-dollars, or tokens; so the next three.
    std::int64_t spent = 0;
    std::int64_t reserved = 0;   ///< By calls under way.
    std::int64_t needed = 0;     ///< By the call that is refused.
    std::string field = {};      ///< The setting to raise: "budgets.user.usd", "max_cost", ...
};

/// What a call really used, its repeats included, whether it answered or not.
struct Spending {
    std::string provider = {};    ///< Registered name of the channel.
    std::string model = {};
    Usage usage = {};             ///< As far as it is known.
    bool usage_known = true;      ///< False where more may have been used than `usage` says: no usage came, or a stream was cut.
    std::optional<std::int64_t> cost = {};   ///< Nano-dollars; nothing where it is unknown.
};

/// What settling did.
struct Settlement {
    /// The cost (or, under a limit on tokens, the usage) is unknown, so that the whole reservation counts as spent.
    bool whole_reservation_counted = false;
    std::vector<BudgetWarning> warnings = {};
};

/// Totals of the calls that were settled.
struct SpendLine {
    std::string provider = {};   ///< "" where the report is not grouped by it; so the next two.
    std::string model = {};
    std::string user = {};
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;          ///< All input, cached or not.
    std::int64_t output_tokens = 0;
    std::int64_t cache_read_tokens = 0;     ///< Parts of `input_tokens`.
    std::int64_t cache_write_tokens = 0;
    std::int64_t nanodollars = 0;           ///< Of the calls whose cost is known.
    std::int64_t unknown_cost_calls = 0;    ///< The others: above 0, `nanodollars` is not the whole cost.
};

/// One line for each combination of what is true here.
struct SpendGroup {
    bool provider = true;
    bool model = true;
    bool user = true;
};

struct LedgerBooks;     // ledger.cpp
struct LedgerAccount;

/// What a call may spend, taken from all its accounts. Given back where it is destroyed unsettled: the call was never sent.
/// Move-only; one thread at a time uses it. May outlive the ledger.
class Reservation {
public:
    Reservation() noexcept = default;   ///< Of nothing.
    Reservation(Reservation&& other) noexcept = default;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { give_back(); }

    /// False where there is nothing (any more): default, moved from, settled or given back.
    explicit operator bool() const noexcept { return books_ != nullptr; }
    const Amount& amount() const noexcept { return amount_; }
    /// Of reserving; empty afterwards.
    std::vector<BudgetWarning> take_warnings() noexcept;

    /// Replaces the reservation by what was spent, which is counted even where it is more. Once; a second time does nothing.
    Settlement settle(const Spending& spent);
    void give_back() noexcept;

private:
    friend class Ledger;
    std::shared_ptr<LedgerBooks> books_;
    Spender who_;
    std::array<std::shared_ptr<LedgerAccount>, 4> accounts_;   ///< Run, session, user, engine; null where nothing limits it.
    Amount amount_;
    std::vector<BudgetWarning> warnings_;
};

/// The accounts of one engine, shared by all its threads. What a call needs is reserved in all its scopes before it is sent and settled
/// after it, so that of any limit spent and reserved together never exceed it when a reservation is made. (A call that costs
/// more than was reserved for it is counted in full: the limit is then passed by that much, and refuses what follows.)
/// Thread-safe, reads no clock, throws nothing.
class Ledger {
public:
    explicit Ledger(const Budgets& budgets = {});
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// A limit of one run's own (`TurnOptions::max_cost`), beside `Budgets::run`: both hold. Before the run's first reservation.
    void limit_run(const std::string& run, const Limit& own);

    /// Takes `amount` from the accounts of all scopes, or from none. Fails with a BudgetExceededError that names scope, limit, spent,
    /// reserved, needed and what to do; also where the amount's money is unknown although some limit on money holds.
    Result<Reservation> reserve(const Spender& who, const Amount& amount);

    /// Why `reserve` would refuse now; nothing where it would not.
    std::optional<Breach> breach(const Spender& who, const Amount& amount) const;
    /// The error with which `reserve` would refuse now. Nothing is taken, and no warning is used up.
    Result<void> check(const Spender& who, const Amount& amount) const;

    /// What is left over all scopes, never below 0; nothing where no limit of that kind holds. For shortening an answer before
    /// reserving; another thread may take it meanwhile.
    Limit room(const Spender& who) const;

    /// Raises the limits that hold in one scope of `who` (for `Scope::call`: for all further calls of the run). Where none holds,
    /// nothing changes. For a callback that was asked.
    void allow_more(Scope scope, const Spender& who, const Limit& more);

    /// Drops an ended run's or session's account; its users' and the engine's stay. A reservation that is still open settles as usual.
    void forget_run(const std::string& run);
    void forget_session(const std::string& session);

    /// What was settled, sorted by provider, model and user. Kept for the ledger's life.
    std::vector<SpendLine> report(SpendGroup by = {}) const;

private:
    std::shared_ptr<LedgerBooks> books_;
};

}  // namespace cortex::routing
