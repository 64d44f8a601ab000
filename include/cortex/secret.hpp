#pragma once

#include <cortex/export.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace cortex {

/// A key or password, or where to ask for one. Copies share one buffer, which is overwritten when the last of them goes.
/// There is no operator<< and no way to read it back: only the library's own signing code can.
/// Threads: may be copied and destroyed from any thread.
class CORTEX_API Secret {
public:
    Secret();                                 ///< Absent.
    Secret(const char* text);                 ///< Null and "" mean absent.
    Secret(std::string text);                 ///< "" means absent. The argument is wiped if it was moved in.

    /// Asked before each use, on a worker thread of the engine; it may block. What it throws becomes a ProviderAuthError.
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, Secret> && std::is_invocable_r_v<std::string, F&>)
    Secret(F source) : Secret(Source{}, std::function<std::string()>(std::move(source))) {}

    /// The consumer of each `Run` is asked instead, by a `KeyRequest` event: for hosts whose source must run on their own loop.
    static Secret from_run();

    bool absent() const noexcept;

private:
    friend struct SecretAccess;
    struct Source {};
    struct State;
    Secret(Source, std::function<std::string()> source);
    std::shared_ptr<const State> state_;
};

}  // namespace cortex
