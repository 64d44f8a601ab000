#include "form.hpp"
#include "gemini.hpp"
#include "gemini_error.hpp"
#include "gemini_shape.hpp"
#include "text_util.hpp"
#include "vertex.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {

namespace {

constexpr std::size_t fixed_blob_tokens = 258;  // what a small picture costs

json::object listed(const GeminiRules& rules) {
    return {{"name", "models/" + std::string(rules.id)},
            {"version", "001"},
            {"displayName", rules.display_name},
            {"description", rules.display_name},
            {"inputTokenLimit", rules.window},
            {"outputTokenLimit", rules.max_output},
            {"supportedGenerationMethods", json::array{"generateContent", "countTokens"}},
            {"temperature", 1},
            {"topP", 0.95},
            {"topK", 64},
            {"maxTemperature", 2},
            {"thinking", true}};
}

json::object published(const GeminiRules& rules) {
    return {{"name", "publishers/google/models/" + std::string(rules.id)},
            {"versionId", "default"},
            {"openSourceCategory", "PROPRIETARY"},
            {"launchStage", "GA"}};
}

std::size_t number_or(const Form& query, std::string_view name, std::size_t otherwise) {
    const std::string text = field(query, name);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty()) {
        return otherwise;
    }
    if (error != std::errc() || end != text.data() + text.size()) {
        refuse_field(name, "Invalid value at '" + std::string(name) + "', \"" + text + "\"");
    }
    return number;
}

bool has_key(const HttpRequest& request) {
    return find_header(request.headers, "x-goog-api-key") != nullptr || query_of(request).contains("key");
}

}  // namespace

bool GeminiApi::serves(const HttpRequest& request) {
    const std::string_view path = request.path();
    if (path.starts_with("/v1beta/") || path.starts_with("/v1beta1/") || path.starts_with("/v1/publishers/google/")) {
        return true;
    }
    if (path.starts_with("/v1/projects/")) {
        return path.find("/publishers/google/") != std::string_view::npos;
    }
    // OpenAI's list of models has the same address; a key in Google's header tells them apart.
    return path.starts_with("/v1/models") && (path.ends_with("enerateContent") || path.ends_with(":countTokens") ||
                                              (request.method == "GET" && has_key(request)));
}

void GeminiApi::mask(HttpRequest& request) {
    const std::size_t query = request.target.find('?');
    const std::size_t at = query == std::string::npos ? query : request.target.find("key=", query);
    if (at != std::string::npos && (request.target[at - 1] == '?' || request.target[at - 1] == '&')) {
        const std::size_t end = std::min(request.target.find('&', at), request.target.size());
        request.target.replace(at + 4, end - at - 4, "hidden");
    }
}

GeminiAddress read_gemini_address(std::string_view path) {
    std::vector<std::string_view> parts = split(path.substr(1), '/');
    GeminiAddress address;
    address.version = parts.front();
    parts.erase(parts.begin());
    if (parts.size() >= 4 && parts[0] == "projects" && parts[2] == "locations") {
        address.project = parts[1];
        address.location = parts[3];
        parts.erase(parts.begin(), parts.begin() + 4);
    }
    if (parts.size() >= 2 && parts[0] == "publishers" && parts[1] == "google") {
        address.host = GeminiHost::vertex;
        parts.erase(parts.begin(), parts.begin() + 2);
    } else if (!address.project.empty()) {
        return address;
    }
    if (parts.empty() || parts.size() > 2 || parts[0] != "models") {
        return address;
    }
    if (parts.size() == 2) {
        const std::string last = percent_decoded(parts[1], false).value_or("");
        const std::size_t colon = std::min(last.rfind(':'), last.size());
        address.model = last.substr(0, colon);
        address.verb = last.substr(std::min(colon + 1, last.size()));
    }
    const bool version = address.host == GeminiHost::vertex ? address.version == "v1" || address.version == "v1beta1"
                                                            : address.version == "v1" || address.version == "v1beta";
    const bool verb = address.verb.empty() || address.verb == "generateContent" ||
                      address.verb == "streamGenerateContent" || address.verb == "countTokens";
    const bool place = address.location.empty() || is_location(address.location);
    address.known = version && verb && place && (parts.size() == 1 || !address.model.empty());
    return address;
}

