#include "suite.hpp"

#include "support/published_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

namespace {

#define SKIP_WITHOUT_SUITE() \
    if (suite_folder().empty()) GTEST_SKIP() << cortex::test::no_published_cases("json-schema/draft2020-12")

/// Files of which some schemas need what the validator refuses, with what that is.
const std::set<std::string>& partly_refused() {
    static const std::set<std::string> files = {
        "anchor", "defs", "dynamicRef", "ref", "refRemote", "unevaluatedItems", "unevaluatedProperties", "vocabulary", "not",
        "optional/anchor", "optional/cross-draft", "optional/dependencies-compatibility", "optional/dynamicRef",
        "optional/ecmascript-regex", "optional/format-assertion", "optional/id", "optional/refOfUnknownKeyword", "optional/unknownKeyword",
        "optional/no-schema",
    };
    return files;
}

TEST(JsonSchemaSuite, every_schema_that_compiles_judges_every_instance_as_the_suite_does) {
    SKIP_WITHOUT_SUITE();
    const Suite suite = run_suite(suite_folder());
    ASSERT_GT(suite.rows.size(), 40U);
    for (const SuiteRow& row : suite.rows) {
        for (const std::string& wrong : row.wrong) ADD_FAILURE() << wrong;
        EXPECT_EQ(row.passed + row.refused, row.cases) << row.file;
        EXPECT_GT(row.cases, 0) << row.file;
    }
    std::cout << suite.table();
}

TEST(JsonSchemaSuite, keywords_that_are_claimed_whole_refuse_nothing) {
    SKIP_WITHOUT_SUITE();
    for (const SuiteRow& row : run_suite(suite_folder()).rows) {
        if (partly_refused().contains(row.file)) continue;
        for (const std::string& group : row.refused_groups) ADD_FAILURE() << row.file << ": " << group;
    }
}

TEST(JsonSchemaSuite, refusals_name_the_place_and_one_of_the_known_reasons) {
    SKIP_WITHOUT_SUITE();
    std::set<std::string> refusing;
    for (const SuiteRow& row : run_suite(suite_folder()).rows) {
        for (const std::string& group : row.refused_groups) {
            refusing.insert(row.file);
            EXPECT_THAT(group, testing::HasSubstr("the schema cannot be used: at #"));
            EXPECT_THAT(group, testing::AnyOf(testing::HasSubstr("is not supported"), testing::HasSubstr("only the root may"),
                                              testing::HasSubstr("unknown keyword"), testing::HasSubstr("leads out of the schema"),
                                              testing::HasSubstr("leads to no schema"), testing::HasSubstr("an $id has no fragment"),
                                              testing::HasSubstr("its draft ignores"), testing::HasSubstr("no such escape")))
                << row.file;
        }
    }
    EXPECT_TRUE(std::includes(partly_refused().begin(), partly_refused().end(), refusing.begin(), refusing.end()));
}

TEST(JsonSchemaSuite, the_table_in_the_documentation_is_the_one_measured) {
    if (!suite_folder().starts_with(CORTEX_VECTORS)) GTEST_SKIP() << "the table is about the whole suite, which is not below " CORTEX_VECTORS;
    std::ifstream file(CORTEX_SOURCE_DIR "/docs/tools-schema.md");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(page, testing::HasSubstr(run_suite(suite_folder()).table()));
}

}  // namespace
