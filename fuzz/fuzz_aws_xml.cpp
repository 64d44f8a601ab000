// The reader of STS's answers: whatever the bytes, it neither crashes nor grows beyond them, and gives valid UTF-8. The first
// byte of the input tells how long the path is that is asked for; the path comes next.

#include "auth/aws/service_error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using cortex::auth::aws::XmlDocument;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view path = input.substr(0, std::min<std::size_t>(data[0], input.size()));
    const std::string_view text = input.substr(path.size());
    for (const std::string_view each : {text, input}) {
        const auto document = XmlDocument::parse(each);
        if (!document) {
            if (document.error().message.empty()) std::abort();
            continue;
        }
        for (const std::string_view wanted : {path, std::string_view("ErrorResponse/Error/Code"), std::string_view("a/b")}) {
            const auto found = document->text(wanted);
            if (found && (found->size() > each.size() || cortex::invalid_utf8_offset(*found))) std::abort();
        }
        cortex::auth::aws::read_xml_error({}, each);
    }
    cortex::auth::aws::read_json_error({}, text);
    return 0;
}
