#include "routing/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace cortex::routing {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// A sum that does not fit is the largest that does, which no limit allows.
std::int64_t plus(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? most : sum;
}

std::int64_t at_least_none(std::int64_t value) noexcept { return std::max<std::int64_t>(value, 0); }

Amount sound(Amount amount) noexcept {
    if (amount.money) amount.money = at_least_none(*amount.money);
    amount.tokens = at_least_none(amount.tokens);
    return amount;
}

Limit limit_of(const Budget& budget) {
    Limit out{.money = {}, .tokens = budget.tokens};
    if (budget.usd) out.money = nanodollars(*budget.usd);
    return out;
}

bool any(const Limit& limit) noexcept { return limit.money || limit.tokens; }

void narrow(std::optional<std::int64_t>& limit, const std::optional<std::int64_t>& other) noexcept {
    if (other && (!limit || *other < *limit)) limit = other;
}

void raise(std::optional<std::int64_t>& limit, const std::optional<std::int64_t>& more) noexcept {
    if (limit && more) limit = plus(*limit, at_least_none(*more));
}

/// All digits that count, two at least: 0.05, 1.00, 0.000000001.
std::string usd(std::int64_t nano) {
    std::string text = fmt::format("{}.{:09}", nano / 1'000'000'000, nano % 1'000'000'000);
    while (text.ends_with('0') && text[text.size() - 3] != '.') text.pop_back();
    return text;
}

std::string whose(Scope scope, std::string_view key) {
    switch (scope) {
        case Scope::call: return "one call";
        case Scope::run: return "this run";
        case Scope::session: return fmt::format("session \"{}\"", key);
        case Scope::user: return fmt::format("user \"{}\"", key);
        case Scope::engine: return "the engine";
    }
    return "the engine";
}

ErrorInfo refusal(const Breach& breach) {
    const auto error = [](std::string message) { return ErrorInfo{.code = ErrorCode::budget_exceeded, .message = std::move(message)}; };
    const std::string who = whose(breach.scope, breach.key);
    switch (breach.of) {
        case Breach::Of::unknown_price:
            return error(fmt::format("The price of the model is unknown, so the limit of {} USD for {} ({}) cannot be kept. Take the limit out, add the "
                                     "price to the catalogue (models_path), or choose a model whose price is known.",
                                     usd(breach.limit), who, breach.field));
        case Breach::Of::money:
            return error(fmt::format("The budget of {} does not allow the call: limit {} USD, spent {}, reserved by calls under way {}, needed at most {}. "
                                     "Raise {}, lower max_tokens, shorten the conversation, or choose a cheaper model.",
                                     who, usd(breach.limit), usd(breach.spent), usd(breach.reserved), usd(breach.needed), breach.field));
        case Breach::Of::tokens: break;
    }
    return error(fmt::format("The budget of {} does not allow the call: limit {} tokens, spent {}, reserved by calls under way {}, needed at most {}. "
                             "Raise {}, lower max_tokens, or shorten the conversation.",
                             who, breach.limit, breach.spent, breach.reserved, breach.needed, breach.field));
}

/// Money or tokens of one account.
struct Side {
    std::optional<std::int64_t> limit = {};
    std::int64_t spent = 0;
    std::int64_t reserved = 0;
    std::optional<std::int64_t> warned_of = {};   ///< The limit that was warned of.

    std::int64_t used() const noexcept { return plus(spent, reserved); }
    /// Wraps around, so that what is given back is what was held whatever the sum; within a limit no sum is that large.
    void hold(std::int64_t by) noexcept { reserved = static_cast<std::int64_t>(static_cast<std::uint64_t>(reserved) + static_cast<std::uint64_t>(by)); }
    bool allows(std::int64_t needed) const noexcept { return !limit || needed == 0 || plus(used(), needed) <= *limit; }
};

/// By provider, model and user; looked up without a copy of the names.
using Key = std::tuple<std::string, std::string, std::string>;
using KeyView = std::tuple<std::string_view, std::string_view, std::string_view>;
struct KeyLess {
    using is_transparent = void;
    static KeyView view(const Key& key) noexcept { return {std::get<0>(key), std::get<1>(key), std::get<2>(key)}; }
    static KeyView view(const KeyView& key) noexcept { return key; }
    bool operator()(const auto& a, const auto& b) const noexcept { return view(a) < view(b); }
};
using Lines = std::map<Key, SpendLine, KeyLess>;

