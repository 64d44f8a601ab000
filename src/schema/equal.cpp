#include "schema/equal.hpp"

#include "schema/number.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace cortex::schema {
namespace {

// The finaliser of MurmurHash3 (public domain): spreads every bit of the input over the output.
std::uint64_t mixed(std::uint64_t bits) noexcept {
    bits ^= bits >> 33U;
    bits *= 0xff51afd7ed558ccdU;
    bits ^= bits >> 33U;
    bits *= 0xc4ceb9fe1a85ec53U;
    return bits ^ bits >> 33U;
}

std::uint64_t joined(std::uint64_t seed, std::uint64_t next) noexcept {
    return mixed(seed * 0x9e3779b97f4a7c15U + next);
}

std::uint64_t hash_text(std::string_view text) noexcept {
    return joined(5, std::hash<std::string_view>()(text));
}

std::uint64_t hash_number(const JsonValue& number) noexcept {
    // As a double, so that 1, 1.0 and big integers written either way agree; neighbours above 2^53 share a hash, no more.
    const auto rounded = static_cast<double>(wide(number));
    return joined(3, rounded == 0 ? 0 : std::bit_cast<std::uint64_t>(rounded));
}

}  // namespace

bool equal(const JsonValue& a, const JsonValue& b) noexcept {
    if (a.is_number() && b.is_number()) return wide(a) == wide(b);
    if (a.kind() != b.kind()) return false;
    if (const JsonArray* items = a.if_array()) {
        const JsonArray& others = b.get_array();
        return std::equal(items->begin(), items->end(), others.begin(), others.end(), equal);
    }
    if (const JsonObject* members = a.if_object()) {
        const JsonObject& others = b.get_object();
        return members->size() == others.size() && std::all_of(members->begin(), members->end(), [&others](const auto& member) {
                   const JsonValue* other = others.if_contains(member.key());
                   return other != nullptr && equal(member.value(), *other);
               });
    }
    if (const auto* text = a.if_string()) return json_view(*text) == json_view(b.get_string());
    if (const bool* truth = a.if_bool()) return *truth == b.get_bool();
    return true;
}

std::uint64_t hash(const JsonValue& value) noexcept {
    if (value.is_number()) return hash_number(value);
    if (const auto* text = value.if_string()) return hash_text(json_view(*text));
    if (const bool* truth = value.if_bool()) return joined(2, *truth ? 1 : 0);
    if (const JsonArray* items = value.if_array()) {
        std::uint64_t result = joined(6, items->size());
        for (const JsonValue& item : *items) result = joined(result, hash(item));
        return result;
    }
    if (const JsonObject* members = value.if_object()) {
        std::uint64_t sum = members->size();   // a sum, as the order does not count
        for (const auto& member : *members) sum += joined(hash_text(member.key()), hash(member.value()));
        return joined(7, sum);
    }
    return joined(1, 0);
}

std::optional<std::pair<std::size_t, std::size_t>> equal_items(const JsonArray& items) {
    constexpr std::size_t few = 8;   // below, comparing is cheaper than hashing
    if (items.size() <= few) {
        for (std::size_t j = 1; j < items.size(); ++j)
            for (std::size_t i = 0; i < j; ++i)
                if (equal(items[i], items[j])) return std::pair(i, j);
        return std::nullopt;
    }
    std::vector<std::pair<std::uint64_t, std::size_t>> hashes;
    hashes.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) hashes.emplace_back(hash(items[i]), i);
    std::sort(hashes.begin(), hashes.end());
    for (std::size_t j = 1; j < hashes.size(); ++j)
        for (std::size_t i = j; i > 0 && hashes[i - 1].first == hashes[j].first; --i)
            if (equal(items[hashes[i - 1].second], items[hashes[j].second])) return std::pair(hashes[i - 1].second, hashes[j].second);
    return std::nullopt;
}

}  // namespace cortex::schema
