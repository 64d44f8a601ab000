#include "auth/google/credential_file.hpp"

#include "auth/google/places.hpp"
#include "core/secret_access.hpp"
#include "core/text.hpp"

#include <boost/json/parser.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cortex::auth::google {
namespace {

ErrorInfo bad_file(std::string message) { return {.code = ErrorCode::auth, .message = std::move(message)}; }

std::string join_and(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += names[i];
    }
    return out;
}

/// "line 3, column 14": where the text stops being JSON.
std::string position_of_fault(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = JsonParser::max_depth;
    boost::json::parser parser({}, options);
    boost::system::error_code failure;
    std::size_t read = parser.write_some(text.data(), text.size(), failure);
    read = std::min(read, text.size());
    const std::string_view before = text.substr(0, read);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column = read - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return fmt::format("line {}, column {}", line, column);
}

}  // namespace

FieldReader::FieldReader(const JsonObject& object, std::string file, std::string remedy)
    : object_(&object), file_(std::move(file)), remedy_(std::move(remedy)), found_(std::make_shared<Found>()) {}

FieldReader::FieldReader(const FieldReader& whole, const JsonObject& part, std::string_view name)
    : object_(&part), file_(whole.file_), remedy_(whole.remedy_), prefix_(fmt::format("{}{}.", whole.prefix_, name)), found_(whole.found_) {}

const JsonValue* FieldReader::member(std::string_view name) const noexcept { return json_member(*object_, name); }

bool FieldReader::has(std::string_view name) const noexcept { return member(name) != nullptr; }

std::string FieldReader::where(std::string_view name) const { return fmt::format("The field {}{} of {}", prefix_, name, file_); }

void FieldReader::wrong(std::string_view name, std::string_view what) {
    if (found_->wrong.empty()) found_->wrong = fmt::format("{} {}. {}", where(name), what, remedy_);
}

std::string FieldReader::need(std::string_view name) {
    if (const JsonValue* value = member(name); value == nullptr || (value->is_string() && value->get_string().empty())) {
        found_->missing.push_back(fmt::format("{}{}", prefix_, name));
        return {};
    }
    return text(name);
}

std::string FieldReader::text(std::string_view name) {
    const JsonValue* const value = member(name);
    if (value == nullptr) return {};
    if (!value->is_string()) {
        wrong(name, "is no text");
        return {};
    }
    return std::string(json_view(value->get_string()));
}

std::optional<std::int64_t> FieldReader::integer(std::string_view name) {
    const JsonValue* const value = member(name);
    if (value == nullptr) return std::nullopt;
    if (const auto number = json_integer(*object_, name)) return number;
    if (value->is_string()) {
        const std::string_view digits = json_view(value->get_string());
        std::int64_t number = 0;
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (failure == std::errc() && end == digits.data() + digits.size()) return number;
    }
    wrong(name, "is no whole number");
    return std::nullopt;
}

std::optional<bool> FieldReader::boolean(std::string_view name) {
    const JsonValue* const value = member(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_bool()) return value->get_bool();
    wrong(name, "is neither true nor false");
    return std::nullopt;
}

std::optional<FieldReader> FieldReader::object(std::string_view name) {
    const JsonValue* const value = member(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_object()) return FieldReader(*this, value->get_object(), name);
    wrong(name, "is no object");
    return std::nullopt;
}

std::vector<std::string> FieldReader::texts(std::string_view name) {
    std::vector<std::string> out;
    const JsonValue* const value = member(name);
    if (value == nullptr) return out;
    const JsonArray* const list = json_array(*object_, name);
    if (list == nullptr || !std::all_of(list->begin(), list->end(), [](const JsonValue& item) { return item.is_string(); })) {
        wrong(name, "is no list of texts");
        return out;
    }
    for (const JsonValue& item : *list) out.emplace_back(json_view(item.get_string()));
    return out;
}

bool FieldReader::failed() const noexcept { return !found_->missing.empty() || !found_->wrong.empty(); }

ErrorInfo FieldReader::error() const {
    if (found_->missing.empty()) return bad_file(found_->wrong);
    return bad_file(fmt::format("{} lacks the {} {}. {}", file_, found_->missing.size() == 1 ? "field" : "fields",
                                join_and(found_->missing), remedy_));
}

std::optional<std::string> plain_name(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '@';
    };
    if (name.empty() || name.size() > 100 || !std::all_of(name.begin(), name.end(), plain)) return std::nullopt;
    return std::string(name);
}

bool is_project_name(std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return plain_name(name).has_value();
    return plain_name(name.substr(0, colon)) && plain_name(name.substr(colon + 1));
}

Result<CredentialFile> parse_credential_file(std::string_view text, const std::string& path, std::string_view named_by) {
    JsonParser parser;
    const JsonValue* const value = parser.parse(text);
    if (value == nullptr) {
        if (trim(text).empty()) return bad_file(fmt::format("{} is empty; {}. Put a credential file there.", path, named_by));
        return bad_file(fmt::format("{} is no JSON: it is wrong at {}; {}. Put the credential file there unchanged, or write it anew.", path,
                                    position_of_fault(text), named_by));
    }
    if (!value->is_object())
        return bad_file(fmt::format("{} holds no JSON object; {}. Put a credential file of Google there.", path, named_by));
    CredentialFile file{.path = path, .json = JsonValue(*value, boost::json::storage_ptr()), .type = {}};   // out of the memory of the parser, which a plain copy would share
    FieldReader fields(file.object(), path, "Put a credential file of Google there.");
    if (!fields.has("type")) {
        // OAuth client files look alike and are often taken for credentials.
        const bool client = fields.has("installed") || fields.has("web");
        return bad_file(fmt::format("{} has no field \"type\", so it is no credential file{}; {}. {}", path,
                                    client ? " (it describes an OAuth client)" : "", named_by,
                                    "Take the JSON key of a service account, or the file that gcloud writes."));
    }
    file.type = fields.need("type");
    if (fields.failed()) return fields.error();
    return file;
}

Result<std::optional<CredentialFile>> read_credential_file(const World& world, const std::string& path, std::string_view named_by) {
    Result<std::optional<std::string>> text = world.files->read(path);
    if (!text) {
        ErrorInfo error = std::move(text).error();
        error.code = ErrorCode::auth;
        error.message = fmt::format("{}; {}. Make it readable for this user, or name another file.", quotable(error.message), named_by);
        return error;
    }
    if (!*text) return std::optional<CredentialFile>();
    Result<CredentialFile> file = parse_credential_file(**text, path, named_by);
    wipe(**text);
    if (!file) return std::move(file).error();
    return std::optional(std::move(file).value());
}

}  // namespace cortex::auth::google
