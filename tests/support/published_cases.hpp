#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::test {

/// Where cases that a vendor has published lie on this machine, none, one or two places: build/vectors, which tools/fetch_vectors.py
/// fills out of the vendors' source packages, and CORTEX_TESTDATA, which holds cases of vendors who publish no such packages.
inline std::vector<std::filesystem::path> published_cases(std::string_view below) {
    std::vector<std::filesystem::path> out;
    for (const char* root : {CORTEX_VECTORS, CORTEX_TESTDATA})
        if (const auto path = std::filesystem::path(root) / below; std::filesystem::exists(path)) out.push_back(path);
    return out;
}

/// Why a test without cases is left out.
inline std::string no_published_cases(std::string_view below) {
    return "published cases are not on this machine: " + std::string(below) + " is neither below " CORTEX_VECTORS
           " (./test fetches it where there is a network) nor below " CORTEX_TESTDATA;
}

}  // namespace cortex::test

/// Ends a test that has nothing to read.
#define CORTEX_NEED_CASES(paths, below) \
    if ((paths).empty()) GTEST_SKIP() << cortex::test::no_published_cases(below)
