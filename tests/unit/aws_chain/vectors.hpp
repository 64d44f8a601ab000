#pragma once

#include "support/published_cases.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace cortex::test {

inline std::filesystem::path testdata(std::string_view below) { return std::filesystem::path(CORTEX_TESTDATA) / below; }

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

boost::json::value read_json(const std::filesystem::path& path);

/// The member's text, or "".
std::string text_in(const boost::json::value& object, std::string_view name);
const boost::json::value* member(const boost::json::value& object, std::string_view name);

/// Cases that passed and that do not apply, told when it ends.
struct Tally {
    std::string family;
    int run = 0;
    int passed_over = 0;
    void pass_over(std::string_view name, std::string_view reason);
    ~Tally();
};

#define CORTEX_NEED_TESTDATA(path) \
    if (!std::filesystem::exists(path)) GTEST_SKIP() << (path) << " is not there: the published cases are not part of the project"

}  // namespace cortex::test
