#pragma once

#include <string_view>

namespace cortex::auth::aws {

/// A part of AWS with its own names and accounts.
struct Partition {
    std::string_view name;
    std::string_view regions;            ///< How its regions begin, with bars between them: "us|eu|ap".
    std::string_view global_region;      ///< The region that stands for all of them.
    std::string_view dns_suffix;
    std::string_view dual_stack_suffix;
    std::string_view sign_in_suffix;     ///< Of "{region}.signin.", which goes its own ways.
};

/// The one that the region belongs to: by name, else by the form of the name, else `aws`.
const Partition& partition(std::string_view region) noexcept;

}  // namespace cortex::auth::aws
