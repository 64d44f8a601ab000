#pragma once

#include "core/catalog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string_view>

/// The built-in catalogue with `overrides` over it.
inline std::shared_ptr<const cortex::Catalog> catalog_with(std::string_view overrides = {}) {
    auto catalog = cortex::Catalog::load(overrides, "models.json");
    EXPECT_TRUE(catalog.has_value()) << catalog.error().message;
    return catalog.has_value() ? std::move(catalog).value() : nullptr;
}

/// Noon of a day, UTC.
inline cortex::WallTime noon(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
           std::chrono::hours(12);
}
