#include <cortex/describe.hpp>
#include <cortex/error.hpp>

#include "support.hpp"

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace described {

enum class Order { newest, best };

struct Lookup {
    std::string query;
    int limit = 10;
    std::optional<Order> order;
};

struct Tree {
    std::string name;
    std::vector<Tree> children;
    std::map<std::string, Tree> named;
};

struct Point {
    double x = 0;
    double y = 0;
};

struct Everything {
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint16_t small = 0;
    std::int64_t wide = 0;
    std::uint64_t huge = 0;
    float single = 0.1F;
    double real = 0;
    std::string text = "none";
    Order order = Order::best;
    std::optional<int> maybe = 5;
    std::optional<Point> where;
    std::optional<std::vector<std::optional<bool>>> votes;
    std::vector<bool> bits = {true};
    std::vector<Order> orders;
    std::map<std::string, std::vector<Point>> paths;
    Point origin = {1, 2};
};

}  // namespace described

using described::Everything;
using described::Lookup;
using described::Order;
using described::Point;
using described::Tree;

template <>
inline constexpr auto cortex::describe<Order> = cortex::values(cortex::value(Order::newest, "newest"), cortex::value(Order::best, "best"));
template <>
inline constexpr auto cortex::describe<Lookup> =
    cortex::fields(cortex::field(&Lookup::query, "query", "What to look for").length(1, 20).pattern("\\S"),
                   cortex::field(&Lookup::limit, "limit", "How many hits").range(1, 50).optional(),
                   cortex::field(&Lookup::order, "order", "What comes first"));
template <>
inline constexpr auto cortex::describe<Tree> =
    cortex::fields(cortex::field(&Tree::name, "name"), cortex::field(&Tree::children, "children").length(0, 2).optional(),
                   cortex::field(&Tree::named, "named").optional());
template <>
inline constexpr auto cortex::describe<Point> = cortex::fields(cortex::field(&Point::x, "x"), cortex::field(&Point::y, "y").optional());
template <>
inline constexpr auto cortex::describe<Everything> = cortex::fields(
    cortex::field(&Everything::flag, "flag"), cortex::field(&Everything::tiny, "tiny"), cortex::field(&Everything::small, "small"),
    cortex::field(&Everything::wide, "wide"), cortex::field(&Everything::huge, "huge"), cortex::field(&Everything::single, "single").optional(),
    cortex::field(&Everything::real, "real").range(-1, 1.5), cortex::field(&Everything::text, "text").optional(),
    cortex::field(&Everything::order, "order").optional(), cortex::field(&Everything::maybe, "maybe").range(0, 9),
    cortex::field(&Everything::where, "where"), cortex::field(&Everything::votes, "votes"), cortex::field(&Everything::bits, "bits").optional(),
    cortex::field(&Everything::orders, "orders").optional(), cortex::field(&Everything::paths, "paths").optional(),
    cortex::field(&Everything::origin, "origin").optional());