void add(SpendLine& line, const SpendLine& other) noexcept {
    line.calls += other.calls;
    line.input_tokens += other.input_tokens;
    line.output_tokens += other.output_tokens;
    line.cache_read_tokens += other.cache_read_tokens;
    line.cache_write_tokens += other.cache_write_tokens;
    line.nanodollars = plus(line.nanodollars, other.nanodollars);
    line.unknown_cost_calls += other.unknown_cost_calls;
}

SpendLine& line_of(Lines& lines, std::string_view provider, std::string_view model, std::string_view user) {
    if (const auto at = lines.find(KeyView(provider, model, user)); at != lines.end()) return at->second;
    SpendLine line{.provider = std::string(provider), .model = std::string(model), .user = std::string(user)};
    Key key(line.provider, line.model, line.user);
    return lines.emplace(std::move(key), std::move(line)).first->second;
}

}  // namespace

struct LedgerAccount {
    Scope scope = Scope::engine;
    std::string key = {};
    Side money = {};
    Side tokens = {};
    bool money_is_own = false;   ///< The limit is that of `limit_run`.
    bool tokens_are_own = false;

    std::string field(Breach::Of of) const {
        const bool of_tokens = of == Breach::Of::tokens;
        if (of_tokens ? tokens_are_own : money_is_own) return of_tokens ? "the run's limit on tokens" : "max_cost";
        return fmt::format("budgets.{}.{}", to_string(scope), of_tokens ? "tokens" : "usd");
    }

    std::optional<Breach> breach(const Amount& more) const {
        const auto found = [&](Breach::Of of, const Side& side, std::int64_t needed) {
            return Breach{.scope = scope, .key = key, .of = of, .limit = *side.limit, .spent = side.spent, .reserved = side.reserved,
                          .needed = needed, .field = field(of)};
        };
        if (money.limit && !more.money) return found(Breach::Of::unknown_price, money, 0);
        if (!money.allows(more.money.value_or(0))) return found(Breach::Of::money, money, *more.money);
        if (!tokens.allows(more.tokens)) return found(Breach::Of::tokens, tokens, more.tokens);
        return std::nullopt;
    }

    void warn(std::vector<BudgetWarning>& out) {
        const auto look = [&](Side& side, Breach::Of of) {
            if (!side.limit || *side.limit <= 0 || side.warned_of == side.limit) return;
            const std::int64_t level = scope == Scope::run ? side.spent : side.used();
            if (level < *side.limit - *side.limit / 5) return;
            side.warned_of = side.limit;
            const bool of_tokens = of == Breach::Of::tokens;
            const auto figure = [&](std::int64_t value) { return of_tokens ? fmt::format("{}", value) : usd(value); };
            out.push_back({.scope = scope,
                           .key = key,
                           .message = fmt::format("80 % of the budget of {} are used: limit {} {} ({}), spent {}, reserved by calls under way {}.",
                                                  whose(scope, key), figure(*side.limit), of_tokens ? "tokens" : "USD", field(of), figure(side.spent),
                                                  figure(side.reserved))});
        };
        look(money, Breach::Of::money);
        look(tokens, Breach::Of::tokens);
    }
};

using AccountPtr = std::shared_ptr<LedgerAccount>;
using Accounts = std::array<AccountPtr, 4>;

struct LedgerBooks {
    explicit LedgerBooks(const Budgets& budgets)
        : call(limit_of(budgets.call)), run(limit_of(budgets.run)), session(limit_of(budgets.session)), user(limit_of(budgets.user)) {
        const Limit limit = limit_of(budgets.engine);
        if (any(limit)) engine = open(Scope::engine, {}, limit);
    }

    static AccountPtr open(Scope scope, const std::string& key, const Limit& limit) {
        auto account = std::make_shared<LedgerAccount>();
        account->scope = scope;
        account->key = key;
        account->money.limit = limit.money;
        account->tokens.limit = limit.tokens;
        return account;
    }

    using Map = std::unordered_map<std::string, AccountPtr>;

