// What holding a value against a JSON Schema costs beside valijson (Debian's libvalijson-dev) on the same Boost.JSON values: valid and
// invalid arguments of a tool, a long list, distinct items, patterns, alternatives, and compiling. In each round the two follow each
// other, so that what the machine does meanwhile hits both; given are the medians, and of the rounds' ratios the median, the least and
// the greatest. Both must judge alike before anything is measured.
//
//   apt-get install --no-install-recommends libvalijson-dev && ninja -C build/release bench_schema && build/release/bench/bench_schema [ROUNDS]

#include "core/json.hpp"
#include "schema/schema.hpp"

#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using cortex::JsonValue;

struct Workload {
    std::string name;
    std::string schema;
    std::string instance;
};

std::string listed(std::size_t count, std::string (*item)(std::size_t)) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + item(i);
    return out + "]";
}

const char* const tool = R"({"type":"object","properties":{
    "query":{"type":"string","minLength":1,"maxLength":200},
    "limit":{"type":"integer","minimum":1,"maximum":50},
    "order":{"type":"string","enum":["newest","oldest","best"]},
    "tags":{"type":"array","items":{"type":"string"},"maxItems":10},
    "range":{"type":"object","properties":{"from":{"type":"string"},"to":{"type":"string"}},"required":["from"],"additionalProperties":false}},
    "required":["query","limit"],"additionalProperties":false})";

std::vector<Workload> workloads() {
    return {
        {"a tool's arguments, valid", tool,
         R"({"query":"refund of an order","limit":10,"order":"best","tags":["money","returns"],"range":{"from":"2024-01-01","to":"2024-02-01"}})"},
        {"the same, invalid, with the sentence", tool, R"({"query":"refund of an order","limit":60,"order":"best","tags":["money","returns"]})"},
        {"a list of 1,000 objects", R"({"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},
            "price":{"type":"number","minimum":0}},"required":["id","name"],"additionalProperties":false}})",
         listed(1000, [](std::size_t i) { return "{\"id\":" + std::to_string(i) + ",\"name\":\"thing\",\"price\":1.5}"; })},
        {"1,000 distinct texts (uniqueItems)", R"({"type":"array","items":{"type":"string"},"uniqueItems":true})",
         listed(1000, [](std::size_t i) { return "\"text number " + std::to_string(i) + "\""; })},
        {"100 mail addresses (pattern)", R"({"type":"array","items":{"type":"string","pattern":"^[a-z0-9.]+@[a-z0-9-]+\\.[a-z]{2,6}$"}})",
         listed(100, [](std::size_t i) { return "\"some.one" + std::to_string(i) + "@example.org\""; })},
        {"100 values of three alternatives (anyOf, $ref)",
         R"({"definitions":{"point":{"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},"required":["x","y"]}},
            "type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"},{"$ref":"#/definitions/point"}]}})",
         listed(100, [](std::size_t i) { return i % 3 == 0 ? std::string("\"a\"") : i % 3 == 1 ? std::string("7") : std::string(R"({"x":1,"y":2.5})"); })},
    };
}

struct Ours {
    explicit Ours(const Workload& work) : schema(*cortex::schema::Schema::compile(work.schema)) {}
    bool check(const JsonValue& instance) const {
        const auto violation = schema.check(instance);
        if (violation) said = violation->sentence().size();
        return !violation;
    }
    cortex::schema::Schema schema;
    mutable std::size_t said = 0;
};

struct Theirs {
    explicit Theirs(const Workload& work) {
        cortex::JsonParser parser;
        valijson::SchemaParser reader;
        const valijson::adapters::BoostJsonAdapter adapter(*parser.parse(work.schema));
        reader.populateSchema(adapter, schema);
    }
    bool check(const JsonValue& instance) const {
        valijson::Validator validator;
        const valijson::adapters::BoostJsonAdapter adapter(instance);
        valijson::ValidationResults results;
        return validator.validate(schema, adapter, &results);
    }
    valijson::Schema schema;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Nanoseconds of one call, over at least 20 ms.
template <class Call>
double nanoseconds(Call call) {
    std::size_t calls = 0;
    const double begin = cpu_seconds();
    double now = begin;
    for (std::size_t batch = 1; now - begin < 0.02; batch *= 2) {
        for (std::size_t i = 0; i < batch; ++i) call();
        calls += batch;
        now = cpu_seconds();
    }
    return (now - begin) * 1e9 / static_cast<double>(calls);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class First, class Second>
void row(const std::string& name, int rounds, First ours, Second theirs) {
    std::vector<double> mine, other, ratio;
    for (int i = 0; i < rounds; ++i) {
        mine.push_back(nanoseconds(ours));
        other.push_back(nanoseconds(theirs));
        ratio.push_back(other.back() / mine.back());
    }
    std::printf("| %s | %.2f | %.2f | %.1f (%.1f-%.1f) |\n", name.c_str(), median(mine) / 1000, median(other) / 1000, median(ratio),
                *std::min_element(ratio.begin(), ratio.end()), *std::max_element(ratio.begin(), ratio.end()));
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 9;
    std::printf("| | corteX, us | valijson, us | times less |\n|---|---|---|---|\n");
    for (const Workload& work : workloads()) {
        cortex::JsonParser parser;
        const JsonValue& instance = *parser.parse(work.instance);
        const Ours ours(work);
        const Theirs theirs(work);
        if (ours.check(instance) != theirs.check(instance)) {
            std::fprintf(stderr, "%s: the two judge differently\n", work.name.c_str());
            return 1;
        }
        row(work.name, rounds, [&] { ours.check(instance); }, [&] { theirs.check(instance); });
    }
    const Workload work{"", tool, ""};
    row("compiling the tool's schema", rounds, [&] { const Ours made(work); }, [&] { const Theirs made(work); });
    return 0;
}