namespace cortex {
namespace {

template <class T>
std::string complaint(std::string_view json) {
    try {
        static_cast<void>(decode<T>(json));
        return "";
    } catch (const ConfigError& error) {
        return error.what();
    }
}

TEST(Describe, gives_the_schema_with_descriptions_limits_and_defaults) {
    EXPECT_EQ(schema_for<Lookup>(),
              R"({"type":"object","properties":{)"
              R"("query":{"type":"string","minLength":1,"maxLength":20,"pattern":"\\S","description":"What to look for"},)"
              R"("limit":{"type":"integer","minimum":1,"maximum":50,"description":"How many hits","default":10},)"
              R"("order":{"type":["string","null"],"enum":["newest","best",null],"description":"What comes first"}},)"
              R"("required":["query"],"additionalProperties":false})");
    EXPECT_EQ(schema_for<Tree>(),
              R"({"type":"object","properties":{"name":{"type":"string"},)"
              R"("children":{"type":"array","minItems":0,"maxItems":2,"items":{"$ref":"#"},"default":[]},)"
              R"("named":{"type":"object","additionalProperties":{"$ref":"#"},"default":{}}},)"
              R"("required":["name"],"additionalProperties":false})");
    const std::string all = schema_for<Everything>();
    EXPECT_THAT(all, testing::HasSubstr(R"("tiny":{"type":"integer","minimum":-128,"maximum":127})"));
    EXPECT_THAT(all, testing::HasSubstr(R"("huge":{"type":"integer","minimum":0,"maximum":18446744073709551615})"));
    EXPECT_THAT(all, testing::HasSubstr(R"("maybe":{"type":["integer","null"],"minimum":0,"maximum":9,"default":5})"));
    EXPECT_THAT(all, testing::HasSubstr(R"("default":0.1})"));
    EXPECT_THAT(all, testing::HasSubstr(R"("where":{"anyOf":[{"type":"object")"));
    EXPECT_THAT(all, testing::HasSubstr(R"("default":{"x":1,"y":2})"));
}

TEST(Describe, decodes_what_fits_and_keeps_defaults_for_what_is_absent) {
    const auto lookup = decode<Lookup>(R"({"query":"a","limit":7.0,"order":"best"})");
    EXPECT_EQ(lookup.query, "a");
    EXPECT_EQ(lookup.limit, 7);
    EXPECT_EQ(lookup.order, Order::best);
    EXPECT_EQ(decode<Lookup>(R"({"query":"a"})").limit, 10);
    EXPECT_EQ(decode<Lookup>(R"({"query":"a","order":null})").order, std::nullopt);

    const auto tree = decode<Tree>(R"({"name":"a","children":[{"name":"b","children":[{"name":"c"}]}],"named":{"x":{"name":"d"}}})");
    EXPECT_EQ(tree.children.at(0).children.at(0).name, "c");
    EXPECT_EQ(tree.named.at("x").name, "d");

    const auto all = decode<Everything>(R"({"flag":true,"tiny":-128,"small":65535,"wide":-9223372036854775808,"huge":18446744073709551615,
        "single":2.5,"real":1.5,"maybe":null,"where":{"x":3},"votes":[true,null,false],"bits":[false,true],"orders":["best","newest"],
        "paths":{"":[{"x":1,"y":2}]}})");
    EXPECT_EQ(all.tiny, -128);
    EXPECT_EQ(all.wide, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(all.huge, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(all.single, 2.5F);
    EXPECT_EQ(all.maybe, std::nullopt);
    EXPECT_EQ(all.where.value().x, 3);
    EXPECT_EQ(all.votes.value(), (std::vector<std::optional<bool>>{true, std::nullopt, false}));
    EXPECT_EQ(all.bits, (std::vector<bool>{false, true}));
    EXPECT_EQ(all.orders, (std::vector<Order>{Order::best, Order::newest}));
    EXPECT_EQ(all.paths.at("").at(0).y, 2);
    EXPECT_EQ(all.text, "none");
    EXPECT_EQ(all.origin.y, 2);
}

TEST(Describe, says_what_is_wrong_and_where) {
    EXPECT_EQ(complaint<Lookup>(R"({"query":"a","limit":60})"), "limit is 60; it must be at most 50");
    EXPECT_EQ(complaint<Lookup>(R"({"limit":6})"), R"(the value lacks the required property "query")");
    EXPECT_EQ(complaint<Lookup>(R"({"query":"  "})"), R"(query is "  "; it must match the pattern \S)");
    EXPECT_EQ(complaint<Lookup>(R"({"query":"a","order":"oldest"})"), R"(order is "oldest"; it must be "newest", "best" or null)");
    EXPECT_EQ(complaint<Lookup>(R"({"query":"a","limits":5})"), R"(limits is not a known property; did you mean "limit"?)");
    EXPECT_EQ(complaint<Lookup>(R"({"query":"a)"), "the value is not JSON: the text ends too early");
    EXPECT_EQ(complaint<Lookup>("nope"), "the value is not JSON, or is nested deeper than 128 levels");
    EXPECT_EQ(complaint<Tree>(R"({"name":"a","children":[{"name":"b","children":[{}]}]})"),
              R"(children[0].children[0] lacks the required property "name")");
    EXPECT_EQ(complaint<std::vector<std::uint8_t>>("[1,256]"), "[1] is 256; it must be at most 255");
    EXPECT_EQ(complaint<std::vector<std::uint8_t>>("[1,-1]"), "[1] is -1; it must be at least 0");
    EXPECT_EQ(complaint<std::uint64_t>("18446744073709551616"), "the value is 18446744073709551616; it must be at most 18446744073709551615");
    EXPECT_EQ(complaint<std::int64_t>("9223372036854775808"), "the value is 9223372036854775808; it must be at most 9223372036854775807");
    EXPECT_EQ(complaint<double>("1e999"), "the value is a number too large to hold; it must be a number");
    EXPECT_THAT(complaint<float>("1e39"), testing::HasSubstr("it must be at most 3.4028"));
    EXPECT_EQ(complaint<std::optional<Point>>(R"({"x":"1"})"), R"(x is "1"; it must be a number)");
}

TEST(Describe, encodes_what_it_decodes) {
    const std::string text = R"({"query":"\"a\"","limit":3,"order":"newest"})";
    EXPECT_EQ(encode(decode<Lookup>(text)), text);
    EXPECT_EQ(encode(Lookup{.query = "q", .order = {}}), R"({"query":"q","limit":10,"order":null})");
    EXPECT_EQ(encode(std::vector<float>{0.1F, 2}), "[0.1,2]");
    EXPECT_EQ(encode(std::numeric_limits<double>::quiet_NaN()), "null");
    EXPECT_EQ(encode(static_cast<Order>(7)), "null");
}

/// JSON that is often right and often nearly right.
class Instances {
public:
    explicit Instances(unsigned seed) : random_(seed) {}