    static AccountPtr find(Map& accounts, Scope scope, const std::string& key, const Limit& limit) {
        if (key.empty()) return nullptr;
        if (const auto at = accounts.find(key); at != accounts.end()) return at->second;
        return any(limit) ? accounts.emplace(key, open(scope, key, limit)).first->second : nullptr;
    }

    Accounts accounts_of(const Spender& who) {
        return {find(runs, Scope::run, who.run, run), find(sessions, Scope::session, who.session, session), find(users, Scope::user, who.user, user), engine};
    }

    Limit call_limit(const Spender& who) const {
        Limit limit = call;
        if (const auto more = more_for_calls.find(who.run); more != more_for_calls.end()) {
            raise(limit.money, more->second.money);
            raise(limit.tokens, more->second.tokens);
        }
        return limit;
    }

    std::optional<Breach> breach(const Accounts& accounts, const Spender& who, const Amount& amount) const {
        LedgerAccount one_call{.scope = Scope::call};
        const Limit limit = call_limit(who);
        one_call.money.limit = limit.money;
        one_call.tokens.limit = limit.tokens;
        if (auto found = one_call.breach(amount)) return found;
        for (const AccountPtr& account : accounts)
            if (account)
                if (auto found = account->breach(amount)) return found;
        return std::nullopt;
    }

    mutable std::mutex mutex;   ///< Guards all that follows, and what the accounts hold.
    const Limit call;
    const Limit run;
    const Limit session;
    const Limit user;
    AccountPtr engine;
    Map runs;
    Map sessions;
    Map users;
    std::unordered_map<std::string, Limit> more_for_calls;   ///< By run.
    Lines lines;
};

std::string_view to_string(Scope scope) noexcept {
    switch (scope) {
        case Scope::call: return "call";
        case Scope::run: return "run";
        case Scope::session: return "session";
        case Scope::user: return "user";
        case Scope::engine: return "engine";
    }
    return "engine";
}

std::int64_t nanodollars(double usd_amount) noexcept {
    if (!(usd_amount > 0)) return 0;
    // 0.29 * 1e9 is a hair below 290,000,000.
    const double nano = std::floor(usd_amount * 1e9 + 0.001);
    return nano >= 9e18 ? most : static_cast<std::int64_t>(nano);
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
    if (this != &other) {
        give_back();
        books_ = std::move(other.books_);
        who_ = std::move(other.who_);
        accounts_ = std::move(other.accounts_);
        amount_ = other.amount_;
        warnings_ = std::move(other.warnings_);
    }
    return *this;
}

std::vector<BudgetWarning> Reservation::take_warnings() noexcept { return std::exchange(warnings_, {}); }

Settlement Reservation::settle(const Spending& spent) {
    Settlement out;
    if (!books_) return out;
    const auto books = std::exchange(books_, nullptr);
    const std::lock_guard lock(books->mutex);
    const std::int64_t reserved = amount_.money.value_or(0);
    const bool cost_known = spent.cost && spent.usage_known;
    const std::int64_t known = at_least_none(spent.cost.value_or(0));
    const std::int64_t money = cost_known ? known : std::max(known, reserved);
    const std::int64_t used = at_least_none(spent.usage.total());
    const std::int64_t tokens = spent.usage_known ? used : std::max(used, amount_.tokens);
    for (const AccountPtr& account : accounts_) {
        if (!account) continue;
        account->money.hold(-reserved);
        account->tokens.hold(-amount_.tokens);
        account->money.spent = plus(account->money.spent, money);
        account->tokens.spent = plus(account->tokens.spent, tokens);
        out.whole_reservation_counted = out.whole_reservation_counted || (!cost_known && account->money.limit) || (!spent.usage_known && account->tokens.limit);
        account->warn(out.warnings);
    }
    add(line_of(books->lines, spent.provider, spent.model, who_.user), {.calls = 1,
                                                                         .input_tokens = spent.usage.total_input(),
                                                                         .output_tokens = spent.usage.output,
                                                                         .cache_read_tokens = spent.usage.cache_read,
                                                                         .cache_write_tokens = spent.usage.cache_write(),
                                                                         .nanodollars = known,
                                                                         .unknown_cost_calls = cost_known ? 0 : 1});
    accounts_ = {};
    amount_ = {};
    return out;
}

