#include "auth/aws/xml_document.hpp"

#include <gtest/gtest.h>

namespace cortex::auth::aws {
namespace {

std::optional<std::string> text_at(std::string_view document, std::string_view path) {
    const auto parsed = XmlDocument::parse(document);
    EXPECT_TRUE(parsed) << document;
    return parsed ? parsed->text(path) : std::nullopt;
}

TEST(XmlDocument, texts_by_path) {
    const auto parsed = XmlDocument::parse(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a note -->\n"
        "<R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\" x='1'>\n <C><Id>one</Id><Id>two</Id></C><ns:E/ ></R>");
    ASSERT_FALSE(parsed) << "a blank in the middle of />";
    const std::string_view document =
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a note < & -->\n"
        "<R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\" x='1>' >\n <C><Id>one</Id><Id >two</Id\n></C><ns:E a = \"b\" />"
        "<Id>three</Id></R>\n<?end?>\n";
    EXPECT_EQ(text_at(document, "R/C/Id"), "one");
    EXPECT_EQ(text_at(document, "R/Id"), "three");
    EXPECT_EQ(text_at(document, "R/E"), "");
    for (const char* absent : {"", "/", "R/", "/R", "C", "Id", "C/Id", "R/C/Id/x", "r/C/Id", "R/ns:E", "R//Id"})
        EXPECT_EQ(text_at(document, absent), std::nullopt) << absent;
}

TEST(XmlDocument, entities_and_raw_sections_are_replaced) {
    EXPECT_EQ(text_at("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x20AC;&#x1F600;&#10;</a>", "a"), "<>&\"'A\xE2\x82\xAC\xF0\x9F\x98\x80\n");
    EXPECT_EQ(text_at("<a>1<![CDATA[<b>&amp;]]]>2<!-- no -->3<?no?>4</a>", "a"), "1<b>&amp;]234");
    EXPECT_EQ(text_at("<a>1<b>2</b>3</a>", "a"), "13");
    EXPECT_EQ(text_at("<a> x\r\ny\rz&#13;</a>", "a"), " x\ny\nz\r");
}

TEST(XmlDocument, what_is_no_xml_is_refused) {
    for (const char* text : {"", " ", "text", "<", "<a", "<a>", "<a/", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "x<a/>",
                             "<a b></a>", "<a b=c></a>", "<a b='c></a>", "<a b='<'/>", "<a b='1'c='2'/>", "<1/>", "< a/>", "<a:/>",
                             "<a>&</a>", "<a>&amp</a>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>",
                             "<a>&#;</a>", "<a>&#x;</a>", "<a>&#-1;</a>", "<a>&#99999999999;</a>", "<a><!-- </a>", "<a><![CDATA[ </a>",
                             "<![CDATA[x]]><a/>", "<?xml", "<a>\xFF</a>", "<a>\x01</a>", "&lt;a/>", "{\"a\":1}"}) {
        const auto parsed = XmlDocument::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::protocol);
    }
    EXPECT_FALSE(XmlDocument::parse(std::string_view("<a>\0</a>", 8)));
}

TEST(XmlDocument, definitions_of_entities_are_refused_whatever_they_say) {
    EXPECT_FALSE(XmlDocument::parse("<!DOCTYPE a><a/>"));
    EXPECT_FALSE(XmlDocument::parse("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"));
    EXPECT_FALSE(XmlDocument::parse("<a><!ENTITY x \"y\"></a>"));
}

std::string nested(std::size_t depth) {
    std::string out;
    for (std::size_t i = 0; i < depth; ++i) out += "<a>";
    for (std::size_t i = 0; i < depth; ++i) out += "</a>";
    return out;
}

TEST(XmlDocument, limits) {
    EXPECT_TRUE(XmlDocument::parse(nested(64)));
    EXPECT_FALSE(XmlDocument::parse(nested(65)));
    const std::string largest = "<a>" + std::string((std::size_t{1} << 20U) - 7, 'x') + "</a>";
    EXPECT_TRUE(XmlDocument::parse(largest));
    EXPECT_FALSE(XmlDocument::parse(largest + "\n"));
}

TEST(XmlDocument, a_refusal_does_not_quote_the_document) {
    const auto parsed = XmlDocument::parse("<SecretAccessKey>private</SecretAccessKey");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message.find("private"), std::string::npos);
}

}  // namespace
}  // namespace cortex::auth::aws