    std::string any(int depth) {
        static const std::vector<std::string> scalars = {
            "null", "true", "false", "0", "1", "-1", "5", "9", "10", "127", "128", "-128", "-129", "65535", "65536", "0.5", "1.5", "2.0", "1e2", "1e400",
            "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "3.5e38",
            "\"\"", "\"best\"", "\"newest\"", "\"other\"", "\"\xC3\xA4\""};
        const std::size_t choice = pick(depth > 0 ? 10 : 8);
        if (choice < 8) return scalars[pick(scalars.size())];
        return choice == 8 ? list(depth) : object(depth);
    }
    std::string everything(int depth) {
        static const std::vector<std::pair<std::string, std::vector<std::string>>> fields = {
            {"flag", {"true", "false"}}, {"tiny", {"-128", "127", "3.0"}}, {"small", {"0", "65535"}}, {"wide", {"9223372036854775807", "-1e3"}},
            {"huge", {"18446744073709551615"}}, {"single", {"0.5", "1e38"}}, {"real", {"-1", "1.5", "1e-300"}}, {"text", {"\"\"", "\"x\""}},
            {"order", {"\"best\""}}, {"maybe", {"null", "9"}}, {"where", {"null", "{\"x\":1}"}}, {"votes", {"null", "[]", "[true,null]"}},
            {"bits", {"[true]"}}, {"orders", {"[\"newest\"]"}}, {"paths", {"{}", "{\"a\":[{\"x\":0,\"y\":1}]}"}}, {"origin", {"{\"x\":5}"}}};
        std::string out = "{";
        const std::size_t fault = pick(2 * fields.size());   // one field is wrong in half of the objects
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (i > 4 && i != 6 && pick(3) == 0) continue;
            if (i == fault && pick(3) == 0) continue;
            out += (out.size() > 1 ? ",\"" : "\"") + fields[i].first + "\":" + (i == fault ? any(depth) : fields[i].second[pick(fields[i].second.size())]);
        }
        return out + "}";
    }

private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
    std::string list(int depth) {
        std::string out;
        for (std::size_t i = pick(3); i > 0; --i) out += (out.empty() ? "" : ",") + any(depth - 1);
        return "[" + out + "]";
    }
    std::string object(int depth) {
        static const std::vector<std::string> names = {"x", "y", "a", ""};
        std::string out;
        for (std::size_t i = pick(3); i > 0; --i) out += (out.empty() ? "\"" : ",\"") + names[pick(names.size())] + "\":" + any(depth - 1);
        return "{" + out + "}";
    }