void Reservation::give_back() noexcept {
    if (!books_) return;
    const auto books = std::exchange(books_, nullptr);
    const std::lock_guard lock(books->mutex);
    for (const AccountPtr& account : accounts_) {
        if (!account) continue;
        account->money.hold(-amount_.money.value_or(0));
        account->tokens.hold(-amount_.tokens);
    }
    accounts_ = {};
    amount_ = {};
}

Ledger::Ledger(const Budgets& budgets) : books_(std::make_shared<LedgerBooks>(budgets)) {}
Ledger::~Ledger() = default;

void Ledger::limit_run(const std::string& run, const Limit& own) {
    if (run.empty() || !any(own)) return;
    const std::lock_guard lock(books_->mutex);
    AccountPtr& account = books_->runs[run];
    if (!account) account = LedgerBooks::open(Scope::run, run, books_->run);
    account->money_is_own = own.money && (!account->money.limit || *own.money <= *account->money.limit);
    account->tokens_are_own = own.tokens && (!account->tokens.limit || *own.tokens <= *account->tokens.limit);
    narrow(account->money.limit, own.money);
    narrow(account->tokens.limit, own.tokens);
}

Result<Reservation> Ledger::reserve(const Spender& who, const Amount& wish) {
    const Amount amount = sound(wish);
    Reservation out;
    out.who_ = who;
    const std::lock_guard lock(books_->mutex);
    out.accounts_ = books_->accounts_of(who);
    if (const auto found = books_->breach(out.accounts_, who, amount)) return refusal(*found);
    for (const AccountPtr& account : out.accounts_) {
        if (!account) continue;
        account->money.hold(amount.money.value_or(0));
        account->tokens.hold(amount.tokens);
        account->warn(out.warnings_);
    }
    out.amount_ = amount;
    out.books_ = books_;
    return out;
}

std::optional<Breach> Ledger::breach(const Spender& who, const Amount& amount) const {
    const std::lock_guard lock(books_->mutex);
    return books_->breach(books_->accounts_of(who), who, sound(amount));
}

Result<void> Ledger::check(const Spender& who, const Amount& amount) const {
    if (const auto found = breach(who, amount)) return refusal(*found);
    return {};
}

Limit Ledger::room(const Spender& who) const {
    const std::lock_guard lock(books_->mutex);
    Limit left = books_->call_limit(who);
    for (const AccountPtr& account : books_->accounts_of(who)) {
        if (!account) continue;
        if (account->money.limit) narrow(left.money, *account->money.limit - account->money.used());
        if (account->tokens.limit) narrow(left.tokens, *account->tokens.limit - account->tokens.used());
    }
    if (left.money) left.money = at_least_none(*left.money);
    if (left.tokens) left.tokens = at_least_none(*left.tokens);
    return left;
}

void Ledger::allow_more(Scope scope, const Spender& who, const Limit& more) {
    const std::lock_guard lock(books_->mutex);
    if (scope == Scope::call) {
        Limit& all = books_->more_for_calls.try_emplace(who.run, Limit{.money = 0, .tokens = 0}).first->second;
        raise(all.money, more.money);
        raise(all.tokens, more.tokens);
        return;
    }
    const Accounts accounts = books_->accounts_of(who);
    const AccountPtr& account = accounts[static_cast<std::size_t>(scope) - 1];
    if (!account) return;
    raise(account->money.limit, more.money);
    raise(account->tokens.limit, more.tokens);
}

void Ledger::forget_run(const std::string& run) {
    const std::lock_guard lock(books_->mutex);
    books_->runs.erase(run);
    books_->more_for_calls.erase(run);
}

void Ledger::forget_session(const std::string& session) {
    const std::lock_guard lock(books_->mutex);
    books_->sessions.erase(session);
}

std::vector<SpendLine> Ledger::report(SpendGroup by) const {
    Lines groups;
    {
        const std::lock_guard lock(books_->mutex);
        const auto shown = [](bool wanted, const std::string& name) { return wanted ? std::string_view(name) : std::string_view(); };
        for (const auto& [key, line] : books_->lines)
            add(line_of(groups, shown(by.provider, line.provider), shown(by.model, line.model), shown(by.user, line.user)), line);
    }
    std::vector<SpendLine> out;
    out.reserve(groups.size());
    for (auto& [key, line] : groups) out.push_back(std::move(line));
    return out;
}

}  // namespace cortex::routing
