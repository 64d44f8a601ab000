#pragma once
// Members of a request that Chat Completions and Responses have in common.

#include "openai_call.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace emulator::openai {

/// Refuses what is not listed: "Unknown parameter: 'path.name'."
void only_known(const json::object& object, const std::string& path, std::string_view known);

/// The member if it is there and not null. Refuses another type.
const json::object* object_at(const json::object& body, std::string_view name, const std::string& path = {});
const json::array* array_at(const json::object& body, std::string_view name, const std::string& path = {});
std::optional<std::string> string_at(const json::object& body, std::string_view name, const std::string& path = {});
std::optional<bool> bool_at(const json::object& body, std::string_view name, const std::string& path = {});

void check_number(const json::object& body, std::string_view name, double least, double most);
std::optional<std::int64_t> check_count(const json::object& body, std::string_view name, std::int64_t least = 1);

/// "path.name" or "name".
[[nodiscard]] std::string path_to(const std::string& path, std::string_view name);
[[nodiscard]] std::string path_to(const std::string& path, std::size_t index);

void check_length(std::string_view text, const std::string& param, std::size_t most);

/// A name of a function or a schema: 1 to 64 of [a-zA-Z0-9_-].
void check_name(const json::value& name, const std::string& param);

/// metadata, service_tier, user, safety_identifier, prompt_cache_*, store.
void check_common(const OpenaiCall& call, std::string_view tiers);

/// `stream` and `stream_options` with these members.
void check_stream(OpenaiCall& call, std::string_view options);

/// The effort that is used, which says whether the model reasons. `asked`: what the request says; `param`: where.
std::string_view check_effort(OpenaiCall& call, const std::optional<std::string>& asked, const std::string& param);

/// Refuses sampling members while the model reasons.
void check_sampling(const OpenaiCall& call, std::string_view effort, std::initializer_list<std::string_view> names);

void check_verbosity(const OpenaiCall& call, const std::optional<std::string>& verbosity, const std::string& param);

/// A file's, a picture's or a sound's bytes as base64 of a data URL of one of these types.
void check_data_url(std::string_view url, const std::string& param, std::string_view types);
/// https:, http: or data: with a picture.
void check_image_url(const json::value& url, const std::string& param);
void check_image_detail(const json::object& image, const std::string& path);
/// file_id, or file_data with filename, or (Responses) file_url.
void check_file(const json::object& file, const std::string& path, bool by_url);

}  // namespace emulator::openai
