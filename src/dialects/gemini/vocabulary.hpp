#pragma once

#include "core/json.hpp"
#include "core/stream_event.hpp"
#include "core/usage.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cortex::dialects::gemini {

/// A tool's name as the service takes it: with '_' before one that begins with a digit or '-', and in the grammar that all vendors take.
std::string function_name(std::string_view name);

/// What a `finishReason` means.
struct Ending {
    enum class Kind {
        answered,       ///< The answer stands; `stop` says how it ended.
        garbled,        ///< The model wrote what nobody can use; asked again it may do better.
        refused_for_good,   ///< The service does not take this conversation as it is.
    };
    Kind kind = Kind::answered;
    StopReason stop = StopReason::unknown;
};

/// Words that this version does not know are `answered` with `StopReason::unknown`.
Ending ending(std::string_view finish_reason) noexcept;

/// The members of `usageMetadata`, each as it was told last: chunks repeat them with growing numbers, and some chunks lack
/// some of them.
class UsageTotals {
public:
    void take(const JsonObject& metadata) noexcept;
    bool known() const noexcept { return known_; }
    Usage usage() const noexcept;

private:
    void take_count(const JsonObject& metadata, std::string_view name, std::int64_t& count) noexcept;

    std::int64_t prompt_ = 0;      // cached tokens included
    std::int64_t cached_ = 0;
    std::int64_t tool_use_ = 0;
    std::int64_t candidates_ = 0;  // thoughts not included
    std::int64_t thoughts_ = 0;
    bool known_ = false;
};

}  // namespace cortex::dialects::gemini
