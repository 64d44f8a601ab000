#include "channels/betas.hpp"

#include "core/text.hpp"

namespace cortex::channels {

void add_beta(std::vector<HttpHeader>& headers, std::string_view beta) {
    for (HttpHeader& header : headers) {
        if (!iequals(header.name, "anthropic-beta")) continue;
        if (header.value.find(beta) != std::string::npos) return;
        if (!trim(header.value).empty()) header.value += ',';
        header.value += beta;
        return;
    }
    headers.push_back({"anthropic-beta", std::string(beta)});
}

}  // namespace cortex::channels
