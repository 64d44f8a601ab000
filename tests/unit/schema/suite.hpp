#pragma once

#include <string>
#include <vector>

/// What the published JSON-Schema-Test-Suite says of the validator, one row a file.
struct SuiteRow {
    std::string file;
    int cases = 0;     ///< Pairs of a schema and an instance.
    int passed = 0;
    int refused = 0;   ///< Cases whose schema does not compile.
    std::vector<std::string> wrong = {};           ///< Cases that were judged differently.
    std::vector<std::string> refused_groups = {};  ///< "group: why".
};

struct Suite {
    std::vector<SuiteRow> rows;
    std::string table() const;   ///< Markdown.
};

/// The suite's folder draft2020-12: the whole one of the package jsonschema, else what the test data has of it; "" where both are absent.
std::string suite_folder();
/// Runs every file of the folder, and the files of `optional` that are about keywords.
Suite run_suite(const std::string& folder);
