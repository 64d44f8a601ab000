#include "core/http.hpp"

#include "core/text.hpp"

namespace cortex {

std::optional<std::string_view> HttpHead::header(std::string_view name) const noexcept {
    for (const HttpHeader& h : headers)
        if (iequals(h.name, name)) return std::string_view(h.value);
    return std::nullopt;
}

std::string HttpHead::content_type() const {
    const auto value = header("content-type");
    if (!value) return {};
    return to_lower(trim(value->substr(0, value->find(';'))));
}

}  // namespace cortex
