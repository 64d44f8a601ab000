#include "openai_models.hpp"

#include <algorithm>
#include <array>

namespace emulator {

namespace {

using enum SamplingRule;

constexpr std::string_view no_none = "low medium high xhigh max";
constexpr std::string_view with_none = "none low medium high xhigh max";
constexpr std::string_view up_to_xhigh = "none low medium high xhigh";

// The longest prefix wins, so the order does not matter.
constexpr std::array models{
    OpenaiRules{"gpt-6.2-astra", no_none, "medium", never, ChatTools::never, 1'050'000},
    OpenaiRules{"gpt-6.2-sol", no_none, "medium", never, ChatTools::never, 1'050'000},
    OpenaiRules{"gpt-6.1-sol", no_none, "medium", never, ChatTools::never, 1'050'000},
    OpenaiRules{"gpt-6.1-terra", with_none, "medium", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-6-astra", no_none, "medium", never, ChatTools::never, 1'050'000},
    OpenaiRules{"gpt-6-sol", with_none, "medium", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-6-luna", with_none, "medium", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-5.6", with_none, "medium", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-5.5", up_to_xhigh, "medium", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-5.4", up_to_xhigh, "none", while_effort_none, ChatTools::while_effort_none, 1'050'000},
    OpenaiRules{"gpt-5.4-mini", up_to_xhigh, "none", while_effort_none, ChatTools::while_effort_none},
    OpenaiRules{"gpt-5.4-nano", up_to_xhigh, "none", while_effort_none, ChatTools::while_effort_none},
    OpenaiRules{"gpt-5.2", up_to_xhigh, "none", while_effort_none},
    OpenaiRules{"gpt-5.1", "none low medium high", "none", while_effort_none},
    OpenaiRules{"gpt-5", "minimal low medium high", "medium", never},
    OpenaiRules{"gpt-5-mini", "minimal low medium high", "medium", never},
    OpenaiRules{"gpt-5-nano", "minimal low medium high", "medium", never},
    OpenaiRules{"o3", "low medium high", "medium", never, ChatTools::always, 200'000, 100'000},
    OpenaiRules{"gpt-4.1", {}, {}, always, ChatTools::always, 1'047'576, 32'768},
    OpenaiRules{"gpt-4.1-mini", {}, {}, always, ChatTools::always, 1'047'576, 32'768},
    OpenaiRules{"gpt-4o", {}, {}, always, ChatTools::always, 128'000, 16'384},
    OpenaiRules{"gpt-4o-mini", {}, {}, always, ChatTools::always, 128'000, 16'384},
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
        // What follows must be a date or a known variant; "gpt-4.1-wrong" is no model.
        const std::string_view rest = id.substr(best->prefix.size() + 1);
        const bool dated = rest.starts_with("20");
        const bool variant =
            rest == "sol" || rest == "terra" || rest == "luna" || rest == "pro" || rest == "search-preview";
        if (!dated && !variant) {
            return nullptr;
        }
    }
    return best;
}

std::span<const OpenaiRules> listed_openai_models() noexcept { return models; }

}  // namespace emulator