    std::mt19937 random_;
};

TEST(Describe, takes_exactly_what_its_schema_accepts_and_gives_it_back) {
    const auto schema = schema::Schema::compile(schema_for<Everything>());
    ASSERT_TRUE(schema) << schema.error().message;
    Instances instances(7);
    int taken = 0, refused = 0;
    for (int i = 0; i < 5000; ++i) {
        const std::string text = instances.everything(3);
        JsonParser parser;
        const JsonValue* value = parser.parse(text);
        ASSERT_NE(value, nullptr) << text;
        const auto violation = schema->check(*value);
        const std::string said = complaint<Everything>(text);
        EXPECT_EQ(said, violation ? violation->sentence() : "") << text;
        violation ? ++refused : ++taken;
        if (violation) continue;
        // What was taken is written as something that is taken again, with nothing lost.
        const std::string written = encode(decode<Everything>(text));
        EXPECT_EQ(encode(decode<Everything>(written)), written) << text;
    }
    EXPECT_GT(taken, 1000);
    EXPECT_GT(refused, 1000);
}

TEST(MakeTool, runs_the_function_with_decoded_arguments) {
    const Tool tool = make_tool<Lookup>("search", "Searches.", [](const Lookup& wanted) { return wanted.query + std::to_string(wanted.limit); });
    EXPECT_EQ(tool.name, "search");
    EXPECT_EQ(tool.description, "Searches.");
    EXPECT_EQ(tool.input_schema, schema_for<Lookup>());
    const auto outcome = tool.execute({.arguments = R"({"query":"a"})"});
    EXPECT_EQ(outcome.content, "a10");
    EXPECT_FALSE(outcome.is_error);
}

TEST(MakeTool, answers_wrong_arguments_with_a_sentence_and_without_the_function) {
    bool called = false;
    const Tool tool = make_tool<Lookup>("search", "", [&called](const Lookup&) {
        called = true;
        return "done";
    });
    const auto outcome = tool.execute({.arguments = R"({"query":"a","limit":0})"});
    EXPECT_TRUE(outcome.is_error);
    EXPECT_EQ(outcome.content, "limit is 0; it must be at least 1");
    EXPECT_TRUE(tool.execute({.arguments = ""}).is_error);
    EXPECT_FALSE(called);
}

TEST(MakeTool, takes_every_kind_of_result) {
    const auto content = [](const Tool& tool) { return tool.execute({.id = "id_1", .arguments = R"({"x":1.5})"}).content; };
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point& p) { return p.x * 2; })), "3");
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point&) { return true; })), "true");
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point& p) { return Point{p.y, p.x}; })), R"({"x":0,"y":1.5})");
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point& p) { return std::vector<Point>{p}; })), R"([{"x":1.5,"y":0}])");
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point&) { return "text"; })), "text");
    EXPECT_EQ(content(make_tool<Point>("t", "", [](const Point&, const ToolCall& call) { return call.id; })), "id_1");
    const Tool failing = make_tool<Point>("t", "", [](const Point&) { return ToolOutcome::error("no"); });
    EXPECT_TRUE(failing.execute({.arguments = R"({"x":1})"}).is_error);
}

struct BadPattern {
    std::string text;
};

}  // namespace
}  // namespace cortex

template <>
inline constexpr auto cortex::describe<cortex::BadPattern> = cortex::fields(cortex::field(&cortex::BadPattern::text, "text").pattern("(?=a)"));

namespace cortex {
namespace {

TEST(MakeTool, refuses_a_pattern_that_is_not_supported) {
    try {
        static_cast<void>(make_tool<BadPattern>("t", "", [](const BadPattern&) { return 1; }));
        FAIL() << "no error";
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("at #/properties/text/pattern: the pattern (?=a) cannot be used: look-ahead"));
    }
}

}  // namespace
}  // namespace cortex
