#pragma once

#include <cortex/costs.hpp>

#include <string>
#include <vector>

namespace cortex::cli {

/// Which of a line's names are shown.
struct SpendColumns {
    bool provider = true;
    bool model = true;
    bool user = true;
};

/// A head, a row for each line, and the total below. An amount that is not known reads "unknown", one that is known in part says so.
std::string spend_table(const std::vector<CostLine>& lines, const CostLine& total, SpendColumns columns);

}  // namespace cortex::cli
