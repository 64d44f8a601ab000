#pragma once

#include <cortex/error.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace cortex {

/// A value, or why there is none. Inside the library a failure is an input to a decision (retry, fall back), so it travels
/// as a value; it becomes an exception at the public edge only (`throw_error`).
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(ErrorInfo error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

    ErrorInfo& error() & { return std::get<1>(state_); }
    const ErrorInfo& error() const& { return std::get<1>(state_); }
    ErrorInfo&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, ErrorInfo> state_;
};

/// Success without a value, or why it failed.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(ErrorInfo error) : error_(std::move(error)), failed_(true) {}

    bool has_value() const noexcept { return !failed_; }
    explicit operator bool() const noexcept { return has_value(); }
    ErrorInfo& error() & { return error_; }
    const ErrorInfo& error() const& { return error_; }
    ErrorInfo&& error() && { return std::move(error_); }

private:
    ErrorInfo error_;
    bool failed_ = false;
};

}  // namespace cortex