void refuse_gemini_model(const GeminiAddress& address) {
    const std::string verb = address.verb.empty() ? "generateContent" : address.verb;
    throw Refused(gemini_error(
        404, address.host == GeminiHost::vertex
                 ? "Publisher Model `projects/" + address.project + "/locations/" + address.location +
                       "/publishers/google/models/" + address.model +
                       "` was not found or your project does not have access to it. Please ensure you are using a "
                       "valid model version."
                 : "models/" + address.model + " is not found for API version " + address.version +
                       ", or is not supported for " + verb +
                       ". Call ModelService.ListModels to see the list of available models and their supported "
                       "methods."));
}

json::object read_gemini_body(const HttpRequest& request) {
    boost::system::error_code error;
    json::value parsed = json::parse(request.body, error);
    if (error || !parsed.is_object() || !is_utf8(request.body)) {
        refuse_field({}, "Invalid JSON payload received. " +
                             (error ? "Parse error: " + error.message() + "." : "Expected an object in UTF-8."));
    }
    return std::move(parsed.get_object());
}

std::size_t gemini_content_tokens(const json::object& content) {
    std::size_t tokens = 0;
    for (const json::value& item : list_in(content, "parts")) {
        json::object part = as_object(item);
        part.erase("thoughtSignature");
        const std::string_view data = data_of(part);
        tokens += data == "inlineData" || data == "fileData" ? fixed_blob_tokens
                  : data == "text"                           ? estimated_tokens(text_of(part, "text").size())
                                                             : estimated_tokens(json::serialize(part).size());
    }
    return tokens;
}

std::size_t gemini_tokens(const json::object& body) {
    std::size_t tokens = gemini_content_tokens(object_in(body, "systemInstruction"));
    for (const json::value& content : list_in(body, "contents")) {
        tokens += gemini_content_tokens(as_object(content));
    }
    if (const json::value* tools = member(body, "tools")) {
        tokens += estimated_tokens(json::serialize(*tools).size());
    }
    return tokens;
}

Reply gemini_models(const HttpRequest& request, const GeminiAddress& address) {
    const bool vertex = address.host == GeminiHost::vertex;
    const auto row = [vertex](const GeminiRules& rules) { return vertex ? published(rules) : listed(rules); };
    if (!address.model.empty()) {
        const GeminiRules* rules = find_gemini_model(address.model);
        if (rules == nullptr) {
            refuse_gemini_model(address);
        }
        return google_json(200, row(*rules));
    }
    const Form query = query_of(request);
    const std::size_t size = std::clamp<std::size_t>(number_or(query, "pageSize", 50), 1, 1000);
    const std::span<const GeminiRules> all = listed_gemini_models();
    const std::size_t begin = std::min(number_or(query, "pageToken", 0), all.size());
    const std::size_t end = std::min(begin + size, all.size());
    json::array rows;
    for (const GeminiRules& rules : all.subspan(begin, end - begin)) {
        rows.push_back(row(rules));
    }
    json::object body{{vertex ? "publisherModels" : "models", std::move(rows)}};
    if (end < all.size()) {
        body["nextPageToken"] = std::to_string(end);
    }
    return google_json(200, body);
}

Reply gemini_count(const HttpRequest& request, const GeminiAddress& address) {
    if (find_gemini_model(address.model) == nullptr) {
        refuse_gemini_model(address);
    }
    json::object body = read_message(read_gemini_body(request), count_request_shape(), address.host);
    if (body.contains("generateContentRequest")) {
        if (body.contains("contents")) {
            refuse_argument("* CountTokensRequest: contents and generate_content_request cannot both be set.");
        }
        json::object inner = body.at("generateContentRequest").get_object();
        if (text_of(inner, "model") != "models/" + address.model) {
            refuse_argument(
                "* CountTokensRequest.generate_content_request.model: the model must be that of the address.");
        }
        body = std::move(inner);
    }
    if (list_in(body, "contents").empty()) {
        refuse_argument("* CountTokensRequest.contents: contents is not specified");
    }
    const std::size_t tokens = gemini_tokens(body);
    json::object count{
        {"totalTokens", tokens},
        {"promptTokensDetails", json::array{json::object{{"modality", "TEXT"}, {"tokenCount", tokens}}}}};
    if (address.host == GeminiHost::vertex) {
        count["totalBillableCharacters"] = tokens * 4;
    }
    return google_json(200, count);
}

}  // namespace emulator
