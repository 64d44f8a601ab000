#pragma once

#include "seeded_rng.hpp"

#include "core/content.hpp"
#include "core/model_call.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::property {

/// Stands in whatever only its own vendor may see: a request to another that holds this word has leaked it.
inline constexpr std::string_view for_its_own_vendor = "ONLY_FOR_ITS_OWN_VENDOR";

// Random pieces of conversations: all that is legal, and most of it seldom seen.

/// Valid UTF-8 with something in it: words, other scripts, marks, controls, quotes, JSON, now and then 20,000 bytes.
std::string random_text(SeededRng& rng);
/// Empty, or nothing but white space.
std::string random_blank(SeededRng& rng);
/// As vendors and servers spell the ids of calls: known prefixes, bare numbers, nothing, 200 characters, spaces, other scripts.
std::string random_call_id(SeededRng& rng, std::size_t number);
/// A tool's name as a model makes it up.
std::string random_odd_name(SeededRng& rng);
/// A call's input as models write it: JSON mostly, cut JSON, none at all.
std::string random_input(SeededRng& rng);
ContentBlock random_image(SeededRng& rng, bool by_url);
ContentBlock random_document(SeededRng& rng, bool by_url);
/// What a tool returned, for the call of that id.
ContentBlock random_result(SeededRng& rng, std::string id, bool by_url);

/// None to four tools, with schemas of every form that a tool set takes.
std::vector<ToolDefinition> random_tools(SeededRng& rng);

}  // namespace cortex::property
