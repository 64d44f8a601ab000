#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::aws {

/// The texts of an XML document, entities replaced; a small reader for STS's answers: no DTD, no entity but the five of XML and
/// numbers, at most 1 MiB and 64 levels. Fails (`protocol`) for what is no XML; the message never quotes it.
class XmlDocument {
public:
    static Result<XmlDocument> parse(std::string_view text);
    /// The text of the first element of that path ("AssumeRoleResponse/AssumeRoleResult/Credentials/AccessKeyId"); names are
    /// without namespace prefix. Of an element that holds others, what stands between them. Nothing where there is no such one.
    std::optional<std::string> text(std::string_view path) const;

private:
    friend class XmlReader;

    /// Each knows its parent, not its path: what a document costs grows with its length only.
    struct Element {
        std::size_t parent = 0;   ///< Its index and one; zero for the root.
        std::string name = {};
        std::string text = {};
    };
    bool is_at(std::size_t index, std::string_view path) const noexcept;

    std::vector<Element> elements_;   ///< In document order.
};

}  // namespace cortex::auth::aws
