#include "openai_fields.hpp"

#include "crypto.hpp"
#include "openai_words.hpp"
#include "text_util.hpp"

#include <algorithm>

namespace emulator::openai {

namespace {

bool holds(std::string_view list, std::string_view word) {
    const auto all = words(list);
    return std::find(all.begin(), all.end(), word) != all.end();
}

const json::value* present(const json::object& body, std::string_view name) {
    const json::value* value = member(body, name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

void check_cache_options(const OpenaiCall& call) {
    const json::object* options = object_at(call.body, "prompt_cache_options");
    if (options == nullptr) {
        return;
    }
    if ((call.rules != nullptr && call.rules->generation < 506) || call.host == OpenaiHost::azure_dated) {
        reject("Unsupported parameter: 'prompt_cache_options' is not supported with this model.",
               "prompt_cache_options", "unsupported_parameter");
    }
    if (const auto mode = string_at(*options, "mode", "prompt_cache_options")) {
        allow(*mode, "prompt_cache_options.mode", "implicit explicit");
    }
    if (const auto ttl = string_at(*options, "ttl", "prompt_cache_options")) {
        const bool responses = call.body.contains("input") && !call.on_azure();
        allow(*ttl, "prompt_cache_options.ttl", responses ? "30m 12h" : "30m");
    }
}

}  // namespace

std::string path_to(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string path_to(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

void only_known(const json::object& object, const std::string& path, std::string_view known) {
    for (const auto& item : object) {
        if (!holds(known, item.key())) {
            const std::string here = path_to(path, std::string_view(item.key()));
            reject("Unknown parameter: " + in_quotes(here) + ".", here, "unknown_parameter");
        }
    }
}

const json::object* object_at(const json::object& body, std::string_view name, const std::string& path) {
    const json::value* value = present(body, name);
    if (value != nullptr && !value->is_object()) {
        wrong_type(*value, path_to(path, name), "an object");
    }
    return value == nullptr ? nullptr : &value->get_object();
}

const json::array* array_at(const json::object& body, std::string_view name, const std::string& path) {
    const json::value* value = present(body, name);
    if (value != nullptr && !value->is_array()) {
        wrong_type(*value, path_to(path, name), "an array");
    }
    return value == nullptr ? nullptr : &value->get_array();
}

std::optional<std::string> string_at(const json::object& body, std::string_view name, const std::string& path) {
    const json::value* value = present(body, name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string()) {
        wrong_type(*value, path_to(path, name), "a string");
    }
    return std::string(value->get_string());
}

std::optional<bool> bool_at(const json::object& body, std::string_view name, const std::string& path) {
    const json::value* value = present(body, name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_bool()) {
        wrong_type(*value, path_to(path, name), "a boolean");
    }
    return value->get_bool();
}

void check_number(const json::object& body, std::string_view name, double least, double most) {
    const json::value* value = present(body, name);
    if (value == nullptr) {
        return;
    }
    const std::optional<double> number = number_of(*value);
    if (!number) {
        wrong_type(*value, std::string(name), "a decimal");
    }
    if (*number < least) {
        reject("Invalid " + in_quotes(name) + ": decimal below minimum value. Expected a value >= " +
                   std::to_string(static_cast<int>(least)) + ", but got " + json::serialize(*value) + " instead.",
               name, "decimal_below_min_value");
    }
    if (*number > most) {
        reject("Invalid " + in_quotes(name) + ": decimal above maximum value. Expected a value <= " +
                   std::to_string(static_cast<int>(most)) + ", but got " + json::serialize(*value) + " instead.",
               name, "decimal_above_max_value");
    }
}

std::optional<std::int64_t> check_count(const json::object& body, std::string_view name, std::int64_t least) {
    const json::value* value = present(body, name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_int64()) {
        wrong_type(*value, std::string(name), "an integer");
    }
    if (value->get_int64() < least) {
        reject("Invalid " + in_quotes(name) + ": integer below minimum value. Expected a value >= " +
                   std::to_string(least) + ", but got " + json::serialize(*value) + " instead.",
               name, "integer_below_min_value");
    }
    return value->get_int64();
}

void check_length(std::string_view text, const std::string& param, std::size_t most) {
    if (text.size() > most) {
        reject("Invalid " + in_quotes(param) + ": string too long. Expected a string with maximum length " +
                   std::to_string(most) + ", but got a string with length " + std::to_string(text.size()) + " instead.",
               param, "string_above_max_length");
    }
}

void check_name(const json::value& name, const std::string& param) {
    if (!name.is_string()) {
        wrong_type(name, param, "a string");
    }
    const std::string_view text = name.get_string();
    check_length(text, param, 64);
    const bool good = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!good) {
        reject("Invalid " + in_quotes(param) +
                   ": string does not match pattern. Expected a string that matches the pattern "
                   "'^[a-zA-Z0-9_-]+$'.",
               param, "invalid_value");
    }
}

void check_common(const OpenaiCall& call, std::string_view tiers) {
    constexpr std::size_t most_pairs = 16;
    if (const json::object* metadata = object_at(call.body, "metadata")) {
        if (metadata->size() > most_pairs) {
            reject(
                "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an "
                "object with " +
                    std::to_string(metadata->size()) + " properties instead.",
                "metadata", "object_above_max_properties");
        }
        for (const auto& item : *metadata) {
            const std::string here = path_to("metadata", std::string_view(item.key()));
            check_length(item.key(), here, 64);
            if (!item.value().is_string()) {
                wrong_type(item.value(), here, "a string");
            }
            check_length(item.value().get_string(), here, 512);
        }
    }
    if (const auto tier = string_at(call.body, "service_tier")) {
        allow(*tier, "service_tier", tiers);
    }
    for (const std::string_view name : {"user", "safety_identifier", "prompt_cache_key"}) {
        (void)string_at(call.body, name);
    }
    if (const auto kept = string_at(call.body, "prompt_cache_retention")) {
        allow(*kept, "prompt_cache_retention", "in_memory 24h");
    }
    (void)bool_at(call.body, "store");
    check_cache_options(call);
}

void check_stream(OpenaiCall& call, std::string_view options) {
    call.stream = bool_at(call.body, "stream").value_or(false);
    call.obfuscation = !call.local;
    const json::object* object = object_at(call.body, "stream_options");
    if (object == nullptr) {
        return;
    }
    if (!call.stream && !call.local) {
        reject("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
    }
    if (!call.local) {
        only_known(*object, "stream_options", options);
    }
    call.obfuscation = bool_at(*object, "include_obfuscation", "stream_options").value_or(true) && !call.local;
}

std::string_view check_effort(OpenaiCall& call, const std::optional<std::string>& asked, const std::string& param) {
    const OpenaiRules& rules = *call.rules;
    if (!asked) {
        call.reasons = rules.reasons() && rules.default_effort != "none";
        return rules.default_effort;
    }
    const bool chat = param == "reasoning_effort";
    if (!rules.reasons()) {
        if (chat) {
            reject("Unrecognized request argument supplied: reasoning_effort");
        }
        reject("Unsupported parameter: " + in_quotes(param) + " is not supported with this model.", param,
               "unsupported_parameter");
    }
    // The lists end with `max`, which this route takes for no model.
    const std::string_view efforts = chat ? rules.efforts.substr(0, rules.efforts.find(" max")) : rules.efforts;
    const auto all = words(efforts);
    const auto found = std::find(all.begin(), all.end(), std::string_view(*asked));
    if (found == all.end()) {
        reject("Unsupported value: " + in_quotes(param) + " does not support " + in_quotes(*asked) +
                   " with this model. Supported values are: " + list_of(efforts) + ".",
               param, "unsupported_value");
    }
    call.reasons = *found != "none";
    return *found;
}

void check_sampling(const OpenaiCall& call, std::string_view effort, std::initializer_list<std::string_view> names) {
    const SamplingRule rule = call.rules->sampling;
    if (rule == SamplingRule::always || (rule == SamplingRule::while_effort_none && effort == "none")) {
        return;
    }
    if (const json::value* temperature = present(call.body, "temperature");
        temperature != nullptr && number_of(*temperature).value_or(1) != 1.0) {
        reject("Unsupported value: 'temperature' does not support " + json::serialize(*temperature) +
                   " with this model. Only the default (1) value is supported.",
               "temperature", "unsupported_value");
    }
    for (const std::string_view name : names) {
        if (const json::value* value = present(call.body, name);
            value != nullptr && !(value->is_bool() && !value->get_bool())) {
            reject("Unsupported parameter: " + in_quotes(name) + " is not supported with this model.", name,
                   "unsupported_parameter");
        }
    }
}

void check_verbosity(const OpenaiCall& call, const std::optional<std::string>& verbosity, const std::string& param) {
    if (!verbosity) {
        return;
    }
    allow(*verbosity, param, "low medium high");
    if (call.rules != nullptr && !call.rules->reasons() && *verbosity != "medium") {
        reject("Unsupported value: " + in_quotes(*verbosity) + " is not supported with the " + in_quotes(call.model) +
                   " model. Supported values are: 'medium'.",
               param, "unsupported_value");
    }
}

void check_data_url(std::string_view url, const std::string& param, std::string_view types) {
    constexpr std::string_view mark = ";base64,";
    const std::size_t comma = url.find(mark);
    const bool known = comma != std::string_view::npos && url.starts_with("data:") &&
                       (types.empty() || holds(types, lower(url.substr(5, comma - 5))));
    if (!known) {
        reject("Invalid " + in_quotes(param) + ": unsupported data URL. Expected base64-encoded data URL with a " +
                   "supported MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').",
               param, "invalid_value");
    }
    if (!from_base64(url.substr(comma + mark.size()))) {
        reject("Invalid " + in_quotes(param) + ": the data is not valid base64.", param, "invalid_base64");
    }
}

void check_image_url(const json::value& url, const std::string& param) {
    if (!url.is_string()) {
        wrong_type(url, param, "a string");
    }
    const std::string_view text = url.get_string();
    if (text.starts_with("data:")) {
        check_data_url(text, param, "image/png image/jpeg image/jpg image/gif image/webp");
    } else if (!text.starts_with("https://") && !text.starts_with("http://")) {
        reject("Invalid " + in_quotes(param) + ". Expected a valid URL, but got a value with an invalid format.", param,
               "invalid_value");
    }
}

void check_image_detail(const json::object& image, const std::string& path) {
    if (const auto detail = string_at(image, "detail", path)) {
        allow(*detail, path_to(path, "detail"), "auto low high original");
    }
}

void check_file(const json::object& file, const std::string& path, bool by_url) {
    const auto id = string_at(file, "file_id", path);
    const auto data = string_at(file, "file_data", path);
    const auto url = by_url ? string_at(file, "file_url", path) : std::nullopt;
    const auto name = string_at(file, "filename", path);
    if ((id ? 1 : 0) + (data ? 1 : 0) + (url ? 1 : 0) != 1) {
        reject("Invalid " + in_quotes(path) + ": exactly one of the file's sources must be given.", path,
               "invalid_value");
    }
    if (id && !id->starts_with("file-")) {
        reject("Invalid " + in_quotes(path_to(path, "file_id")) + ": " + in_quotes(*id) +
                   ". Expected an ID that begins with 'file'.",
               path_to(path, "file_id"), "invalid_value");
    }
    if (data) {
        if (!name) {
            (void)needed(file, "filename", path);
        }
        check_data_url(*data, path_to(path, "file_data"), {});
    }
}

}  // namespace emulator::openai
