#include "wire.hpp"

#include "core/json_slice.hpp"

namespace cortex::property {

Wire wire_of(std::string body) {
    for (const std::string_view mark : {R"(,"cache_control":{"type":"ephemeral"})", R"("cache_control":{"type":"ephemeral"},)"})
        for (auto at = body.find(mark); at != std::string::npos; at = body.find(mark, at)) body.erase(at, mark.size());
    Wire wire;
    for (const JsonMemberSlice& member : slice_members(body)) {
        if (member.name == "messages" || member.name == "contents" || member.name == "input")
            for (const std::string_view element : slice_elements(member.value)) wire.messages.emplace_back(element);
        if (member.name == "tools" || member.name == "system" || member.name == "instructions" || member.name == "systemInstruction")
            wire.head.append(member.name).append(member.value);
    }
    return wire;
}

std::string breach(const Wire& before, const Wire& after, bool last_may_grow) {
    if (before.head != after.head) return "tools or system prompt changed:\n" + before.head + "\n" + after.head;
    for (std::size_t i = 0; i < before.messages.size(); ++i) {
        if (last_may_grow && i + 1 == before.messages.size()) break;
        const std::string_view now = i < after.messages.size() ? std::string_view(after.messages[i]) : "nothing";
        if (now != before.messages[i]) return "message " + std::to_string(i) + " changed:\n" + before.messages[i] + "\n" + std::string(now);
    }
    return {};
}

}  // namespace cortex::property
