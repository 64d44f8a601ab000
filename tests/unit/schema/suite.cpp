#include "suite.hpp"

#include "schema/schema.hpp"
#include "support/published_cases.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;
using cortex::schema::Schema;

namespace {

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

SuiteRow run_file(const fs::path& path, const std::string& name) {
    SuiteRow row{.file = name};
    const auto groups = boost::json::parse(read(path));
    for (const auto& group : groups.as_array()) {
        const auto schema = Schema::compile(boost::json::serialize(group.at("schema")));
        const std::string title(group.at("description").as_string());
        const auto& tests = group.at("tests").as_array();
        row.cases += static_cast<int>(tests.size());
        if (!schema) {
            row.refused += static_cast<int>(tests.size());
            row.refused_groups.push_back(title + ": " + schema.error().message);
            continue;
        }
        for (const auto& test : tests) {
            // The schema was written out and read again, in which Boost.JSON 1.81 may lose a number's last bit: so is the instance.
            const auto violation = schema->check(boost::json::parse(boost::json::serialize(test.at("data"))));
            if (violation.has_value() != test.at("valid").as_bool()) {
                ++row.passed;
                continue;
            }
            row.wrong.push_back(fmt::format("{}: {}: {}: {}", name, title, std::string(test.at("description").as_string()),
                                            violation ? violation->sentence() : "let through"));
        }
    }
    return row;
}

}  // namespace

std::string suite_folder() {
    const auto folders = cortex::test::published_cases("json-schema/draft2020-12");
    return folders.empty() ? std::string() : folders.front().string();
}

Suite run_suite(const std::string& folder) {
    Suite suite;
    // Files of `optional/format` are about assertions by format, which draft 2020-12 does not make by default.
    for (const fs::path& part : {fs::path(), fs::path("optional")}) {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder / part))
            if (entry.path().extension() == ".json") files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) suite.rows.push_back(run_file(file, (part / file.stem()).string()));
    }
    return suite;
}

std::string Suite::table() const {
    std::string out = "| file of the suite | cases | judged rightly | refused at compile |\n|---|---|---|---|\n";
    int cases = 0, passed = 0, refused = 0;
    for (const SuiteRow& row : rows) {
        out += fmt::format("| {} | {} | {} | {} |\n", row.file, row.cases, row.passed, row.refused);
        cases += row.cases;
        passed += row.passed;
        refused += row.refused;
    }
    return out + fmt::format("| **all** | {} | {} | {} |\n", cases, passed, refused);
}
