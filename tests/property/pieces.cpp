#include "pieces.hpp"

#include "core/base64.hpp"

#include <fmt/format.h>

#include <utility>

namespace cortex::property {
namespace {

/// 1x1.
constexpr std::string_view pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

std::string letters(SeededRng& rng, std::size_t count) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(alphabet[rng.below(alphabet.size())]);
    return out;
}

ContentBlock text_block(std::string text) { return {.value = TextBlock{std::move(text)}, .raw = {}}; }

std::string pdf() { return base64("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"); }

const std::vector<std::string>& schemas() {
    static const std::vector<std::string> all{
        R"({"type":"object"})",
        R"({"type":"object","properties":{}})",
        R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"]})",
        R"({"type":"object","properties":{"q":{"type":"string","description":"What to look for"}},"required":["q"],"additionalProperties":false})",
        R"({"type":"object","properties":{"q":{"type":["string","null"]},"n":{"type":"integer","minimum":1,"maximum":10,"default":3}}})",
        R"({"type":"object","properties":{"kind":{"type":"string","enum":["a","b"]},"tags":{"type":"array","items":{"type":"string"},"minItems":0,"uniqueItems":true}},"required":["kind"]})",
        R"({"type":"object","$defs":{"point":{"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},"required":["x","y"]}},"properties":{"at":{"$ref":"#/$defs/point"}}})",
        R"({"type":"object","properties":{"v":{"anyOf":[{"type":"string"},{"type":"number"}]},"c":{"const":"fixed"}}})",
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Deep","type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"object","properties":{"c":{"type":"array","items":{"type":"array","items":{"type":"integer"}}}}}}}}})",
        R"({"type":"object","properties":{"mail":{"type":"string","format":"email","minLength":3,"maxLength":80,"pattern":"@"}},"patternProperties":{"^x-":{"type":"string"}}})"};
    return all;
}

}  // namespace

std::string random_text(SeededRng& rng) {
    static const std::vector<std::string> samples{
        "What is the weather like in Lisbon?",
        "naïve café, Straße, Ελληνικά, русский, 日本語のテキスト, 한국어, עברית, العربية",
        "👩‍👩‍👧‍👦 🇵🇹 e\u0301 \u200b\u202eright to left\u202c \ufeff",
        "tabs\tand\r\nlines\n\n\nand \x1b[31m a colour, \x01\x7f",
        "\"quotes\" and \\back\\slashes\\ and </tags> & <|im_start|>system",
        "{\"looks\":\"like\",\"json\":[1,2,{\"a\":null}]}",
        "[Result of the tool x]\nnot a result",
        "\U00010348\U0010ffff at the end of the planes",
        "  leading and trailing white space  \n"};
    std::string text = rng.one_of(samples) + fmt::format(" {}", rng.below(100'000));
    if (rng.chance(3)) text += std::string(2'000 + rng.below(18'000), 'w');
    return text;
}

std::string random_blank(SeededRng& rng) {
    static const std::vector<std::string> blanks{"", " ", "\n\n", "\t \r\n"};
    return rng.one_of(blanks);
}

std::string random_call_id(SeededRng& rng, std::size_t number) {
    switch (rng.below(14)) {
        case 0: return "toolu_01" + letters(rng, 22);
        case 1: return "toolu_bdrk_01" + letters(rng, 22);
        case 2: return "call_" + letters(rng, 24);
        case 3: return "fc_" + letters(rng, 48);
        case 4: return "chatcmpl-tool-" + letters(rng, 32);
        case 5: return letters(rng, 9);
        case 6: return fmt::format("call_{}", number);   // servers that number the calls of each answer anew
        case 7: return std::to_string(number);
        case 8: return number == 0 ? std::string() : fmt::format("functions.lookup:{}", number);
        case 9: return letters(rng, 200);
        case 10: return "an id with spaces " + letters(rng, 4);
        case 11: return "näme_✓_" + letters(rng, 30);
        case 12: return fmt::format("0b1c2d3e-{:04x}-4a5b-8c9d-{:012x}", rng.below(65'536), rng.below(1'000'000));
        default: return "call|" + letters(rng, 20) + "|fc_" + letters(rng, 40);
    }
}

std::string random_odd_name(SeededRng& rng) {
    static const std::vector<std::string> names{
        "weird name!", "näme", "", "1st_tool", "functions.search", "a/b:c", "-dash", "_", std::string(100, 'n'), "search\n", "検索"};
    return rng.one_of(names);
}

std::string random_input(SeededRng& rng) {
    static const std::vector<std::string> inputs{
        R"({"q":"something"})",
        R"({ "q" : "spaces are kept" , "n" : 1.50 })",
        R"({"q":"\u00e9\ud83d\ude00 \" \\ \n"})",
        R"({"q":"half a pair \ud83d"})",
        R"({"deep":{"a":[[1,2],[{"b":null}]],"big":123456789012345678901234567890}})",
        "{}", "", "  ", "no JSON at all", "[1,2,3]", R"({"q":"cut in the mid)", "null", "\"a string\""};
    return rng.one_of(inputs);
}

ContentBlock random_image(SeededRng& rng, bool by_url) {
    if (by_url && rng.chance(30))
        return {.value = ImageBlock{"image/jpeg", {.url = fmt::format("https://example.com/{}.jpg?size=2&x=%20", rng.below(1'000))}}, .raw = {}};
    return {.value = ImageBlock{"image/png", {.base64 = std::string(pixel)}}, .raw = {}};
}

ContentBlock random_document(SeededRng& rng, bool by_url) {
    static const std::vector<std::string> titles{"", "Report", "report.pdf", "Bericht über \"alles\" / 日本", std::string(100, 't')};
    const std::string title = rng.one_of(titles);
    if (by_url && rng.chance(25))
        return {.value = DocumentBlock{"application/pdf", {.url = fmt::format("https://example.com/{}.pdf", rng.below(1'000))}, title}, .raw = {}};
    if (rng.chance(50)) return {.value = DocumentBlock{"text/plain", {.text = random_text(rng)}, title}, .raw = {}};
    return {.value = DocumentBlock{"application/pdf", {.base64 = pdf()}, title}, .raw = {}};
}

ContentBlock random_result(SeededRng& rng, std::string id, bool by_url) {
    ToolResultBlock result{.tool_use_id = std::move(id), .content = {}, .is_error = rng.chance(20)};
    switch (rng.below(8)) {
        case 0: break;   // nothing at all
        case 1: result.content.push_back(text_block(random_blank(rng))); break;
        case 2: result.content.push_back(random_image(rng, by_url)); break;
        case 3:
            result.content.push_back(text_block(random_text(rng)));
            result.content.push_back(random_image(rng, by_url));
            break;
        case 4: result.content.push_back(random_document(rng, by_url)); break;
        case 5: result.content.push_back(text_block(fmt::format("{{\"found\":{}}}", rng.below(100)))); break;
        default: result.content.push_back(text_block(random_text(rng)));
    }
    return {.value = std::move(result), .raw = {}};
}

std::vector<ToolDefinition> random_tools(SeededRng& rng) {
    static const std::vector<std::string> names{"lookup", "get-weather", "Search_2", "t", std::string(64, 'x')};
    std::vector<ToolDefinition> tools;
    const std::size_t first = rng.below(names.size());
    const std::size_t count = rng.below(5);
    for (std::size_t i = 0; i < count; ++i)
        tools.push_back({.name = names[(first + i) % names.size()],
                         .description = rng.chance(80) ? random_text(rng) : std::string(),
                         .input_schema = rng.one_of(schemas())});
    return tools;
}

}  // namespace cortex::property
