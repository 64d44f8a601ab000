#include "openai_models.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

using enum SamplingRule;

constexpr std::string_view no_none = "low medium high xhigh max";
constexpr std::string_view with_none = "none low medium high xhigh max";
constexpr std::string_view up_to_xhigh = "none low medium high xhigh";
constexpr std::string_view from_minimal = "minimal low medium high";
constexpr std::string_view pro_efforts = "medium high xhigh";
constexpr ChatTools no_tools = ChatTools::never;
constexpr ChatTools quiet_tools = ChatTools::while_effort_none;
constexpr ChatTools all_tools = ChatTools::always;
constexpr std::int64_t million = 1'050'000;

// The longest prefix wins, so the order does not matter.
constexpr std::array models{
    OpenaiRules{"gpt-6.2-astra", 602, no_none, "medium", never, no_tools, million},
    OpenaiRules{"gpt-6.2-sol", 602, no_none, "medium", never, no_tools, million},
    OpenaiRules{"gpt-6.1-sol", 601, no_none, "medium", never, no_tools, million},
    OpenaiRules{"gpt-6.1-terra", 601, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-6-astra", 600, no_none, "medium", never, no_tools, million},
    OpenaiRules{"gpt-6-sol", 600, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-6-luna", 600, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.6", 506, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.6-sol", 506, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.6-terra", 506, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.6-luna", 506, with_none, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.5", 505, up_to_xhigh, "medium", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.5-pro", 505, pro_efforts, "high", never, no_tools, million, 128'000, true},
    OpenaiRules{"gpt-5.4", 504, up_to_xhigh, "none", while_effort_none, quiet_tools, million},
    OpenaiRules{"gpt-5.4-pro", 504, pro_efforts, "high", never, no_tools, million, 128'000, true},
    OpenaiRules{"gpt-5.4-mini", 504, up_to_xhigh, "none", while_effort_none, quiet_tools},
    OpenaiRules{"gpt-5.4-nano", 504, up_to_xhigh, "none", while_effort_none, quiet_tools},
    OpenaiRules{"gpt-5.2", 502, up_to_xhigh, "none", while_effort_none},
    OpenaiRules{"gpt-5.2-pro", 502, pro_efforts, "high", never, no_tools, 400'000, 128'000, true},
    OpenaiRules{"gpt-5.1", 501, "none low medium high", "none", while_effort_none},
    OpenaiRules{"gpt-5", 500, from_minimal, "medium", never},
    OpenaiRules{"gpt-5-pro", 500, "high", "high", never, no_tools, 400'000, 128'000, true},
    OpenaiRules{"gpt-5-mini", 500, from_minimal, "medium", never},
    OpenaiRules{"gpt-5-nano", 500, from_minimal, "medium", never},
    OpenaiRules{"o3", 0, "low medium high", "medium", never, all_tools, 200'000, 100'000},
    OpenaiRules{"gpt-4.1", 0, {}, {}, always, all_tools, 1'047'576, 32'768},
    OpenaiRules{"gpt-4.1-mini", 0, {}, {}, always, all_tools, 1'047'576, 32'768},
    OpenaiRules{"gpt-4o", 0, {}, {}, always, all_tools, 128'000, 16'384},
    OpenaiRules{"gpt-4o-mini", 0, {}, {}, always, all_tools, 128'000, 16'384},
    OpenaiRules{"gpt-4o-search-preview", 0, {}, {}, always, all_tools, 128'000, 16'384},
};

constexpr std::array<std::string_view, 8> switched_off{"gpt-3.5", "gpt-4-turbo", "gpt-4-0",      "o1",
                                                       "o3-mini", "o4-mini",     "gpt-4.1-nano", "gpt-4o-2024-05-13"};

}  // namespace

bool is_openai_id(std::string_view id) noexcept {
    if (id.starts_with("gpt-oss")) {  // open weights, served by local servers
        return false;
    }
    const bool o_series =
        id.size() >= 2 && id[0] == 'o' && id[1] >= '1' && id[1] <= '9' && (id.size() == 2 || id[2] == '-');
    return id.starts_with("gpt-") || id.starts_with("chatgpt-") || id.starts_with("ft:gpt-") || o_series;
}

const OpenaiRules* find_openai_model(std::string_view id) noexcept {
    if (id.starts_with("ft:")) {
        id.remove_prefix(3);
        id = id.substr(0, id.find(':'));
    }
    if (id == "gpt-4" || std::any_of(switched_off.begin(), switched_off.end(),
                                     [id](std::string_view name) { return id.starts_with(name); })) {
        return nullptr;
    }
    const OpenaiRules* best = nullptr;
    for (const OpenaiRules& rules : models) {
        const bool matches =
            id.starts_with(rules.prefix) && (id.size() == rules.prefix.size() || id[rules.prefix.size()] == '-');
        if (matches && (best == nullptr || rules.prefix.size() > best->prefix.size())) {
            best = &rules;
        }
    }
    if (best != nullptr && id.size() > best->prefix.size()) {
        // What follows must be a date: "gpt-4.1-wrong" is no model.
        const std::string_view rest = id.substr(best->prefix.size() + 1);
        const bool dated = rest.starts_with("20");
        if (!dated) {
            return nullptr;
        }
    }
    return best;
}

const OpenaiRules* find_deployed_model(std::string_view deployment) noexcept {
    const OpenaiRules* best = nullptr;
    for (const OpenaiRules& rules : models) {
        if (deployment.find(rules.prefix) != std::string_view::npos &&
            (best == nullptr || rules.prefix.size() > best->prefix.size())) {
            best = &rules;
        }
    }
    return best;
}

std::span<const OpenaiRules> listed_openai_models() noexcept { return models; }

}  // namespace emulator
