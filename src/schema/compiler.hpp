#pragma once

#include "core/result.hpp"
#include "schema/node.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cortex::schema {

/// A copy in memory of its own: copies of a JSON value stay in the memory of their original, here the parser's.
inline JsonValue owned(const JsonValue& value) { return JsonValue(value, boost::json::storage_ptr()); }

/// Turns the JSON of a schema into nodes, once. The first failure is kept and ends the work.
class Compiler {
public:
    /// More than any real schema has; keeps the cost of a hostile one in bounds.
    static constexpr std::size_t max_nodes = 20'000;
    /// Schemas that may follow each other on the same value.
    static constexpr int max_height = 500;

    Compiler();
    Result<std::shared_ptr<const Node>> run(const JsonValue& schema);

private:
    using Handler = void (Compiler::*)(Node&, const JsonValue&, const std::string& at);
    struct Keyword {
        std::string_view name;
        Handler handler;   ///< Null for an annotation.
    };
    struct Reference {
        Node* from;
        std::string target;
        std::string at;
    };

    static const std::vector<Keyword>& keywords();

    Node* schema(const JsonValue& value, const std::string& place);
    void fail(const std::string& place, std::string_view reason);
    bool failed() const noexcept { return !failure_.empty(); }
    void unknown(const std::string& name, const std::string& place);
    void legacy_reference(const JsonObject& members, const std::string& place);
    void resolve();
    int height(Node& node, int above);

    // Values of keywords; each says what is wrong with them.
    std::string text(const JsonValue& value, const std::string& at);
    std::vector<std::string> texts(const JsonValue& value, const std::string& at);
    std::optional<std::uint64_t> size(const JsonValue& value, const std::string& at);
    std::optional<Limit> limit(const JsonValue& value, const std::string& at);
    const JsonObject& members(const JsonValue& value, const std::string& at);
    std::vector<const Node*> schemas(const JsonValue& value, const std::string& at);
    std::optional<Pattern> pattern(std::string_view text, const std::string& at);

    // Keywords.
    void dialect(Node&, const JsonValue&, const std::string& at);
    void id(Node&, const JsonValue&, const std::string& at);
    void anchor(Node&, const JsonValue&, const std::string& at);
    void reference(Node&, const JsonValue&, const std::string& at);
    void definitions(Node&, const JsonValue&, const std::string& at);
    void type(Node&, const JsonValue&, const std::string& at);
    void enumeration(Node&, const JsonValue&, const std::string& at);
    void constant(Node&, const JsonValue&, const std::string& at);
    void multiple_of(Node&, const JsonValue&, const std::string& at);
    void pattern_keyword(Node&, const JsonValue&, const std::string& at);
    void prefix_items(Node&, const JsonValue&, const std::string& at);
    void unique_items(Node&, const JsonValue&, const std::string& at);
    void properties(Node&, const JsonValue&, const std::string& at);
    void pattern_properties(Node&, const JsonValue&, const std::string& at);
    void required(Node&, const JsonValue&, const std::string& at);
    void dependent_required(Node&, const JsonValue&, const std::string& at);
    void dependent_schemas(Node&, const JsonValue&, const std::string& at);
    void format(Node&, const JsonValue&, const std::string& at);

    // Keywords of one shape: the field is a parameter.
    template <std::unique_ptr<NumberRules> Node::*Rules, std::optional<Limit> NumberRules::*Field>
    void bound(Node& node, const JsonValue& value, const std::string& at);
    template <auto Rules, auto SizesField, auto Side>
    void size_of(Node& node, const JsonValue& value, const std::string& at);
    template <auto Rules, auto Field>
    void subschema(Node& node, const JsonValue& value, const std::string& at);
    template <auto Field>
    void alternatives(Node& node, const JsonValue& value, const std::string& at);

    std::shared_ptr<Document> document_;
    std::unordered_map<std::string, Node*> places_;
    std::unordered_map<std::string, Node*> anchors_;
    std::vector<Reference> references_;
    std::string root_id_;
    bool reference_stands_alone_ = false;   ///< Drafts 6 and 7 ignore what stands beside $ref.
    std::string failure_;
};

}  // namespace cortex::schema
